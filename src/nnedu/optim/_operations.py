"""What a rule may do to numbers, and how the loop that runs it writes that.

Adding an operation is adding a line here: the NumPy function that a rule calls, and the text that
stands for it, in Python for scalars and in Numba for elements.
"""

import numpy as np

BINARY = {
    np.add: "{} + {}",
    np.subtract: "{} - {}",
    np.multiply: "{} * {}",
    np.true_divide: "{} / {}",
    np.power: "{} ** {}",
    np.maximum: "np.maximum({}, {})",
    np.minimum: "np.minimum({}, {})",
    np.copysign: "np.copysign({}, {})",
}
UNARY = {
    np.negative: "-{}",
    np.positive: "+{}",
    np.absolute: "abs({})",
    np.fabs: "abs({})",
    np.sign: "np.sign({})",
    np.sqrt: "np.sqrt({})",
    np.square: "{0} * {0}",
    np.exp: "np.exp({})",
    np.log: "np.log({})",
    np.tanh: "np.tanh({})",
}
ARITHMETIC = BINARY | UNARY
"""Numbers in, a number out."""

COMPARE = {
    np.less: "{} < {}",
    np.less_equal: "{} <= {}",
    np.greater: "{} > {}",
    np.greater_equal: "{} >= {}",
    np.equal: "{} == {}",
    np.not_equal: "{} != {}",
}
"""Numbers in, a truth value out."""

LOGIC = {
    np.logical_and: "{} & {}",
    np.logical_or: "{} | {}",
    np.bitwise_and: "{} & {}",
    np.bitwise_or: "{} | {}",
    np.logical_not: "not {}",
    np.invert: "not {}",
}
"""Truth values in, one out."""

KNOWN = "+ - * / **, comparisons, & | ~, np.where, np.clip, " + ", ".join(
    f"np.{ufunc.__name__}" for ufunc in (*list(BINARY)[5:], *list(UNARY)[2:])
)
"""The above in words, for an error."""
