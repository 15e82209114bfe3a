"""Wrong variants of `schedules/`."""

from tests.mutants.mutant import slips

CONTRACT = "tests/contracts/test_schedules.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [f"{CONTRACT}test_inputs_are_not_changed"]

MUTANTS = [
    *slips(
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
]
