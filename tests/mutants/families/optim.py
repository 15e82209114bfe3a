"""Wrong variants of `optim/`."""

from tests.mutants.mutant import slips

CONTRACT = "tests/contracts/test_optim.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [f"{CONTRACT}test_{name}" for name in ("goes_down_the_bowl", "dtype_is_kept")]

MUTANTS = [
    *slips(
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
    *slips(
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
    *slips(
        "optim/stability.py",
        (
            "only the real part of an eigenvalue counts",
            "np.linalg.eigvals(matrix))",
            "np.linalg.eigvals(matrix).real)",
            "tests/optim/test_stability.py::test_rates_are_the_roots_of_the_two_polynomials",
        ),
        (
            "Nesterov's best for convex functions, not for quadratics",
            '"lr": 4 / (3 * L + ell)',
            '"lr": 1 / L',
            "tests/optim/test_stability.py"
            "::test_best_has_the_promised_rate_and_no_neighbour_is_better[nesterov-100.0]",
        ),
    ),
    *slips(
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
    *slips(
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
    *slips(
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
    *slips(
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
    *slips(
        "optim/rmsprop_centered.py",
        (
            "not quite centred",
            "v - m**2, 0",
            "v - rho * m**2, 0",
            "tests/optim/test_rmsprop_centered.py::test_two_updates_by_hand",
        ),
        (
            "a negative variance has a root",
            "maximum(v - m**2, 0)",
            "abs(v - m**2)",
            "tests/optim/test_rmsprop_centered.py::test_a_variance_that_rounds_below_0_counts_as_0",
        ),
        (
            "epsilon inside the root",
            "(sqrt(variance + eps_root) + eps)",
            "sqrt(variance + eps_root + eps)",
            "tests/optim/test_rmsprop_centered.py"
            "::test_eps_stands_outside_the_root_and_eps_root_inside",
        ),
    ),
    *slips(
        "optim/rmsprop_momentum.py",
        (
            "Nesterov's look ahead",
            "return theta - lr * b, v, b",
            "return theta - lr * (momentum * b + g / (sqrt(v + eps_root) + eps)), v, b",
            "tests/optim/test_rmsprop_momentum.py::test_buffer_adds_scaled_gradients",
        ),
        (
            "stops with the learning rate",
            "return theta + u, v, u",
            "return theta + (u if lr else 0 * u), v, u",
            "tests/optim/test_rmsprop_momentum.py::test_velocity_rolls_on_at_a_learning_rate_of_0",
        ),
        (
            "a moving average",
            "b = momentum * b + g /",
            "b = momentum * b + (1 - momentum) * g /",
            "tests/parity/test_optimizers.py::test_agrees[rmsprop_momentum-torch-0]",
        ),
    ),
    *slips(
        "optim/adadelta.py",
        (
            "the memory scaled by lr too",
            "u = rho * u + (1 - rho) * d**2",
            "u = rho * u + (1 - rho) * (min(lr, 1) * d) ** 2",
            "tests/optim/test_adadelta.py::test_lr_scales_the_step_and_not_the_memory",
        ),
        (
            "epsilon below only",
            "sqrt(u + eps) / sqrt(v + eps)",
            "sqrt(u + eps) / (sqrt(v) + eps)",
            "tests/optim/test_adadelta.py::test_two_updates_by_hand",
        ),
        (
            "forgets its steps sooner",
            "u = rho * u",
            "u = rho**2 * u",
            "tests/parity/test_optimizers.py::test_agrees[adadelta-torch-1]",
        ),
    ),
    *slips(
        "optim/adamax.py",
        (
            "the maximum corrected",
            "m_hat / (u + eps)",
            "m_hat * (1 - beta2**t) ** 1e-3 / (u + eps)",
            "tests/optim/test_adamax.py::test_first_step_has_length_lr",
        ),
        (
            "a maximum that does not fade",
            "maximum(beta2 * u,",
            "maximum(u,",
            "tests/optim/test_adamax.py::test_maximum_fades_until_a_gradient_exceeds_it",
        ),
        (
            "epsilon outside the maximum twice",
            "abs(g) + eps_max)",
            "abs(g)) + eps_max",
            "tests/optim/test_adamax.py::test_eps_is_added_to_the_maximum_and_eps_max_inside_it",
        ),
    ),
    *slips(
        "optim/amsgrad.py",
        (
            "the maximum forgotten",
            "v_hat = v_max / (1 - beta2**t)",
            "v_hat = v / (1 - beta2**t)",
            "tests/optim/test_amsgrad.py"
            "::test_two_updates_by_hand_keep_the_maximum_of_the_raw_mean",
        ),
        (
            "the corrected form keeps the raw mean",
            "v_max = maximum(v_max, v_hat)",
            "v_max = maximum(v_max, v)",
            "tests/optim/test_amsgrad.py"
            "::test_corrected_form_keeps_the_maximum_of_the_corrected_mean",
        ),
        (
            "the mean carried as its maximum",
            "v_max = maximum(v_max, v)\n",
            "v = v_max = maximum(v_max, v)\n",
            "tests/optim/test_amsgrad.py"
            "::test_two_updates_by_hand_keep_the_maximum_of_the_raw_mean",
        ),
    ),
    *slips(
        "optim/nadam.py",
        (
            "momentum of this update for the next",
            "mu_next / (1 - product * mu_next) * m",
            "mu / (1 - product * mu_next) * m",
            "tests/parity/test_optimizers.py::test_agrees[nadam-torch-1]",
        ),
        (
            "corrected one update late",
            "mu_next / (1 - product * mu_next)",
            "mu_next / (1 - product)",
            "tests/optim/test_nadam.py::test_two_updates_by_hand_at_constant_momentum",
        ),
        (
            "the product one factor short",
            "return known[t]",
            "return known[t - 1] * beta1",
            "tests/optim/test_nadam.py::test_momentum_rises_from_its_dip_to_beta1",
        ),
    ),
    *slips(
        "optim/adamw.py",
        (
            "decay not multiplied by lr",
            "lr * (m_hat / (sqrt(v_hat) + eps) + weight_decay * theta)",
            "lr * m_hat / (sqrt(v_hat) + eps) - weight_decay / 20 * theta",
            "tests/optim/test_adamw.py::test_every_weight_decays_alike_whatever_its_gradients",
        ),
        (
            "decay in the gradient",
            "m = beta1 * m + (1 - beta1) * g\n    v = beta2 * v + (1 - beta2) * g**2",
            "g = g + weight_decay * theta\n    weight_decay = 0\n"
            "    m = beta1 * m + (1 - beta1) * g\n    v = beta2 * v + (1 - beta2) * g**2",
            "tests/optim/test_adamw.py::test_every_weight_decays_alike_whatever_its_gradients",
        ),
        (
            "decay after the step",
            "return theta - lr * (m_hat / (sqrt(v_hat) + eps) + weight_decay * theta), m, v",
            "return (theta - lr * m_hat / (sqrt(v_hat) + eps)) * (1 - lr * weight_decay), m, v",
            "tests/optim/test_adamw.py::test_decay_is_of_the_weight_before_the_step",
        ),
    ),
    *slips(
        "optim/lion.py",
        (
            "betas exchanged",
            "c = beta1 * m + (1 - beta1) * g",
            "c = beta2 * m + (1 - beta2) * g",
            "tests/optim/test_lion.py::test_step_and_memory_weigh_the_gradient_differently",
        ),
        (
            "decay inside the sign",
            "(sign(c) + weight_decay * theta)",
            "sign(c + weight_decay * theta)",
            "tests/optim/test_lion.py::test_decay_is_decoupled",
        ),
        (
            "beta1 a millionth off",
            "c = beta1 * m",
            "c = beta1 * (1 + 1e-6) * m",
            "tests/parity/test_optimizers.py::test_agrees[lion-optax-0]",
        ),
    ),
    *slips(
        "optim/weight_decay.py",
        (
            "decay of the new weights",
            "lr * weight_decay * theta,",
            "lr * weight_decay * new,",
            "tests/optim/test_weight_decay.py::test_decoupled_adam_is_adamw",
        ),
        (
            "half a penalty",
            "g + weight_decay * theta",
            "g + 0.5 * weight_decay * theta",
            "tests/optim/test_weight_decay.py::test_in_plain_gradient_descent_both_are_one",
        ),
    ),
    *slips(
        "optim/schedule_free.py",
        (
            "a moving average",
            "d = (1 - weight / t) * (d - lr * g)",
            "d = (1 - weight / (t if t < 3 else 3)) * (d - lr * g)",
            "tests/optim/test_schedule_free.py::test_at_constant_lr_x_is_the_plain_mean_of_z",
        ),
        (
            "z read after it was changed",
            "return z - beta * d, d",
            "return z - beta * d + (1 - beta) * (t > 1) * lr * g / t, d",
            "tests/optim/test_schedule_free.py::test_sgd_is_the_three_points_of_the_paper",
        ),
        (
            "v not corrected",
            "v_hat = v / (1 - beta2**t)",
            "v_hat = v",
            "tests/optim/test_schedule_free.py::test_adamw_corrects_v_and_decays_from_theta",
        ),
        (
            "weights by the rate, not its square",
            "+ lr(len(sums)) ** 2)",
            "+ lr(len(sums)))",
            "tests/optim/test_schedule_free.py::test_weights_count_small_steps_less",
        ),
    ),
    *slips(
        "optim/clipping.py",
        (
            "epsilon left in",
            "return g * _factor(g, limit, eps)",
            "return g * _factor(g, limit, eps + 1e-9)",
            "tests/parity/test_clipping.py::test_agrees[global-optax]",
        ),
        (
            "a sum of absolute values",
            "float(np.sqrt(np.sum(np.square(g, dtype=np.float64))))",
            "float(np.sum(np.abs(g)))",
            "tests/optim/test_clipping.py::test_by_hand",
        ),
        (
            "made as long as the limit",
            "min(1.0, limit / (norm + eps)) if",
            "limit / (norm + eps) if",
            "tests/optim/test_clipping.py::test_bounds_and_leaves_alone_what_is_within",
        ),
        (
            "squares in float32",
            "np.square(g, dtype=np.float64)",
            "np.square(g)",
            "tests/optim/test_clipping.py::test_dtype_and_input_are_kept",
        ),
    ),
    *slips(
        "optim/accumulation.py",
        (
            "every part counts alike",
            "share = len(part[0]) / lengths[0]",
            "share = size / (-(-lengths[0] // size) * size)",
            "tests/optim/test_accumulation.py"
            "::test_an_uneven_last_part_counts_by_its_examples_not_as_a_part",
        ),
    ),
    *slips(
        "optim/line_search.py",
        (
            "any drop will do",
            "at_trial <= value - c * lr * slope",
            "at_trial <= value - 0.9 * c * lr * slope",
            "tests/optim/test_line_search.py::test_c_is_the_fraction_of_the_promised_drop",
        ),
    ),
    *slips(
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
            f"{CONTRACT}test_schedule_is_asked_for_updates_already_made",
        ),
    ),
    *slips(
        "optim/loss_scaling.py",
        (
            "an overflow does not end the row of good gradients",
            "return scale * backoff, 0",
            "return scale * backoff, good",
            "tests/optim/test_loss_scaling.py::test_grows_after_good_steps_in_a_row_and_only_in_a_row",
        ),
        (
            "grows one step late",
            "good + 1 < grow_after",
            "good < grow_after",
            "tests/optim/test_loss_scaling.py::test_grows_after_good_steps_in_a_row_and_only_in_a_row",
        ),
        (
            "divided by the scale of the next step",
            "g.astype(theta.dtype) / state.scale",
            "g.astype(theta.dtype) / scale",
            "tests/optim/test_loss_scaling.py::test_a_scaled_gradient_gives_the_plain_step",
        ),
        (
            "NaN is not seen",
            "np.isfinite(g).all()",
            "not np.isinf(g).any()",
            "tests/optim/test_loss_scaling.py"
            "::test_an_overflow_is_skipped_and_leaves_the_optimizer_as_it_was",
        ),
        (
            "divided in float16",
            "g.astype(theta.dtype) / state.scale",
            "(g / g.dtype.type(state.scale)).astype(theta.dtype)",
            "tests/optim/test_loss_scaling.py"
            "::test_float16_gradients_are_divided_in_the_dtype_of_the_parameters",
        ),
    ),
    *slips(
        "optim/_ranges.py",
        (
            "lr of 0 passes",
            '("a number above 0", 0, math.inf, False, False)',
            '("a number above 0", 0, math.inf, True, False)',
            f"{CONTRACT}test_bad_hyper_parameters_are_refused",
        ),
        (
            "only the largest entry is looked at",
            "[float(value.min()), float(value.max())]",
            "[float(value.max())]",
            "tests/optim/test_per_parameter.py::test_every_entry_must_be_in_range",
        ),
    ),
]
