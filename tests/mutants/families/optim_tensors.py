"""Wrong variants of `optim/`: the rules that see whole tensors."""

from tests.mutants.mutant import slips

CONTRACT = "tests/contracts/test_tensor_optim.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [f"{CONTRACT}test_{name}" for name in ("goes_down_a_quadratic", "dtype_is_kept")]

MUTANTS = [
    *slips(
        "optim/lars.py",
        (
            "norm of the sum",
            "norm(g) + norm(decay)",
            "norm(g + decay)",
            "tests/optim/test_lars.py"
            "::test_decay_is_part_of_the_gradient_and_its_norm_of_the_ratio",
        ),
        (
            "lr outside the velocity",
            "return theta - v, v",
            "return theta - v - 0.01 * lr * v, v",
            "tests/optim/test_lars.py"
            "::test_first_step_is_a_set_fraction_of_the_tensor_for_any_gradient",
        ),
    ),
    *slips(
        "optim/lamb.py",
        (
            "decay after the ratio",
            "size, length = norm(theta), norm(r)",
            "size, length = norm(theta), norm(r - weight_decay * theta)",
            "tests/optim/test_lamb.py::test_every_step_is_lr_times_the_norm_of_the_tensor",
        ),
        (
            "v not corrected",
            "v_hat = v / (1 - beta2**t)",
            "v_hat = v",
            "tests/optim/test_lamb.py::test_means_and_their_correction_are_adams",
        ),
    ),
    *slips(
        "optim/adafactor.py",
        (
            "not divided by the mean of the rows",
            "sqrt(R / R.mean())[:, None]",
            "sqrt(R / R.max())[:, None]",
            "tests/optim/test_adafactor.py::test_by_hand_where_squares_are_no_product",
        ),
        (
            "clips the norm",
            "rms(U) / clip)",
            "rms(U) * U.size**0.5 / clip)",
            "tests/optim/test_adafactor.py"
            "::test_clip_is_the_largest_root_mean_square_of_a_direction",
        ),
        (
            "decay in proportion to the size",
            "weight_decay * theta)",
            "size * weight_decay * theta)",
            "tests/optim/test_adafactor.py::test_decay_is_apart_from_the_size_of_the_step",
        ),
        (
            "a billionth of beta",
            "beta = 1 - t**-decay",
            "beta = (1 - t**-decay) * (1 - 1e-9)",
            "tests/parity/test_tensors.py::test_agrees[adafactor-torch-1]",
        ),
    ),
    *slips(
        "optim/shampoo.py",
        (
            "forgets a little",
            "L = L + g @ g.T",
            "L = 0.999 * L + g @ g.T",
            "tests/optim/test_shampoo.py::test_a_matrix_of_one_entry_is_adagrad",
        ),
        (
            "epsilon beside the root",
            "(np.maximum(s, 0) + eps) ** (-1 / p)",
            "(np.maximum(s, 0) ** (1 / p) + eps) ** -1",
            "tests/optim/test_shampoo.py::test_root_by_hand_on_two_by_two",
        ),
    ),
    *slips(
        "optim/soap.py",
        (
            "squares of what is not turned",
            "(Q_L.T @ g @ Q_R) ** 2",
            "g**2",
            "tests/optim/test_soap.py::test_in_a_turned_basis_it_is_adam_turned",
        ),
        (
            "correction one ahead",
            "(1 - beta2 ** (t - 1))",
            "(1 - beta2**t)",
            "tests/optim/test_soap.py::test_in_a_diagonal_basis_it_is_adam",
        ),
        (
            "smallest eigenvalue first",
            "eigenvectors[:, ::-1]",
            "eigenvectors",
            "tests/optim/test_soap.py::test_eigenvectors_come_with_the_largest_eigenvalue_first",
        ),
    ),
    *slips(
        "optim/muon.py",
        (
            "outputs and inputs exchanged",
            "max(1, O / I)",
            "max(1, I / O)",
            "tests/optim/test_muon.py::test_factor_grows_with_outputs_over_inputs",
        ),
        (
            "one coefficient off",
            "-4.7750,",
            "-4.7755,",
            "tests/optim/test_muon.py"
            "::test_singular_vectors_stay_and_singular_values_go_through_the_polynomial",
        ),
        (
            "gradient and mean exchanged",
            "return m, look_ahead * m + (1 - look_ahead) * g",
            "return m, look_ahead * g + (1 - look_ahead) * m",
            "tests/optim/test_muon.py"
            "::test_share_of_the_mean_is_nesterovs_at_momentum_and_plain_at_one",
        ),
    ),
    *slips(
        "optim/tensor.py",
        (
            "t starts twice",
            "t=k + 1, **own",
            "t=max(1, k), **own",
            "tests/optim/test_tensor.py::test_t_of_the_rule_is_one_at_the_first_update",
        ),
        (
            "schedule one ahead",
            "numbers(self.name, self.hyper, state.t)",
            "numbers(self.name, self.hyper, state.t + 1)",
            f"{CONTRACT}test_schedule_is_asked_for_updates_already_made",
        ),
    ),
]
