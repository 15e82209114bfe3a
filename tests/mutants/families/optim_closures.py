"""Wrong variants of `optim/`: the methods that ask for the loss again."""

from tests.mutants.mutant import slips

# What every mutant here still passes, so that it is no trivial one.
STILL = [
    "tests/optim/test_sam.py::test_what_is_known_is_not_evaluated_again",
    "tests/optim/test_sam.py::test_trains_a_network_through_the_one_loop",
    "tests/optim/test_lbfgs.py::test_an_update_is_pure_and_resuming_is_not_stopping",
    "tests/optim/test_lbfgs.py::test_repr_is_the_call_and_docstrings_are_complete",
]

MUTANTS = [
    *slips(
        "optim/sam.py",
        (
            "downhill",
            "theta + radius * g / length",
            "theta - radius * g / length",
            "tests/optim/test_sam.py::test_gradient_is_taken_at_the_given_distance_uphill",
        ),
        (
            "stays up there",
            "self.base.step(theta, at_top, state)",
            "self.base.step(climb(theta, g, radius=1e-3 * radius), at_top, state)",
            "tests/optim/test_sam.py::test_is_the_base_with_other_gradients",
        ),
    ),
    *slips(
        "optim/lbfgs.py",
        (
            "gamma of the oldest pair",
            "newest = filled[-1]",
            "newest = filled[0]",
            "tests/optim/test_lbfgs.py::test_two_loops_multiply_by_the_dense_inverse_hessian",
        ),
        (
            "oldest pair first",
            "for i in reversed(filled):",
            "for i in filled:",
            "tests/optim/test_lbfgs.py::test_two_loops_multiply_by_the_dense_inverse_hessian",
        ),
        (
            "the newest pair leaves",
            "s, y = np.vstack([s[1:], step]), np.vstack([y[1:], change])",
            "s, y = np.vstack([s[:-1], step]), np.vstack([y[:-1], change])",
            "tests/optim/test_lbfgs.py::test_the_oldest_pair_leaves",
        ),
    ),
    *slips(
        "optim/wolfe.py",
        (
            "weak conditions",
            "if not too_high and abs(trial.slope) <= -c2 * start.slope:",
            "if not too_high and -trial.slope <= -c2 * start.slope:",
            "tests/optim/test_wolfe.py::test_c2_is_the_fraction_of_the_slope_that_may_be_left",
        ),
        (
            "half of the drop",
            "value + c1 * point.lr * start.slope",
            "value + 0.5 * c1 * point.lr * start.slope",
            "tests/optim/test_wolfe.py::test_c1_is_the_fraction_of_the_promised_drop",
        ),
        (
            "the wrong root of the cubic",
            "math.copysign(math.sqrt(square), b.lr - a.lr)",
            "math.sqrt(square)",
            "tests/optim/test_wolfe.py::test_c2_is_the_fraction_of_the_slope_that_may_be_left",
        ),
    ),
]
