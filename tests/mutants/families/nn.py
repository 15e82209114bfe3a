"""Wrong variants of `nn/`."""

from tests.mutants.mutant import slips

CONTRACT = "tests/contracts/test_activations.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [
    f"{CONTRACT}test_shape_and_dtype_are_kept",
    "tests/nn/test_network.py::test_dtype_is_kept_and_inputs_are_not_changed",
]

MUTANTS = [
    *slips(
        "nn/activations.py",
        (
            "slope 1 at 0",
            "d_y * (x > 0)",
            "d_y * (x >= 0)",
            "tests/nn/test_activations.py"
            "::test_relu_passes_what_is_positive_and_has_slope_zero_at_zero",
        ),
        (
            "d_y left out",
            "d_y * y * (1 - y)",
            "y * (1 - y)",
            f"{CONTRACT}test_derivative_agrees_with_finite_differences",
        ),
        (
            "square left out",
            "d_y * (1 - y**2)",
            "d_y * (1 - abs(y))",
            f"{CONTRACT}test_derivative_agrees_with_finite_differences",
        ),
    ),
    *slips(
        "nn/dense.py",
        (
            "bias averaged",
            "d_y.sum(axis=0)",
            "d_y.mean(axis=0)",
            "tests/nn/test_dense.py::test_gradient_agrees_with_finite_differences[b]",
        ),
        (
            "a millionth back",
            "d_y @ W.T,",
            "(1 + 1e-6) * (d_y @ W.T),",
            "tests/nn/test_dense.py::test_gradient_agrees_with_finite_differences[x]",
        ),
        (
            "bias left out",
            "y = x @ W + b",
            "y = x @ W + 0 * b",
            "tests/nn/test_dense.py::test_by_hand",
        ),
    ),
    *slips(
        "nn/initializers.py",
        (
            "variance of the limit",
            "np.sqrt(6 / (inputs + outputs))",
            "np.sqrt(2 / (inputs + outputs))",
            "tests/nn/test_initializers.py::test_glorot_is_uniform_within_its_limit",
        ),
        (
            "by outputs",
            "np.sqrt(2 / inputs)",
            "np.sqrt(2 / outputs)",
            "tests/nn/test_initializers.py::test_he_is_normal_with_variance_two_over_inputs",
        ),
        (
            "without the 2",
            "np.sqrt(2 / inputs)",
            "np.sqrt(1 / inputs)",
            "tests/nn/test_initializers.py::test_he_keeps_the_size_of_a_signal_through_relu_layers",
        ),
    ),
    *slips(
        "nn/network.py",
        (
            "averaged twice",
            "gradients[name][...] = d_parameter",
            "gradients[name][...] = d_parameter / (len(d_y) + 1)",
            "tests/nn/test_network.py::test_gradient_agrees_with_finite_differences",
        ),
        (
            "weights stay undrawn",
            "views[name][...] = value",
            "views[name][...] = 0 * value",
            "tests/nn/test_network.py::test_init_puts_weights_in_place_and_keeps_dtype",
        ),
        (
            "column order",
            "theta[start:stop].reshape(shape)",
            'theta[start:stop].reshape(shape, order="F")',
            "tests/nn/test_network.py::test_two_layers_by_hand",
        ),
    ),
]
