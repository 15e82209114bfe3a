"""Wrong variants of `data/`."""

from tests.mutants.mutant import slips

STREAM = "tests/data/test_streaming.py::"
# What every mutant here still passes, so that it is no trivial one.
STILL = [f"{STREAM}test_what_was_written_is_read_by_numpy_alone"]

MUTANTS = [
    *slips(
        "data/streaming.py",
        (
            "what is left of a buffer is lost",
            "filled = len(rest)",
            "filled = 0",
            f"{STREAM}test_what_a_buffer_leaves_goes_into_the_next",
        ),
        (
            "one order of blocks",
            "_last(rng.permutation(range(0, N, block)).tolist())",
            "_last(list(range(0, N, block)))",
            f"{STREAM}test_blocks_from_all_over_the_file_meet_in_a_batch",
        ),
        (
            "the batches forgotten",
            "(memory - 3 * size * width) //",
            "(memory + 64 * size * width) //",
            f"{STREAM}test_memory_is_kept_and_progress_is_told",
        ),
    ),
    *slips(
        "data/records.py",
        (
            "a short file accepted",
            "if there != self.nbytes:",
            "if there > self.nbytes:",
            f"{STREAM}test_bad_files_are_named_with_what_is_wrong",
        ),
        (
            "written in place",
            'handle, name = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)',
            "handle, name = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC), path",
            f"{STREAM}test_an_interrupted_write_leaves_the_older_file_and_nothing_else",
        ),
    ),
    *slips(
        "data/sampling.py",
        (
            "the last example never drawn",
            "chosen = rng.integers(N, size=size)",
            "chosen = rng.integers(N - 1, size=size)",
            "tests/data/test_sampling.py"
            "::test_with_replacement_draws_all_examples_equally_often_and_some_twice",
        ),
        (
            "one place of the buffer unused",
            "place = int(rng.integers(len(places)))",
            "place = int(rng.integers(max(1, len(places) - 1)))",
            "tests/data/test_sampling.py::test_a_buffer_gives_its_places_equal_chances",
        ),
    ),
    *slips(
        "data/digits.py",
        (
            "one image in two parts",
            "np.split(order, [1078, 1437])",
            "np.split(np.append(order[:-1], order[0]), [1078, 1437])",
            "tests/data/test_digits.py::test_split_takes_every_image_once",
        ),
    ),
    *slips(
        "data/generators.py",
        (
            "half the noise",
            "return x + noise * rng.normal(size=(N, 2)), labels",
            "return x + noise / 2 * rng.normal(size=(N, 2)), labels",
            "tests/data/test_generators.py::test_noise_has_its_standard_deviation",
        ),
    ),
    *slips(
        "data/surfaces.py",
        (
            "tilted the other way",
            "return c * u - s * condition * v, s * u + c * condition * v",
            "return c * u + s * condition * v, -s * u + c * condition * v",
            "tests/data/test_surfaces.py"
            "::test_bowl_has_the_curvatures_it_names_whatever_its_tilt[-1.0]",
        ),
    ),
    *slips(
        "data/preprocessing.py",
        (
            "variance in place of deviation",
            "np.divide(1.0, np.sqrt(variance),",
            "np.divide(1.0, variance,",
            "tests/data/test_preprocessing.py::test_standardised_training_data_have_mean_0_and_variance_1",
        ),
        (
            "smallest component first",
            "np.maximum(d[::-1], 0), V[:, ::-1]",
            "np.maximum(d, 0), V",
            "tests/data/test_preprocessing.py::test_zca_stays_closest_to_the_data_and_pca_orders_them",
        ),
    ),
    *slips(
        "data/adaptation.py",
        (
            "the other way round",
            "whitening @ _power(_covariance(target) + unit, 0.5)",
            "_power(_covariance(target) + unit, 0.5) @ whitening",
            "tests/data/test_adaptation.py::test_the_sources_moments_become_the_targets",
        ),
        (
            "a momentum assumed",
            "value / (1 - (from_one[name] - value))",
            "value / 0.1",
            "tests/data/test_adaptation.py::test_statistics_are_those_of_the_new_inputs_layer_by_layer",
        ),
    ),
    *slips(
        "data/splits.py",
        (
            "not shuffled",
            "np.concatenate([rng.permutation(group) for group in groups])",
            "np.arange(N)",
            "tests/data/test_splits.py::test_stratified_folds_have_each_class_in_its_share",
        ),
    ),
    *slips(
        "data/augmentation.py",
        (
            "upside down",
            "x[:, :, ::-1]",
            "x[:, ::-1]",
            "tests/data/test_augmentation.py::test_images_are_mirrored_left_to_right_half_the_time",
        ),
        (
            "targets by another part",
            "return mixed(x), mixed(targets)",
            "return mixed(x), (mixed(targets) + targets) / 2",
            "tests/data/test_augmentation.py::test_mixup_mixes_inputs_and_targets_by_the_same_part",
        ),
    ),
    *slips(
        "data/signals.py",
        (
            "never moved",
            "start = int(rng.integers(room + 1))",
            "start = int(rng.integers(room + 1) * 0)",
            "tests/data/test_loaders.py::test_signals_of_a_class_share_a_shape_wherever_it_stands",
        ),
    ),
]
