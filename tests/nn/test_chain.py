"""Chains: names, the order of what lies in them, and the two ways through."""

import numpy as np
import pytest

from nnedu.nn import Chain, Dense, Layer, tanh


class Counter(Layer):
    """Shifts by what it has counted; counts in training."""

    def shapes(self, inputs):
        return {"b": inputs}

    def init(self, rng, inputs):
        return {"b": np.zeros(inputs)}

    def statistics(self, inputs):
        return {"count": np.zeros(())}

    def __call__(self, x, b, count):
        return x + b + count, lambda d_y: (d_y, d_y.sum(axis=0))

    def training(self, rng, x, b, count):
        return *self(x, b, count), count + 1


def nested() -> Chain:
    return Chain([tanh, Counter(), Chain([Dense(3), tanh, Chain([Counter()])]), Dense(2)])


def arrays(chain: Chain, inputs=(2,)) -> list[np.ndarray]:
    return [
        *chain.init(np.random.default_rng(0), inputs).values(),
        *chain.statistics(inputs).values(),
    ]


def test_names_carry_the_number_of_the_layer_and_of_the_layer_inside() -> None:
    assert nested().shapes((2,)) == {
        "b.1": (2,),
        "W.2.1": (2, 3),
        "b.2.1": (3,),
        "b.2.2.1": (3,),
        "W.3": (3, 2),
        "b.3": (2,),
    }
    assert list(nested().statistics((2,))) == ["count.1", "count.2.2.1"]
    assert nested().output_shape((2,)) == (2,)


def test_names_gradients_and_statistics_lie_in_one_order() -> None:
    chain = nested()
    x = np.random.default_rng(1).normal(size=(4, 2))
    _, backward = chain(x, *arrays(chain))
    d_x, *gradients = backward(np.ones((4, 2)))
    assert d_x.shape == x.shape
    assert [g.shape for g in gradients] == list(chain.shapes((2,)).values())
    # The last bias sees d_y itself; the first what came back through everything.
    np.testing.assert_array_equal(gradients[-1], [4.0, 4.0])
    np.testing.assert_allclose(gradients[0] @ [1, 1], (d_x / (1 - np.tanh(x) ** 2)).sum())


def test_training_reaches_the_layers_and_new_statistics_come_back() -> None:
    chain, x = nested(), np.ones((4, 2))
    given = arrays(chain)
    given[-2:] = [np.array(10.0), np.array(20.0)]
    y, _, *new = chain.training(None, x, *given)
    assert new == [11.0, 21.0]
    np.testing.assert_array_equal(y, chain(x, *given)[0])


def test_an_empty_chain_hands_on() -> None:
    y, backward = Chain([])(np.ones((2, 3)))
    np.testing.assert_array_equal(y, np.ones((2, 3)))
    assert len(backward(y)) == 1
    assert Chain([]).output_shape((3,)) == (3,)


def test_a_layer_without_a_forward_says_so() -> None:
    class Nothing(Layer):
        pass

    with pytest.raises(NotImplementedError, match="Nothing needs a method __call__"):
        Chain([Nothing()])(np.ones((1, 1)))
