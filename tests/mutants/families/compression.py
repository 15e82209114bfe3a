"""Wrong variants of `compression/`."""

from tests.mutants.mutant import slips

TESTS = "tests/compression/"
# What every mutant here still passes, so that it is no trivial one.
STILL = [
    f"{TESTS}test_masked.py::test_errors",
    f"{TESTS}test_integers.py::test_outputs_stay_near_and_bytes_shrink_nearly_fourfold",
]

MUTANTS = [
    *slips(
        "compression/masked.py",
        (
            "masks the gradient alone",
            "theta = np.where(mask, theta, np.zeros((), theta.dtype))\n        return theta, State",
            "theta = 1 * theta\n        return theta, State",
            f"{TESTS}test_masked.py::test_pruned_weights_are_exactly_zero_under_every_rule",
        ),
        (
            "masks the weights alone",
            "g = np.where(mask, g, np.zeros((), g.dtype))\n        theta, inner",
            "g = 1 * g\n        theta, inner",
            f"{TESTS}test_masked.py::test_the_gradient_of_a_pruned_weight_is_heard_nowhere",
        ),
        (
            "lets the pruned come back",
            "mask = mask & _booleans(",
            "mask = _booleans(",
            f"{TESTS}test_masked.py::test_what_is_gone_stays_gone_whatever_is_chosen",
        ),
        (
            "evaluates the pruned",
            "objective(np.where(self.mask, at, np.zeros((), at.dtype)))",
            "objective(1 * at + 1e-3 * ~self.mask)",
            f"{TESTS}test_masked.py::test_a_closure_never_sees_a_pruned_weight",
        ),
    ),
    *slips(
        "compression/masks.py",
        (
            "biases too",
            "if len(shape) > 1]",
            "if len(shape) > 0]",
            f"{TESTS}test_masked.py::test_cut_theta_together_and_layer_by_layer",
        ),
    ),
    *slips(
        "compression/lottery.py",
        (
            "does not rewind",
            "start = np.where(mask, early, np.zeros((), early.dtype))",
            "start = np.where(mask, tickets[-1].theta if tickets else early, 0.0)",
            f"{TESTS}test_lottery.py::test_rounds_by_hand",
        ),
        (
            "the same share of all weights every round",
            "1 - (1 - share) ** number",
            "min(share * number, 1.0)",
            f"{TESTS}test_lottery.py::test_only_what_may_be_cut_is_cut",
        ),
        (
            "other batches after rewinding",
            "islice(batches(), rewind, None)",
            "islice(batches(), 0, None)",
            f"{TESTS}test_lottery.py"
            "::test_every_round_sees_the_same_batches_from_the_rewinding_point_on",
        ),
    ),
    *slips(
        "compression/movement.py",
        (
            "evaluates the dense weights",
            "np.where(self.mask, theta, np.zeros((), theta.dtype)), *batch",
            "1 * theta, *batch",
            f"{TESTS}test_lottery.py"
            "::test_movement_looks_at_the_masked_weights_and_lets_them_come_back",
        ),
        (
            "by magnitude",
            "self.scores[self.prunable], sparsity",
            "np.abs(theta[self.prunable]), sparsity",
            f"{TESTS}test_lottery.py::test_movement_keeps_what_grows_where_magnitude_would_not",
        ),
    ),
    *slips(
        "compression/curvature.py",
        (
            "weights not squared",
            'h = h @ (views[f"W{number}"] ** 2).T',
            'h = h @ np.abs(views[f"W{number}"]).T',
            f"{TESTS}test_curvature.py"
            "::test_backpropagated_is_exact_through_one_hidden_layer_of_relus",
        ),
        (
            "slope not squared",
            "h = slope**2 * h",
            "h = slope * h + 1e-3",
            f"{TESTS}test_curvature.py"
            "::test_backpropagated_is_exact_through_one_hidden_layer_of_relus",
        ),
        (
            "inputs not squared",
            "(at**2).T @ h",
            "np.abs(at).T @ h",
            f"{TESTS}test_curvature.py"
            "::test_saliency_predicts_the_rise_of_the_loss_of_a_linear_network",
        ),
    ),
    *slips(
        "compression/shrink.py",
        (
            "constants are lost",
            "b[k + 1] += at[0, folded] @ W[k + 1][folded]",
            "b[k + 1] += 0 * at[0, folded] @ W[k + 1][folded]",
            f"{TESTS}test_curvature.py::test_a_shrunken_network_says_the_same",
        ),
        (
            "once through",
            "            changed = True\n",
            "            changed = False\n",
            f"{TESTS}test_curvature.py::test_what_is_not_heard_goes_and_takes_others_with_it",
        ),
    ),
    *slips(
        "compression/integers.py",
        (
            "biases in units of the weights",
            "unit = inputs.scale * weights.scale\n",
            "unit = 1.01 * inputs.scale * weights.scale\n",
            f"{TESTS}test_integers.py::test_a_bias_is_off_by_at_most_half_a_unit",
        ),
        (
            "one grid for all outputs",
            "symmetric(np.abs(W).max(axis=0), bits=bits, axis=-1)",
            "symmetric(np.abs(W).max() + 0 * W[0], bits=bits, axis=-1)",
            "tests/contracts/test_compression.py::test_docstring_is_complete_and_its_example_runs",
        ),
    ),
    *slips(
        "compression/aware.py",
        (
            "trains without rounding",
            "objective(np.asarray(rounding(theta)), *batch)",
            "objective(theta, *batch)",
            f"{TESTS}test_integers.py"
            "::test_aware_objective_is_the_loss_and_gradient_of_the_rounded_weights",
        ),
    ),
    *slips(
        "compression/distill.py",
        (
            "shares the other way round",
            "backward(share * d_soft + (1 - share) * d_hard)",
            "backward((1 - share) * d_soft + share * d_hard)",
            f"{TESTS}test_integers.py::test_distillation_gradient_and_its_ends",
        ),
    ),
]
