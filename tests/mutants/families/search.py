"""Wrong variants of `search/`."""

from tests.mutants.mutant import slips

TESTS = "tests/search/"
CONTRACTS = "tests/contracts/test_search.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [
    f"{TESTS}test_adanet.py::test_errors",
    f"{TESTS}test_sampling.py::test_errors",
    f"{TESTS}test_halving.py::test_errors",
]

MUTANTS = [
    *slips(
        "search/dimensions.py",
        (
            "uniform in the number, not in its logarithm",
            "self.low * (self.high / self.low) ** u",
            "self.low + u * (self.high - self.low)",
            f"{TESTS}test_spaces.py::test_log_uniform_has_equal_shares_in_equal_factors",
        ),
        (
            "never the largest integer",
            "u * (self.high - self.low + 1)",
            "u * (self.high - self.low)",
            f"{TESTS}test_spaces.py::test_integer_reaches_both_ends_as_often_as_the_middle",
        ),
        (
            "a grid of equal differences where factors count",
            "np.geomspace(self.low",
            "np.linspace(self.low",
            f"{TESTS}test_spaces.py"
            "::test_a_grid_is_every_combination_and_random_tells_more_of_each",
        ),
    ),
    *slips(
        "search/spaces.py",
        (
            "one draw for all hyper-parameters",
            "return [{name: of.at(rng.random()) for name, of in space.items()} "
            "for _ in range(count)]",
            "return [{name: of.at(u) for name, of in space.items()} for u in rng.random(count)]",
            f"{TESTS}test_spaces.py"
            "::test_draws_are_independent_and_a_longer_list_begins_with_the_shorter",
        ),
    ),
    *slips(
        "search/trials.py",
        (
            "NaN is a loss like another",
            'return (value, "") if np.isfinite(value) else (np.inf, f"the loss is {value}")',
            'return value, ""',
            f"{CONTRACTS}test_a_run_that_diverges_is_kept_with_its_reason_and_never_chosen",
        ),
        (
            "an explosion scores 0",
            'return np.inf, f"{type(error).__name__}: {error}"',
            'return 0.0, f"{type(error).__name__}: {error}"',
            f"{CONTRACTS}test_a_run_that_diverges_is_kept_with_its_reason_and_never_chosen",
        ),
        (
            "every mistake is a divergence",
            "except (FloatingPointError, OverflowError) as error",
            "except Exception as error",
            f"{CONTRACTS}test_a_mistake_in_the_run_is_no_divergence",
        ),
    ),
    *slips(
        "search/sampling.py",
        (
            "the chance that all trials hit",
            "float(-np.expm1(trials * np.log1p(-share)))",
            "float(share**trials)",
            f"{TESTS}test_sampling.py::test_coverage_is_that_of_searches_that_were_run",
        ),
        (
            "one trial too few",
            "int(np.ceil(np.log1p(-chance) / np.log1p(-share) - 1e-12))",
            "int(np.floor(np.log1p(-chance) / np.log1p(-share) + 1e-12))",
            f"{TESTS}test_sampling.py::test_the_number_of_trials_is_the_least_that_suffices",
        ),
        (
            "one seed for all",
            "    trials = []\n    for number, setting in enumerate(settings):\n"
            "        seed = new_seed(rng)\n",
            "    trials = []\n    seed = new_seed(rng)\n"
            "    for number, setting in enumerate(settings):\n",
            f"{TESTS}test_sampling.py::test_seeds_differ_and_so_far_never_rises",
        ),
    ),
    *slips(
        "search/halving.py",
        (
            "the worse half goes on",
            "key=lambda i: (losses[i], i)",
            "key=lambda i: (-losses[i], i)",
            f"{TESTS}test_halving.py::test_the_better_half_goes_on_with_its_own_seed",
        ),
        (
            "a smallest loss at any budget",
            "budgets = sorted({rung.budget for rung in rungs}, reverse=True)\n"
            "    chosen = (smallest(trial for trial in trials if trial.budget == b) "
            "for b in budgets)",
            "chosen = iter([smallest(trials)])",
            f"{TESTS}test_halving.py"
            "::test_the_choice_is_of_the_last_round_not_of_a_lucky_early_loss",
        ),
        (
            "budgets do not add up",
            "reached += budget // (left * rounds)",
            "reached = budget // (left * rounds)",
            f"{TESTS}test_halving.py::test_halving_by_hand",
        ),
        (
            "counts every round from the start",
            "if resumed else",
            "if not resumed else",
            f"{TESTS}test_halving.py::test_halving_never_spends_more_than_its_budget",
        ),
    ),
    *slips(
        "search/hyperband.py",
        (
            "brackets by a logarithm that rounds down",
            "    while eta ** (s_max + 1) <= R * (1 + 1e-12):\n        s_max += 1\n",
            "    s_max = int(np.log(R) / np.log(eta))\n",
            f"{TESTS}test_halving.py::test_powers_of_eta_are_counted_without_rounding",
        ),
        (
            "the table's counts for the formula's",
            '(s_max + 1) / (s + 1) if counts == "algorithm" else',
            '(s_max + 1) // (s + 1) if counts == "algorithm" else',
            f"{TESTS}test_halving.py::test_the_published_formula",
        ),
        (
            "the formula's counts for the table's",
            "else (s_max + 1) // (s + 1)",
            "else (s_max + 1) / (s + 1)",
            f"{TESTS}test_halving.py::test_the_published_table",
        ),
        (
            "the last loss for the smallest",
            "smallest(trials))",
            "smallest(trials[-1:]))",
            f"{TESTS}test_halving.py::test_hyperband_runs_its_brackets",
        ),
    ),
    *slips(
        "search/folds.py",
        (
            "folds dealt anew for every setting",
            "        row = []\n",
            "        row = []\n"
            "        parts = list(k_fold(N, folds=folds, rng=rng, labels=labels))\n",
            f"{TESTS}test_folds.py::test_every_setting_has_the_same_folds_and_seeds",
        ),
        (
            "looks away from the fold that diverged",
            "self.losses.mean(axis=1)",
            "np.median(self.losses, axis=1)",
            f"{TESTS}test_folds.py::test_one_fold_that_diverges_rules_a_setting_out",
        ),
    ),
    *slips(
        "search/surrogates.py",
        (
            "the slope of the margin",
            "np.where(u >= 0, 1, decay) / (1 + decay)",
            "np.where(u >= 0, decay, 1) / (1 + decay)",
            f"{TESTS}test_weights.py::test_a_surrogate_rises_is_convex_and_lies_above_the_mistakes",
        ),
    ),
    *slips(
        "search/rademacher.py",
        (
            "no 2 a layer",
            "[2 * float(limit) for limit in limits]",
            "[float(limit) for limit in limits]",
            f"{TESTS}test_rademacher.py"
            "::test_depth_1_is_bounded_and_every_step_of_the_bound_is_an_inequality",
        ),
        (
            "p where q belongs",
            "one_over_q = 1 - 1 / p",
            "one_over_q = 1 / p",
            f"{TESTS}test_rademacher.py::test_a_layer_more_multiplies_by_its_own_factor",
        ),
        (
            "the widths without the inputs",
            "for n in (n_0, *widths)",
            "for n in (1, *widths)",
            f"{TESTS}test_rademacher.py::test_the_closed_form_by_hand",
        ),
        (
            "n_0 signed sums, not 2 n_0",
            "log(2 * n_0)",
            "log(1 + n_0)",
            f"{TESTS}test_rademacher.py::test_the_closed_form_by_hand",
        ),
    ),
    *slips(
        "search/objective.py",
        (
            "the sum over examples",
            "float(np.mean(surrogate.value(u)))",
            "float(np.sum(surrogate.value(u)))",
            f"{TESTS}test_weights.py::test_the_objective_by_hand",
        ),
        (
            "the square of the weights",
            "penalties @ np.abs(weights)",
            "penalties @ weights**2",
            f"{TESTS}test_weights.py::test_two_weights_are_the_minimum_of_a_fine_grid",
        ),
        (
            "Phi(-y f) without the 1",
            "u = 1 - y * (h @ weights)",
            "u = -y * (h @ weights)",
            f"{TESTS}test_weights.py::test_the_objective_by_hand",
        ),
        (
            "beta is a share of the complexity",
            "dtype(strength) * complexities + dtype(beta)",
            "dtype(strength + beta) * complexities",
            f"{TESTS}test_weights.py::test_the_penalties_by_hand",
        ),
    ),
    *slips(
        "search/weights.py",
        (
            "positive weights alone",
            "if abs(at_zero) <= penalty:",
            "if -at_zero <= penalty:",
            f"{TESTS}test_weights.py::test_a_coordinate_step_of_signs_by_hand",
        ),
        (
            "pays its price twice",
            "sign * smooth(sign * size) + penalty",
            "sign * smooth(sign * size) + 2 * penalty",
            f"{TESTS}test_weights.py::test_a_coordinate_step_is_the_minimum_along_its_line",
        ),
        (
            "no price at the door",
            "surrogate.slope(1 - y * f)))) - penalty",
            "surrogate.slope(1 - y * f)))) - 0 * penalty",
            f"{TESTS}test_weights.py::test_the_weak_learner_test_says_whether_any_weight_helps",
        ),
        (
            "the distribution of an empty ensemble",
            "surrogate.slope(1 - y * f)",
            "surrogate.slope(1 - 0 * y * f)",
            f"{TESTS}test_weights.py::test_the_weak_learner_test_says_whether_any_weight_helps",
        ),
        (
            "one sweep is enough",
            "if missed <= tolerance:",
            "if missed <= 1:",
            f"{TESTS}test_weights.py::test_two_weights_are_the_minimum_of_a_fine_grid",
        ),
    ),
    *slips(
        "search/adanet.py",
        (
            "always deeper",
            "depth = max(depth, chosen.depth)",
            "depth = chosen.depth + 1",
            f"{TESTS}test_adanet.py::test_depth_grows_by_one_at_most_and_only_if_it_pays",
        ),
        (
            "stays at depth 1",
            "depth = max(depth, chosen.depth)",
            "depth = 1",
            f"{TESTS}test_adanet.py::test_depth_grows_by_one_at_most_and_only_if_it_pays",
        ),
        (
            "forgets what the others cost",
            "value + spent + penalty * abs(weight)",
            "value + 0 * spent + penalty * abs(weight)",
            f"{TESTS}test_adanet.py::test_the_record_is_the_objective_of_what_was_built",
        ),
        (
            "complexity is free",
            "adanet_penalties(price, strength=strength, beta=beta)",
            "adanet_penalties(price, strength=0 * strength, beta=beta)",
            f"{TESTS}test_adanet.py::test_depth_grows_by_one_at_most_and_only_if_it_pays",
        ),
    ),
    *slips(
        "search/subnetworks.py",
        (
            "the depth of another family",
            "for _ in range(depth - 1) for layer",
            "for _ in range(depth) for layer",
            f"{TESTS}test_adanet.py::test_depth_1_is_linear_and_depth_2_is_not",
        ),
        (
            "without a limit",
            "max_norm(view, limit=limit) if",
            "max_norm(view, limit=9 * limit) if",
            f"{TESTS}test_adanet.py::test_a_candidate_keeps_within_its_family",
        ),
        (
            "a gradient that has not seen the ensemble",
            "d_h = -y * surrogate.slope(u) / len(y)",
            "d_h = -y * surrogate.slope(1 - y * h[:, 0]) / len(y)",
            f"{TESTS}test_adanet.py::test_a_candidate_descends_the_gradient_of_the_objective",
        ),
    ),
]
