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
            "np.sum(difference**2) / len(difference)",
            "tests/losses/test_mse.py::test_mean_is_over_entries_not_over_rows",
        ),
    ),
    *slips(
        "losses/cross_entropy.py",
        (
            "gradient of the sum",
            "return loss, d_logits / len(labels)",
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
]
