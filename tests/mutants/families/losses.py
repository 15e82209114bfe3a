"""Wrong variants of `losses/`."""

from tests.mutants.mutant import slips

CONTRACT = "tests/contracts/test_losses.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [f"{CONTRACT}test_value_is_a_float_and_gradient_keeps_shape_and_dtype"]

MUTANTS = [
    *slips(
        "losses/mse.py",
        (
            "half the gradient",
            "(2 / difference.size)",
            "(1 / difference.size)",
            f"{CONTRACT}test_gradient_agrees_with_finite_differences",
        ),
        (
            "mean over rows",
            "np.mean(difference**2)",
            "(np.sum(difference**2) / len(difference))",
            "tests/losses/test_mse.py::test_mean_is_over_entries_not_over_rows",
        ),
    ),
    *slips(
        "losses/mae.py",
        (
            "one in the kink",
            "np.sign(difference)",
            "np.where(difference >= 0, 1.0, -1.0)",
            "tests/losses/test_mae.py::test_value_and_subgradient_by_hand",
        ),
        (
            "median of the errors",
            "np.mean(np.abs(difference))",
            "np.median(np.abs(difference))",
            f"{CONTRACT}test_is_the_mean_over_examples",
        ),
    ),
    *slips(
        "losses/huber.py",
        (
            "without its half",
            "(size - capped / 2)",
            "(size - capped * capped / (2 * delta))",
            f"{CONTRACT}test_gradient_agrees_with_finite_differences",
        ),
        (
            "divided by delta, as SmoothL1",
            "np.mean(capped * (size - capped / 2))",
            "np.mean(capped * (size - capped / 2) / delta)",
            "tests/losses/test_huber.py::test_value_and_gradient_by_hand",
        ),
        (
            "NaN delta passes",
            "not 0 < delta < np.inf",
            "delta <= 0 or delta == np.inf",
            "tests/losses/test_huber.py::test_delta_must_be_above_zero",
        ),
    ),
    *slips(
        "losses/cross_entropy.py",
        (
            "smoothed over the other classes only",
            "s / C",
            "s / (C - 1)",
            f"{CONTRACT}test_gradient_agrees_with_finite_differences",
        ),
        (
            "0 times infinity",
            "s > 0:",
            "s >= 0:",
            "tests/losses/test_cross_entropy.py"
            "::test_a_class_ruled_out_costs_nothing_without_smoothing_and_all_with_it",
        ),
        (
            "binary labels smoothed towards 1",
            "label_smoothing / 2",
            "label_smoothing",
            "tests/losses/test_cross_entropy.py"
            "::test_binary_smoothing_is_softmax_smoothing_of_two_classes",
        ),
        (
            "gradient of the sum",
            "return loss, d_logits / N",
            "return loss, d_logits",
            f"{CONTRACT}test_gradient_agrees_with_finite_differences",
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
            f"{CONTRACT}test_gradient_agrees_with_finite_differences",
        ),
        (
            "NaN labels pass",
            "not np.all((labels >= 0) & (labels <= 1))",
            "np.any((labels < 0) | (labels > 1))",
            "tests/losses/test_cross_entropy.py"
            "::test_binary_labels_outside_zero_to_one_are_refused",
        ),
    ),
    *slips(
        "losses/distillation.py",
        (
            "fades with the temperature",
            "T**2 * np.mean(",
            "np.mean(",
            "tests/losses/test_distillation.py::test_by_hand",
        ),
        (
            "gradient of the loss without T",
            "(T / N * (np.exp(log_p) - q))",
            "(1 / N * (np.exp(log_p) - q))",
            f"{CONTRACT}test_gradient_agrees_with_finite_differences",
        ),
    ),
]
