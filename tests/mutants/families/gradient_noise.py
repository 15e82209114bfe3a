"""Wrong variants of `gradient_noise.py`."""

from tests.mutants.mutant import slips

TESTS = "tests/test_gradient_noise.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [f"{TESTS}test_one_example_has_no_noise"]

MUTANTS = slips(
    "gradient_noise.py",
    (
        "the correction divides by N",
        "(N - B) / (N - 1)",
        "(N - B) / N",
        f"{TESTS}test_the_formula_is_the_mean_over_every_batch_there_is[False-2]",
    ),
    (
        "variance by N - 1",
        "float(np.mean(np.sum((gradients - gradients.mean(axis=0)) ** 2, axis=1)))",
        "float(np.sum((gradients - gradients.mean(axis=0)) ** 2) / max(1, len(gradients) - 1))",
        f"{TESTS}test_the_variance_is_the_trace_of_the_covariance",
    ),
    (
        "always with replacement",
        "rng.choice(N, size=B, replace=replacement)",
        "rng.choice(N, size=B)",
        f"{TESTS}test_batches_that_are_drawn_agree_with_the_formula[False]",
    ),
    (
        "half the critical size",
        "return least, float(np.exp(best))",
        "return least, float(np.exp(best) / 2)",
        f"{TESTS}test_the_critical_batch_size_is_found_and_needs_twice_the_least_steps",
    ),
)
