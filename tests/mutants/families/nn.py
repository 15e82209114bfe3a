"""Wrong variants of `nn/`."""

from tests.mutants.mutant import slips

CONTRACT = "tests/contracts/test_activations.py::"
LAYERS = "tests/contracts/test_nn_layers.py::"
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
        (
            "slope of PyTorch's layer instead of the one given",
            "np.where(positive, x, slope * x)",
            "np.where(positive, x, 0.01 * x)",
            "tests/nn/test_activations.py::test_leaky_relu_by_hand_and_its_slope_at_zero",
        ),
        (
            "slope left out of the derivative",
            "np.where(positive, d_y, slope * d_y)",
            "np.where(positive, d_y, 0 * d_y)",
            f"{CONTRACT}test_derivative_agrees_with_finite_differences",
        ),
    ),
    *slips(
        "nn/smooth_rectifiers.py",
        (
            "the gate's own derivative left out",
            "d_y * s * (1 + x * (1 - s))",
            "d_y * s",
            f"{CONTRACT}test_derivative_agrees_with_finite_differences",
        ),
        (
            "another cubic",
            "cubic = math.sqrt(2 / math.pi), 0.044715",
            "cubic = math.sqrt(2 / math.pi), 0.0447",
            "tests/nn/test_activations.py::test_gelu_by_tanh_is_near_and_not_the_same",
        ),
        (
            "the wrong bell",
            "math.sqrt(2 * math.pi)",
            "math.sqrt(math.pi)",
            f"{CONTRACT}test_derivative_agrees_with_finite_differences",
        ),
        (
            "the error function where Phi belongs",
            "_erfc(-x / math.sqrt(2)) / 2",
            "_erfc(-x) / 2",
            "tests/nn/test_activations.py::test_gelu_by_hand",
        ),
    ),
    *slips(
        "nn/dense.py",
        (
            "a bias forgotten at the entrance",
            "(None, x.T @ d_y, d_y.sum(axis=0))",
            "(None, x.T @ d_y, 0 * d_y.sum(axis=0))",
            "tests/nn/test_entrance.py::test_the_gradient_of_training_is_that_of_inference",
        ),
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
            "forward taken for backward",
            "np.sqrt(1 / inputs)",
            "np.sqrt(1 / outputs)",
            "tests/nn/test_initializers.py::test_variance_and_mean_are_those_promised",
        ),
        (
            "half the variance",
            "np.sqrt(2 / (inputs + outputs))",
            "np.sqrt(1 / (inputs + outputs))",
            "tests/nn/test_initializers.py::test_variance_and_mean_are_those_promised",
        ),
        (
            "half a limit",
            "np.sqrt(6 / inputs)",
            "np.sqrt(3 / inputs)",
            "tests/nn/test_initializers.py::test_he_uniform_stays_within_its_limit",
        ),
        (
            "signs forgotten",
            "Q * np.sign(np.diag(R))",
            "Q * np.sign(np.diag(R)) ** 2",
            "tests/nn/test_initializers.py::test_orthogonal_keeps_lengths_and_points_anywhere",
        ),
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
        "nn/dropout.py",
        (
            "not inverted",
            "kept / x.dtype.type(1 - rate)",
            "kept / x.dtype.type(1)",
            "tests/nn/test_dropout.py"
            "::test_the_expectation_is_kept_and_the_rate_is_what_is_dropped",
        ),
        (
            "rate is what stays",
            "rng.random(x.shape) >= self.rate",
            "rng.random(x.shape) < self.rate",
            "tests/nn/test_dropout.py"
            "::test_the_expectation_is_kept_and_the_rate_is_what_is_dropped",
        ),
        (
            "one mask for all rows",
            "rng.random(x.shape) >= self.rate",
            "(rng.random(x.shape[1:]) >= self.rate) & np.ones(x.shape, bool)",
            "tests/nn/test_dropout.py::test_every_batch_and_every_number_of_it_is_drawn_for_itself",
        ),
        (
            "gradient of what was dropped",
            "(d_y * factor,)",
            "(d_y / x.dtype.type(1 - rate),)",
            f"{LAYERS}test_gradients_agree_with_finite_differences",
        ),
    ),
    *slips(
        "nn/normalize.py",
        (
            "variance is a constant",
            "(d - d.mean(axis=axes, keepdims=True) - x_hat * along)",
            "(d - d.mean(axis=axes, keepdims=True))",
            f"{LAYERS}test_gradients_agree_with_finite_differences",
        ),
        (
            "epsilon outside the root",
            "1 / np.sqrt(var + eps)",
            "1 / (np.sqrt(var) + eps)",
            "tests/nn/test_normalize.py::test_by_hand",
        ),
        (
            "variance of the squares",
            "(centred**2).mean(axis=axes, keepdims=True)",
            "(x**2).mean(axis=axes, keepdims=True) - mean**2",
            "tests/nn/test_normalize.py::test_a_large_mean_does_not_swallow_the_variance",
        ),
    ),
    *slips(
        "nn/layer_norm.py",
        (
            "over the batch",
            "normalize(x, (-1,), eps=eps)",
            "normalize(x, (0,), eps=eps)",
            f"{LAYERS}test_in_inference_an_example_does_not_see_the_others",
        ),
        (
            "groups are every so many channels",
            "normalize(grouped, (1, 3), eps=eps)",
            "normalize(grouped, (1, 2), eps=eps)",
            "tests/nn/test_layer_norm.py"
            "::test_groups_are_channels_that_lie_together_over_all_places",
        ),
        (
            "root without epsilon's gradient",
            "(d - x_hat * along) / r,",
            "(d - x_hat * along) / r * (1 + 1e-6),",
            f"{LAYERS}test_gradients_agree_with_finite_differences",
        ),
    ),
    *slips(
        "nn/batch_norm.py",
        (
            "momentum is what is new",
            "mean = momentum * mean + (1 - momentum) * batch_mean",
            "mean = (1 - momentum) * mean + momentum * batch_mean",
            "tests/nn/test_batch_norm.py::test_training_by_hand",
        ),
        (
            "always unbiased",
            "(n / (n - correction))",
            "(n / (n - 1))",
            "tests/nn/test_batch_norm.py"
            "::test_correction_counts_in_the_running_variance_and_nowhere_else",
        ),
        (
            "the batch in inference too",
            "x_hat = (x - mean) * scale",
            "x_hat = (x - x.mean(axis=0)) * scale",
            f"{LAYERS}test_in_inference_an_example_does_not_see_the_others",
        ),
    ),
    *slips(
        "nn/flatten.py",
        (
            "channels first",
            "x.reshape(len(x), -1).copy()",
            "x.swapaxes(-1, 1).reshape(len(x), -1)",
            "tests/nn/test_flatten.py::test_channels_lie_together_and_the_way_back_is_the_same",
        ),
    ),
    *slips(
        "nn/windows.py",
        (
            "one more before",
            "before, after = total // 2, total - total // 2",
            "before, after = total - total // 2, total // 2",
            "tests/nn/test_windows.py"
            "::test_same_gives_one_window_for_each_stride_and_pads_more_after",
        ),
        (
            "the last window wins",
            "under += d_view[:, :, :, i, j]",
            "under[...] = d_view[:, :, :, i, j]",
            "tests/nn/test_windows.py::test_the_way_back_is_the_transpose",
        ),
    ),
    *slips(
        "nn/conv.py",
        (
            "weights mirrored",
            "weights = W.reshape(-1, O)",
            "weights = W[::-1, ::-1].reshape(-1, O)",
            "tests/nn/test_conv.py::test_by_hand",
        ),
        (
            "bias averaged over places",
            "d_y.sum(axis=0)",
            "d_y.mean(axis=0)",
            f"{LAYERS}test_gradients_agree_with_finite_differences",
        ),
        (
            "fan of one place",
            "self.weights(rng, window * inputs[-1], window * self.outputs)",
            "np.repeat(self.weights(rng, inputs[-1], self.outputs), window, axis=0)",
            "tests/nn/test_conv.py::test_first_weights_keep_the_size_of_a_signal",
        ),
    ),
    *slips(
        "nn/pooling.py",
        (
            "padding counts",
            "share = 1 / inside.sum(axis=(3, 4))",
            "share = 1 / np.ones_like(inside).sum(axis=(3, 4))",
            "tests/nn/test_pooling.py::test_average_pool_by_hand",
        ),
        (
            "padded with zeros",
            "fill=-np.inf",
            "fill=0.0",
            "tests/nn/test_pooling.py"
            "::test_max_pool_gives_a_tie_to_the_first_and_padding_never_wins",
        ),
        (
            "tie to the last",
            "rows.argmax(axis=3)[:, :, :, None]",
            "(rows.shape[3] - 1 - rows[:, :, :, ::-1].argmax(axis=3))[:, :, :, None]",
            "tests/nn/test_pooling.py"
            "::test_max_pool_gives_a_tie_to_the_first_and_padding_never_wins",
        ),
    ),
    *slips(
        "nn/recurrent.py",
        (
            "one step back in time",
            "d_h = d_a[:, t] @ U.T",
            "d_h = d_y[:, t] @ U.T",
            f"{LAYERS}test_gradients_agree_with_finite_differences",
        ),
        (
            "state before left out of d_U",
            "h[:, :-1], d_a)",
            "h[:, 1:], d_a)",
            "tests/nn/test_recurrent.py::test_by_hand",
        ),
        (
            "U the other way round",
            "h[:, t] @ U)",
            "h[:, t] @ U.T)",
            f"{LAYERS}test_gradients_agree_with_finite_differences",
        ),
    ),
    *slips(
        "nn/attention.py",
        (
            "not scaled",
            "scale = 1 / math.sqrt(Q.shape[-1])",
            "scale = 1.0",
            "tests/nn/test_attention.py::test_by_hand",
        ),
        (
            "sees one step ahead",
            "np.triu(np.ones(S.shape[-2:], bool), k=1)",
            "np.triu(np.ones(S.shape[-2:], bool), k=2)",
            "tests/nn/test_attention.py::test_causal_does_not_see_what_comes_later",
        ),
        (
            "softmax without its other classes",
            "(d_A - (A * d_A).sum(axis=-1, keepdims=True))",
            "d_A",
            f"{LAYERS}test_gradients_agree_with_finite_differences",
        ),
        (
            "heads every so many features",
            "features.reshape(N, T, heads, -1).swapaxes(1, 2)",
            "features.reshape(N, T, -1, heads).transpose(0, 3, 1, 2)",
            "tests/nn/test_attention.py::test_heads_are_attentions_of_their_own_features",
        ),
    ),
    *slips(
        "nn/residual.py",
        (
            "the gradient does not pass by",
            "d_x + d_x_past",
            "d_x + 0 * d_x_past",
            "tests/nn/test_residual.py::test_by_hand",
        ),
        (
            "halved",
            "through[0] + past[0], backward",
            "(through[0] + past[0]) / 2, backward",
            "tests/nn/test_residual.py::test_by_hand",
        ),
        (
            "no name for the shortcut",
            'name.replace(".", ".s", 1)',
            'name.replace(".", ".t", 1)',
            "tests/nn/test_residual.py::test_names_tell_the_block_and_its_shortcut",
        ),
    ),
    *slips(
        "nn/each_place.py",
        (
            "as if for inference",
            "self.rows.training(rng, x.reshape(-1, x.shape[-1]), *arrays)",
            "(*self.rows(x.reshape(-1, x.shape[-1]), *arrays), *arrays[len(arrays) - 2 :])",
            "tests/nn/test_each_place.py"
            "::test_training_sees_the_places_of_all_examples_as_one_batch",
        ),
    ),
    *slips(
        "nn/chain.py",
        (
            "functions are counted",
            "number += parameters + statistics > 0",
            "number += 1",
            "tests/nn/test_chain.py"
            "::test_names_carry_the_number_of_the_layer_and_of_the_layer_inside",
        ),
        (
            "trained as if for inference",
            "lambda layer, first, *x: layer.training(rng, *x)",
            "lambda layer, first, *x: layer(*x)",
            "tests/nn/test_chain.py::test_training_reaches_the_layers_and_new_statistics_come_back",
        ),
    ),
    *slips(
        "nn/network.py",
        (
            "statistics stand still",
            "held.update(new)",
            "dict(held).update(new)",
            "tests/nn/test_network.py::test_objective_leaves_the_new_statistics_in_their_place",
        ),
        (
            "averaged twice",
            "view[...] = d_parameter",
            "view[...] = d_parameter / (len(d_y) + 1)",
            "tests/nn/test_network.py::test_gradient_agrees_with_finite_differences",
        ),
        (
            "weights stay undrawn",
            "view[...] = value",
            "view[...] = 0 * value",
            "tests/nn/test_network.py::test_init_puts_weights_in_place_and_keeps_dtype",
        ),
        (
            "column order",
            "theta[start:stop].reshape(shape)",
            'theta[start:stop].reshape(shape, order="F")',
            "tests/nn/test_network.py::test_two_layers_by_hand",
        ),
    ),
    *slips(
        "nn/recompute.py",
        (
            "other units are dropped the second time",
            "run(deepcopy(before), x, *arrays)",
            "run(rng, x, *arrays)",
            "tests/nn/test_recompute.py::test_loss_gradient_and_statistics_are_those_without",
        ),
        (
            "one segment",
            "isqrt(n) if count is None",
            "1 if count is None",
            "tests/nn/test_recompute.py::test_a_square_root_of_the_memory_is_left",
        ),
        (
            "what is left over is one segment more",
            "ends[-1] + n // k + (i < n % k)",
            "ends[-1] + n // k + (i == 0) * (n % k)",
            "tests/nn/test_recompute.py::test_segments_are_as_equal_as_can_be",
        ),
    ),
    *slips(
        "nn/cost.py",
        (
            "what each output adds up is forgotten",
            "result.size * plain[0].shape[-1]",
            "result.size",
            "tests/nn/test_cost.py::test_counting_twice_gives_the_same",
        ),
    ),
]
