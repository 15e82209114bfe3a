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
    *slips(
        "schedules/decay.py",
        (
            "power of the whole",
            "(base - final) * (1 - np.minimum(t, total) / total) ** power",
            "(base - final) * (1 - (np.minimum(t, total) / total) ** power)",
            "tests/schedules/test_shapes.py::test_polynomial_by_hand",
        ),
    ),
    *slips(
        "schedules/steps.py",
        (
            "one update later",
            'side="right"',
            'side="left"',
            "tests/schedules/test_shapes.py::test_a_boundary_belongs_to_what_follows",
        ),
    ),
    *slips(
        "schedules/warm_up.py",
        (
            "the rest starts late",
            "then(np.maximum(t - updates, 0))",
            "then(np.asarray(t))",
            "tests/schedules/test_shapes.py::test_warm_up_meets_what_follows",
        ),
        (
            "counts from 0",
            "s = np.asarray(t) + 1",
            "s = np.asarray(t) + 2",
            "tests/schedules/test_shapes.py::test_inverse_sqrt_is_the_papers",
        ),
        (
            "falls from the end of the warm-up",
            "(t - warm_up - stable) / decay",
            "(t - stable) / decay",
            "tests/schedules/test_shapes.py::test_warmup_stable_decay_by_hand",
        ),
    ),
    *slips(
        "schedules/cycles.py",
        (
            "never halves",
            "wave / 2.0**cycle",
            "wave / 2.0 ** (cycle / 2)",
            "tests/schedules/test_shapes.py::test_triangles_return_to_low_after_every_cycle",
        ),
        (
            "periods do not grow",
            "period * growth**restart",
            "period * growth ** (restart - (restart > 0))",
            "tests/schedules/test_shapes.py::test_each_restart_begins_at_its_top",
        ),
        (
            "falls to the end of time",
            "(t - up) / (total - up)",
            "(t - up) / total",
            "tests/schedules/test_shapes.py::test_one_cycle_goes_through_its_three_points",
        ),
    ),
    *slips(
        "schedules/plateau.py",
        (
            "one look more",
            "self.bad >= self.patience",
            "self.bad > self.patience",
            "tests/schedules/test_plateau.py::test_by_hand",
        ),
        (
            "any improvement counts",
            "self.best - self.min_delta",
            "self.best",
            "tests/schedules/test_plateau.py::test_falling_by_less_than_min_delta_is_no_improvement",
        ),
    ),
]
