"""Wrong variants of the library's files, and the test that rejects each.

Every mutant runs, keeps shapes and dtypes, and an optimizer's still goes down a bowl: what is
wrong with it can only be seen by a test that knows the right answer.
"""

from __future__ import annotations

from dataclasses import dataclass

RULE = "tests/contracts/test_optim.py::"
LOSS = "tests/contracts/test_losses.py::"
ACTIVATION = "tests/contracts/test_activations.py::"
SCHEDULE = "tests/contracts/test_schedules.py::"
# What a mutant of the family still passes, so that it is no trivial one.
STILL = {
    "optim": [f"{RULE}test_{name}" for name in ("goes_down_the_bowl", "dtype_is_kept")],
    "losses": [f"{LOSS}test_value_is_a_float_and_gradient_keeps_shape_and_dtype"],
    "nn": [
        f"{ACTIVATION}test_shape_and_dtype_are_kept",
        "tests/nn/test_network.py::test_dtype_is_kept_and_inputs_are_not_changed",
    ],
    "schedules": [f"{SCHEDULE}test_inputs_are_not_changed"],
}


@dataclass(frozen=True)
class Mutant:
    """One slip: ``old`` becomes ``new`` in ``file``, and ``killer`` fails."""

    file: str
    slip: str
    old: str
    new: str
    killer: str

    @property
    def still(self) -> list[str]:
        return STILL[self.file.split("/")[0]]


def _of(file: str, *slips: tuple[str, str, str, str]) -> list[Mutant]:
    return [Mutant(file, *slip) for slip in slips]


