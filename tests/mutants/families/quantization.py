"""Wrong variants of `quantization/`."""

from tests.mutants.mutant import slips

TESTS = "tests/quantization/"
CONTRACT = "tests/contracts/test_quantization.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [f"{CONTRACT}test_shape_and_dtype_are_kept"]

MUTANTS = [
    *slips(
        "quantization/grid.py",
        (
            "a step too many",
            "(high - low) / (q_high - q_low)",
            "(high - low) / (q_high - q_low + 1)",
            f"{TESTS}test_codes.py::test_affine_by_hand",
        ),
        (
            "zero is not on the grid's range",
            "low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)",
            "low, high = np.minimum(low, high), np.maximum(high, low)",
            f"{TESTS}test_codes.py::test_a_range_beside_zero_is_widened",
        ),
        (
            "half a step of 127.5",
            "_step(peak / q_high)",
            "_step(peak / (q_high + 0.5))",
            f"{TESTS}test_codes.py::test_symmetric_by_hand",
        ),
    ),
    *slips(
        "quantization/codes.py",
        (
            "rounds halves up",
            "np.rint(x / scale) + zero_point",
            "np.floor(x / scale + 0.5) + zero_point",
            f"{TESTS}test_codes.py::test_affine_by_hand",
        ),
        (
            "rounds towards zero",
            "np.rint(x / scale) + zero_point",
            "np.trunc(x / scale) + zero_point",
            f"{TESTS}test_codes.py::test_error_is_at_most_half_a_step_inside_the_range",
        ),
        (
            "passes every gradient",
            "return (np.where(inside, d_y, 0),)",
            "return (1 * d_y,)",
            "tests/parity/test_compression.py::test_agrees[fake, per tensor-torch]",
        ),
        (
            "ends the gradient with the codes",
            "(q >= grid.low) & (q <= grid.high)",
            "(q > grid.low) & (q < grid.high)",
            "tests/parity/test_compression.py::test_agrees[fake, per tensor, four bits-torch]",
        ),
    ),
    *slips(
        "quantization/nudged.py",
        (
            "halves to even",
            "np.floor((np.clip(x, start, end) - start) / step + 0.5)",
            "np.rint((np.clip(x, start, end) - start) / step)",
            f"{TESTS}test_nudged.py::test_by_hand",
        ),
        (
            "not nudged",
            "zero = np.clip(np.floor(exact + 0.5), q_low, q_high)",
            "zero = np.clip(exact, q_low, q_high)",
            f"{TESTS}test_nudged.py::test_by_hand",
        ),
        (
            "the gradient of the range as it was asked for",
            "inside = (x >= start) & (x <= end)",
            "inside = (x >= np.min(low)) & (x <= np.max(high))",
            f"{TESTS}test_nudged.py::test_by_hand",
        ),
    ),
    *slips(
        "quantization/calibration.py",
        (
            "all of the rest at one end",
            "[(1 - share) / 2, (1 + share) / 2]",
            "[0.0, share]",
            f"{TESTS}test_calibration.py::test_percentile_holds_its_share",
        ),
        (
            "absolute error",
            "np.mean((fake_quantize(row, grid)[0] - row) ** 2)",
            "np.mean(np.abs(fake_quantize(row, grid)[0] - row))",
            f"{TESTS}test_calibration.py::test_least_error_is_the_least_of_all_candidates",
        ),
        (
            "the last candidate wins",
            "if error < least:",
            "if error < 2 * least:",
            f"{TESTS}test_calibration.py::test_least_error_is_the_least_of_all_candidates",
        ),
    ),
    *slips(
        "quantization/matmul.py",
        (
            "no cross term",
            "total += np.int32(inputs) * z_x * z_W",
            "total += np.int32(0) * z_x * z_W",
            f"{TESTS}test_matmul.py::test_equals_the_product_in_64_bits",
        ),
        (
            "accumulates in 16 bits",
            "total = wide_x @ wide_W",
            "total = (wide_x @ wide_W).astype(np.int16).astype(np.int32)",
            f"{TESTS}test_matmul.py::test_the_worst_case_still_fits",
        ),
    ),
    *slips(
        "quantization/requantize.py",
        (
            "cuts off instead of rounding",
            "(sums.astype(np.int64) * m + (1 << (n - 1))) >> n",
            "(sums.astype(np.int64) * m) >> n",
            f"{TESTS}test_requantize.py::test_halves_go_up_whatever_their_sign",
        ),
        (
            "halves away from zero",
            "rounded = (sums.astype(np.int64) * m + (1 << (n - 1))) >> n",
            "rounded = np.sign(sums) * ((np.abs(sums.astype(np.int64)) * m + (1 << (n - 1))) >> n)",
            f"{TESTS}test_requantize.py::test_halves_go_up_whatever_their_sign",
        ),
        (
            "a factor that rounds up to 1 has 32 bits",
            "full = m == 2**31",
            "full = m > 2**31",
            f"{TESTS}test_requantize.py::test_factors_by_hand",
        ),
        (
            "multiplies in 32 bits",
            "sums.astype(np.int64) * m",
            "(sums.astype(np.int64) * m).astype(np.int32)",
            f"{TESTS}test_requantize.py::test_equals_exact_arithmetic",
        ),
    ),
    *slips(
        "quantization/half.py",
        (
            "cuts off",
            "(0x7FFF + ((u >> np.uint32(16)) & np.uint32(1)))",
            "(0 * ((u >> np.uint32(16)) & np.uint32(1)))",
            f"{TESTS}test_half.py::test_it_is_the_nearest_and_of_two_the_even_one",
        ),
        (
            "halves away from zero",
            "(0x7FFF + ((u >> np.uint32(16)) & np.uint32(1)))",
            "(0x8000 + 0 * ((u >> np.uint32(16)) & np.uint32(1)))",
            f"{TESTS}test_half.py::test_it_is_the_nearest_and_of_two_the_even_one",
        ),
        (
            "NaN becomes infinite",
            "np.where(np.isnan(x), quiet, rounded)",
            "np.where(np.isnan(x), quiet & np.uint32(0xFF80), rounded)",
            f"{TESTS}test_half.py::test_every_half_way_agrees_with_ml_dtypes",
        ),
        (
            "float64 rounded twice",
            "(_odd(x) if x.dtype.itemsize > 4 else x.astype(np.float32))",
            "x.astype(np.float32)",
            f"{TESTS}test_half.py::test_float64_is_rounded_once",
        ),
    ),
    *slips(
        "quantization/groups.py",
        (
            "upper half first",
            "half[::2] | (half[1::2] << np.uint8(4))",
            "half[1::2] | (half[::2] << np.uint8(4))",
            f"{TESTS}test_groups.py::test_packing_by_hand",
        ),
        (
            "eight steps",
            "np.abs(rows).max(axis=2) / 7",
            "np.abs(rows).max(axis=2) / 8",
            f"{TESTS}test_groups.py::test_each_group_is_quantized_alone",
        ),
        (
            "scales as they were before they were stored",
            "q = np.rint(rows / steps[..., None].astype(W.dtype))",
            "q = np.rint(rows / np.maximum(np.abs(rows).max(axis=2, keepdims=True) / 6.8, 1e-9))",
            f"{TESTS}test_groups.py::test_error_is_at_most_half_a_step_of_the_stored_scale",
        ),
    ),
    *slips(
        "quantization/clustering.py",
        (
            "centres stay where they started",
            "centres = np.where(held > 0, sums / np.maximum(held, 1), centres)",
            "centres = np.where(held < 0, sums / np.maximum(held, 1), centres)",
            f"{TESTS}test_clustering.py"
            "::test_each_weight_has_the_nearest_centre_and_each_centre_is_the_mean",
        ),
        (
            "the mean of the gradients",
            "sums = np.bincount(clusters.codes.ravel(), weights=g.ravel(), minlength=size)",
            "sums = np.bincount(clusters.codes.ravel(), weights=g.ravel(), minlength=size) "
            "/ np.bincount(clusters.codes.ravel(), minlength=size)",
            f"{TESTS}test_clustering.py::test_gradient_of_the_shared_values",
        ),
        (
            "codes of whole bytes",
            "-(-self.codes.size * bits // 8)",
            "self.codes.size",
            f"{TESTS}test_clustering.py::test_bytes",
        ),
    ),
]
