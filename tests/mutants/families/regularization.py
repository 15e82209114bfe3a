"""Wrong variants of `regularization/`."""

from tests.mutants.mutant import slips

CONTRACT = "tests/contracts/test_regularization.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [f"{CONTRACT}test_dtype_and_shape_are_kept_and_inputs_not_changed"]

MUTANTS = [
    *slips(
        "regularization/penalties.py",
        (
            "without the half",
            "float(np.sum(strength * theta**2)) / 2",
            "float(np.sum(strength * theta**2))",
            "tests/regularization/test_penalties.py::test_by_hand",
        ),
        (
            "l2 as l1",
            "l1 * np.sign(theta) + l2 * theta",
            "l1 * np.sign(theta) + l2 * np.sign(theta)",
            f"{CONTRACT}test_gradient_agrees_with_finite_differences",
        ),
    ),
    *slips(
        "regularization/proximal.py",
        (
            "no floor at 0",
            "np.maximum(np.abs(theta) - _times(strength, lr, theta), 0)",
            "np.abs(np.abs(theta) - _times(strength, lr, theta))",
            "tests/regularization/test_proximal.py::test_by_hand",
        ),
        (
            "decay in place of its proximal step",
            "theta / (1 + _times(strength, lr, theta))",
            "theta * (1 - _times(strength, lr, theta))",
            f"{CONTRACT}test_a_proximal_step_minimises_what_it_says",
        ),
    ),
    *slips(
        "regularization/constraints.py",
        (
            "one norm for all units",
            "axis=axis, keepdims=True",
            "keepdims=True",
            "tests/regularization/test_constraints.py::test_each_unit_is_scaled_by_its_own_norm",
        ),
    ),
]