MUTANTS = [
    *_of(
        "optim/sgd.py",
        (
            "a millionth short",
            "lr * g",
            "lr * (1 - 1e-6) * g",
            "tests/parity/test_optimizers.py::test_agrees[sgd-torch-0]",
        ),
        (
            "fades with t",
            "lr * g",
            "lr * g / t**0.1",
            "tests/optim/test_sgd.py::test_on_a_quadratic_the_error_shrinks_by_one_minus_lr_a",
        ),
    ),
    *_of(
        "optim/momentum.py",
        (
            "always a moving average",
            "(1 - dampening) * g",
            "(1 - momentum) * g",
            "tests/optim/test_momentum.py::test_buffer_is_the_geometric_sum_of_gradients",
        ),
        (
            "dampening forgotten",
            "(1 - dampening) * g",
            "g",
            "tests/optim/test_momentum.py::test_dampening_withholds_part_of_each_gradient",
        ),
        (
            "lr outside the velocity",
            "return theta + v, v",
            "return theta + v - lr * g / 9, v",
            "tests/optim/test_momentum.py::test_heavy_ball_repeats_part_of_the_last_step",
        ),
    ),
    *_of(
        "optim/nesterov.py",
        (
            "plain momentum",
            "lr * (g + momentum * b)",
            "lr * b",
            "tests/optim/test_nesterov.py::test_first_step_is_one_plus_momentum_times_sgd",
        ),
        (
            "plain heavy ball",
            "theta + momentum * v - lr * g, v",
            "theta + v, v",
            "tests/optim/test_nesterov.py"
            "::test_velocity_form_is_the_textbook_seen_from_the_look_ahead_point",
        ),
        (
            "momentum twice",
            "theta + momentum * v - lr * g, v",
            "theta + momentum**2 * v - lr * g, v",
            "tests/optim/test_nesterov.py"
            "::test_velocity_form_is_the_textbook_seen_from_the_look_ahead_point",
        ),
    ),
    *_of(
        "optim/adagrad.py",
        (
            "epsilon inside the root",
            "(sqrt(G) + eps)",
            "sqrt(G + eps)",
            "tests/optim/test_adagrad.py::test_epsilon_stands_outside_the_root",
        ),
        (
            "sum of absolute values",
            "G = G + g**2",
            "G = G + abs(g)",
            "tests/optim/test_adagrad.py::test_steps_fall_with_the_root_of_the_number_of_updates",
        ),
        (
            "forgets a little",
            "G = G + g**2",
            "G = (1 - 1e-6) * G + g**2",
            "tests/parity/test_optimizers.py::test_agrees[adagrad-torch-0]",
        ),
    ),
    *_of(
        "optim/rmsprop.py",
        (
            "epsilon inside the root",
            "(sqrt(v + eps_root) + eps)",
            "sqrt(v + eps_root + eps)",
            "tests/optim/test_rmsprop.py::test_eps_stands_outside_the_root_and_eps_root_inside",
        ),
        (
            "a sum, not a mean",
            "(1 - rho) * g**2",
            "g**2",
            "tests/optim/test_rmsprop.py::test_first_step_is_lr_over_the_root_of_one_minus_rho",
        ),
        (
            "corrected for its start",
            "sqrt(v + eps_root)",
            "sqrt(v / (1 - rho**t) + eps_root)",
            "tests/parity/test_optimizers.py::test_agrees[rmsprop-torch-1]",
        ),
    ),
    *_of(
        "optim/adam.py",
        (
            "v not corrected",
            "v_hat = v / (1 - beta2**t)",
            "v_hat = v",
            "tests/optim/test_adam.py"
            "::test_first_step_has_length_lr_for_any_gradient_far_above_epsilon",
        ),
        (
            "t stands still",
            "beta1**t)",
            "beta1**1)",
            "tests/optim/test_adam.py::test_two_updates_by_hand",
        ),
        (
            "t one too many",
            "beta2**t)",
            "beta2 ** (t + 1))",
            "tests/optim/test_adam.py::test_a_constant_gradient_moves_lr_at_every_update",
        ),
        (
            "epsilon hat",
            "sqrt(v_hat) + eps)",
            "sqrt(v_hat) + eps / (1 - beta2**t) ** 0.5)",
            "tests/optim/test_adam.py"
            "::test_first_step_is_half_of_lr_where_gradient_and_epsilon_are_equal",
        ),
        (
            "epsilon inside the root",
            "(sqrt(v_hat) + eps)",
            "sqrt(v_hat + eps)",
            "tests/optim/test_adam.py"
            "::test_first_step_is_half_of_lr_where_gradient_and_epsilon_are_equal",
        ),
    ),
    *_of(
        "optim/line_search.py",
        (
            "any drop will do",
            "at_trial <= value - c * lr * slope",
            "at_trial <= value - 0.9 * c * lr * slope",
            "tests/optim/test_line_search.py::test_c_is_the_fraction_of_the_promised_drop",
        ),
    ),
    *_of(
        "optim/optimizer.py",
        (
            "t starts at 2",
            "t=state.t + 1",
            "t=state.t + 2",
            "tests/optim/test_optimizer.py::test_t_of_the_rule_is_one_at_the_first_update",
        ),
        (
            "schedule one ahead",
            "self.values(state.t)",
            "self.values(state.t + 1)",
            f"{RULE}test_schedule_is_asked_for_updates_already_made",
        ),
        (
            "lr of 0 passes",
            '("a number above 0", 0, math.inf, False, False)',
            '("a number above 0", 0, math.inf, True, False)',
            f"{RULE}test_bad_hyper_parameters_are_refused",
        ),
    ),
    *_of(
        "losses/mse.py",
        (
            "half the gradient",
            "(2 / difference.size)",
            "(1 / difference.size)",
            f"{LOSS}test_gradient_agrees_with_finite_differences",
        ),
        (
            "mean over rows",
            "np.mean(difference**2)",
            "np.sum(difference**2) / len(difference)",
            "tests/losses/test_mse.py::test_mean_is_over_entries_not_over_rows",
        ),
    ),
    *_of(
        "losses/cross_entropy.py",
        (
            "gradient of the sum",
            "return loss, d_logits / len(labels)",
            "return loss, d_logits",
            f"{LOSS}test_gradient_agrees_with_finite_differences",
        ),
        (
            "one maximum for all rows",
            "logits.max(axis=1, keepdims=True)",
            "logits.max()",
            "tests/losses/test_cross_entropy.py::test_rows_of_unlike_size_do_not_disturb_each_other",
        ),
        (
            "the other class",
            "np.where(logits >= 0, 1, decay)",
            "np.where(logits >= 0, decay, 1)",
            f"{LOSS}test_gradient_agrees_with_finite_differences",
        ),
        (
            "NaN labels pass",
            "not np.all((labels >= 0) & (labels <= 1))",
            "np.any((labels < 0) | (labels > 1))",
            "tests/losses/test_cross_entropy.py"
            "::test_binary_labels_outside_zero_to_one_are_refused",
        ),
    ),
    *_of(
        "schedules/decay.py",
        (
            "not constant",
            "base + 0.0 * np.asarray(t)",
            "base - 1e-9 * base * np.asarray(t)",
            "tests/parity/test_functions.py::test_schedule_agrees[constant-torch]",
        ),
        (
            "in stairs",
            "(np.asarray(t) / every)",
            "(np.asarray(t) // every)",
            "tests/schedules/test_decay.py::test_exponential_has_no_jumps",
        ),
        (
            "power of t alone",
            "(1 + np.asarray(t) / scale) ** power",
            "(1 + (np.asarray(t) / scale) ** power)",
            "tests/schedules/test_decay.py::test_inverse_time_by_hand",
        ),
        (
            "rises again",
            "np.minimum(t, total) / total",
            "np.asarray(t) / total",
            "tests/schedules/test_decay.py::test_cosine_by_hand",
        ),
        (
            "final on top of base",
            "(base - final) * (1 + np.cos",
            "base * (1 + np.cos",
            "tests/schedules/test_decay.py::test_cosine_by_hand",
        ),
    ),
    *_of(
        "nn/activations.py",
        (
            "slope 1 at 0",
            "d_y * (x > 0)",
            "d_y * (x >= 0)",
            "tests/nn/test_activations.py"
            "::test_relu_passes_what_is_positive_and_has_slope_zero_at_zero",
        ),
        (
            "d_y left out",
            "d_y * y * (1 - y)",
            "y * (1 - y)",
            f"{ACTIVATION}test_derivative_agrees_with_finite_differences",
        ),
        (
            "square left out",
            "d_y * (1 - y**2)",
            "d_y * (1 - abs(y))",
            f"{ACTIVATION}test_derivative_agrees_with_finite_differences",
        ),
    ),
    *_of(
        "nn/dense.py",
        (
            "bias averaged",
            "d_y.sum(axis=0)",
            "d_y.mean(axis=0)",
            "tests/nn/test_dense.py::test_gradient_agrees_with_finite_differences[b]",
        ),
        (
            "a millionth back",
            "d_y @ W.T,",
            "(1 + 1e-6) * (d_y @ W.T),",
            "tests/nn/test_dense.py::test_gradient_agrees_with_finite_differences[x]",
        ),
        (
            "bias left out",
            "y = x @ W + b",
            "y = x @ W + 0 * b",
            "tests/nn/test_dense.py::test_by_hand",
        ),
    ),
    *_of(
        "nn/initializers.py",
        (
            "variance of the limit",
            "np.sqrt(6 / (inputs + outputs))",
            "np.sqrt(2 / (inputs + outputs))",
            "tests/nn/test_initializers.py::test_glorot_is_uniform_within_its_limit",
        ),
        (
            "by outputs",
            "np.sqrt(2 / inputs)",
            "np.sqrt(2 / outputs)",
            "tests/nn/test_initializers.py::test_he_is_normal_with_variance_two_over_inputs",
        ),
        (
            "without the 2",
            "np.sqrt(2 / inputs)",
            "np.sqrt(1 / inputs)",
            "tests/nn/test_initializers.py::test_he_keeps_the_size_of_a_signal_through_relu_layers",
        ),
    ),
    *_of(
        "nn/network.py",
        (
            "averaged twice",
            "gradients[name][...] = d_parameter",
            "gradients[name][...] = d_parameter / (len(d_y) + 1)",
            "tests/nn/test_network.py::test_gradient_agrees_with_finite_differences",
        ),
        (
            "weights stay undrawn",
            "views[name][...] = value",
            "views[name][...] = 0 * value",
            "tests/nn/test_network.py::test_init_puts_weights_in_place_and_keeps_dtype",
        ),
        (
            "column order",
            "theta[start:stop].reshape(shape)",
            'theta[start:stop].reshape(shape, order="F")',
            "tests/nn/test_network.py::test_two_layers_by_hand",
        ),
    ),
]
