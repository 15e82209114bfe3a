"""The dense layer, by hand and by finite differences."""

import numpy as np
import pytest

from nnedu.gradcheck import check_gradient
from nnedu.nn import Dense, dense
from tests.contracts.docstrings import problems

RNG = np.random.default_rng(0)
X, W, B, D_Y = (RNG.normal(size=s) for s in ((5, 3), (3, 2), (2,), (5, 2)))


def test_by_hand() -> None:
    x, w, b = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[3.0], [4.0]]), np.array([5.0])
    y, backward = dense(x, w, b)
    np.testing.assert_array_equal(y, [[16.0], [9.0]])
    d_x, d_w, d_b = backward(np.array([[1.0], [10.0]]))
    np.testing.assert_array_equal(d_x, [[3.0, 4.0], [30.0, 40.0]])
    np.testing.assert_array_equal(d_w, [[1.0], [12.0]])
    np.testing.assert_array_equal(d_b, [11.0])


@pytest.mark.parametrize("which", [0, 1, 2], ids=["x", "W", "b"])
def test_gradient_agrees_with_finite_differences(which: int) -> None:
    def objective(at: np.ndarray) -> tuple[float, np.ndarray]:
        inputs = [X, W, B]
        inputs[which] = at
        y, backward = dense(*inputs)
        return float((y * D_Y).sum()), backward(D_Y)[which]

    assert check_gradient(objective, [X, W, B][which]).error < 1e-9


def test_docstring_is_complete_and_its_example_runs() -> None:
    assert problems(dense, conventions=True, source=False) == []


@pytest.mark.parametrize(
    ("x", "w", "b"),
    [
        ((5, 3), (2, 3), (2,)),
        ((5, 3), (3, 2), (1,)),
        ((5, 3), (3, 2), (5, 2)),
        ((3,), (3, 2), (2,)),
    ],
)
def test_shapes_that_do_not_fit_are_refused(x, w, b) -> None:
    with pytest.raises(ValueError, match=r"expected \(N, I\), \(I, O\) and \(O,\)"):
        dense(np.zeros(x), np.zeros(w), np.zeros(b))


def test_layer_starts_with_its_weights_and_no_bias() -> None:
    layer = Dense(2, weights=lambda rng, inputs, outputs: np.full((inputs, outputs), 7.0))
    first = layer.init(np.random.default_rng(0), (3,))
    np.testing.assert_array_equal(first["W"], np.full((3, 2), 7.0))
    np.testing.assert_array_equal(first["b"], [0.0, 0.0])
    np.testing.assert_array_equal(layer(X, W, B)[0], dense(X, W, B)[0])


@pytest.mark.parametrize("outputs", [0, -1, 2.0, True, "3"])
def test_bad_number_of_units_is_refused(outputs: object) -> None:
    with pytest.raises(ValueError, match=r"outputs is .*; expected a whole number of at least 1"):
        Dense(outputs)
