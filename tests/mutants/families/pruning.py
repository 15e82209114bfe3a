"""Wrong variants of `pruning/`."""

from tests.mutants.mutant import slips

TESTS = "tests/pruning/"
CONTRACT = "tests/contracts/test_pruning.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [
    f"{CONTRACT}test_one_score_a_weight_in_its_dtype",
    f"{CONTRACT}test_a_cut_leaves_its_scores_alone",
]

MUTANTS = [
    *slips(
        "pruning/scores.py",
        (
            "signed magnitude",
            "scores: Array = np.abs(w)\n",
            "scores: Array = 1 * w\n",
            f"{TESTS}test_scores.py::test_magnitude_by_hand",
        ),
        (
            "largest input instead of its norm",
            "np.linalg.norm(x, axis=0)[:, None]",
            "np.abs(x).max(axis=0)[:, None]",
            f"{TESTS}test_scores.py::test_wanda_is_exactly_how_far_the_outputs_move",
        ),
    ),
    *slips(
        "pruning/sensitivity.py",
        (
            "curvature times the weight, not its square",
            "h * w**2 / 2",
            "h * np.abs(w) / 2",
            f"{TESTS}test_scores.py::test_obd_is_exactly_the_rise_of_a_quadratic_at_its_minimum",
        ),
        (
            "gradient without its weight",
            "felt = np.abs(g * w)",
            "felt = np.abs(g)",
            f"{TESTS}test_scores.py"
            "::test_snip_is_the_normalised_derivative_with_respect_to_a_switch",
        ),
        (
            "keeps what moves to zero",
            "s - float(lr) * g * w",
            "s + float(lr) * g * w",
            f"{TESTS}test_scores.py::test_movement_accumulates_and_sees_which_weights_grow",
        ),
        (
            "forgets",
            "s - float(lr) * g * w",
            "0 * s - float(lr) * g * w",
            f"{TESTS}test_scores.py::test_movement_accumulates_and_sees_which_weights_grow",
        ),
    ),
    *slips(
        "pruning/cut.py",
        (
            "truncates",
            "return round(float(sparsity) * size)",
            "return int(float(sparsity) * size)",
            f"{TESTS}test_cut.py::test_count_rounds_a_half_to_even",
        ),
        (
            "rounds a half up",
            "return round(float(sparsity) * size)",
            "return int(float(sparsity) * size + 0.5)",
            "tests/parity/test_compression.py::test_agrees[magnitude, layer-wise-torch]",
        ),
        (
            "lets the pruned come back",
            "np.ones(scores.size, bool) if mask is None else mask.ravel().copy()",
            "np.ones(scores.size, bool)",
            f"{TESTS}test_cut.py::test_what_is_gone_stays_gone_and_counts",
        ),
        (
            "does not count what is gone",
            "flat = np.where(mask.ravel(), flat, -np.inf)",
            "flat = np.where(mask.ravel(), flat, np.inf)",
            f"{TESTS}test_cut.py::test_what_is_gone_stays_gone_and_counts",
        ),
        (
            "rows instead of columns",
            'np.argsort(scores, axis=0, kind="stable")[:k], False, axis=0)',
            'np.argsort(scores.max(axis=1) + 0 * scores.T, axis=1, kind="stable").T[:k], '
            "False, axis=0)",
            f"{TESTS}test_cut.py::test_every_column_loses_the_same_number",
        ),
    ),
    *slips(
        "pruning/threshold.py",
        (
            "keeps at least two",
            "max(round((1 - float(sparsity)) * scores.size), 1)",
            "max(round((1 - float(sparsity)) * scores.size), 2)",
            f"{TESTS}test_cut.py"
            "::test_below_keeps_all_that_tie_with_the_threshold_and_at_least_one",
        ),
    ),
    *slips(
        "pruning/patterns.py",
        (
            "keeps the smallest",
            "[..., : m - n]\n",
            "[..., n:]\n",
            f"{TESTS}test_patterns.py::test_n_of_m_keeps_the_best_of_every_possible_choice",
        ),
        (
            "groups across instead of along",
            "along = np.moveaxis(scores, axis, -1)",
            "along = scores.T.reshape(np.moveaxis(scores, axis, -1).shape)[..., ::-1]",
            f"{TESTS}test_patterns.py::test_n_of_m_goes_along_the_axis_that_is_summed_over",
        ),
        (
            "always Euclidean",
            "np.linalg.norm(rows, ord=order, axis=1)",
            "np.linalg.norm(rows, axis=1)",
            f"{TESTS}test_patterns.py::test_unit_norms_by_hand",
        ),
    ),
    *slips(
        "pruning/gradual.py",
        (
            "counts from zero instead of the start",
            "(np.asarray(t) - start) / total",
            "np.asarray(t) / (total + start)",
            f"{TESTS}test_gradual.py::test_by_hand",
        ),
        (
            "from below",
            "final + (initial - final) * (1 - progress) ** power",
            "initial + (final - initial) * progress**power",
            f"{TESTS}test_gradual.py::test_the_published_formula",
        ),
    ),
    *slips(
        "pruning/trial.py",
        (
            "keeps nothing that changes nothing",
            "value <= best and",
            "value < best and",
            f"{TESTS}test_trial.py"
            "::test_a_removal_that_changes_nothing_is_kept_and_one_that_harms_is_not",
        ),
        (
            "compares with the start",
            "mask, best = proposed, value",
            "mask = proposed",
            f"{TESTS}test_trial.py::test_the_loss_never_rises_and_is_that_of_the_mask",
        ),
        (
            "forgets what it kept",
            "proposed = mask.copy()",
            "proposed = np.ones_like(mask)",
            f"{TESTS}test_trial.py::test_it_finds_the_best_subset_where_weights_do_not_interact",
        ),
    ),
    *slips(
        "pruning/report.py",
        (
            "a row start too few",
            "index * (rows + 1)",
            "index * rows",
            f"{TESTS}test_report.py::test_csr_bytes_are_scipys",
        ),
        (
            "bits of a bitmap are free",
            "-(-W.size // 8) + left * W.itemsize",
            "left * W.itemsize",
            f"{TESTS}test_report.py::test_report_by_hand",
        ),
    ),
]
