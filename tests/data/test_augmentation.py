"""Augmentation: by hand, how often, and that nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.data import cutout, flip, mixup, noise, shift

IMAGES = np.random.default_rng(1).uniform(0.5, 1, size=(400, 6, 5, 2)).astype(np.float32)
CALLS = {
    "flip": lambda rng, x: flip(x, rng=rng),
    "shift": lambda rng, x: shift(x, rng=rng, most=2),
    "noise": lambda rng, x: noise(x, rng=rng, scale=0.1),
    "cutout": lambda rng, x: cutout(x, rng=rng, size=3),
}
each = pytest.mark.parametrize("name", CALLS)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@each
def test_shape_and_dtype_are_kept_and_inputs_not_changed(name: str) -> None:
    x = IMAGES.copy()
    x.flags.writeable = False
    after = CALLS[name](rng(), x)
    assert (after.shape, after.dtype) == (x.shape, np.float32)
    assert not np.array_equal(after, x)
    np.testing.assert_array_equal(x, IMAGES)


@each
def test_the_same_seed_gives_the_same_and_another_another(name: str) -> None:
    first = CALLS[name](rng(), IMAGES)
    np.testing.assert_array_equal(first, CALLS[name](rng(), IMAGES))
    assert not np.array_equal(first, CALLS[name](rng(1), IMAGES))


def test_images_are_mirrored_left_to_right_half_the_time() -> None:
    after = flip(IMAGES, rng=rng())
    mirrored = np.array([np.array_equal(a, b[:, ::-1]) for a, b in zip(after, IMAGES, strict=True)])
    same = np.array([np.array_equal(a, b) for a, b in zip(after, IMAGES, strict=True)])
    assert (mirrored ^ same).all()
    assert 0.4 < mirrored.mean() < 0.6


def test_a_shift_moves_the_image_and_fills_with_zeros() -> None:
    image = np.zeros((2000, 5, 5))
    image[:, 2, 2] = 1.0
    places = np.argwhere(shift(image, rng=rng(), most=1))[:, 1:]
    assert {tuple(place) for place in places.tolist()} == {
        (i, j) for i in (1, 2, 3) for j in (1, 2, 3)
    }
    counts = np.unique(places, axis=0, return_counts=True)[1]
    assert counts.min() > 150  # nine places, about equally often


def test_cutout_cuts_one_square_from_all_channels() -> None:
    after = cutout(IMAGES, rng=rng(), size=3)
    hole = (after == 0).all(axis=-1)
    np.testing.assert_array_equal(after[~hole], IMAGES[~hole])
    assert hole.sum(axis=(1, 2)).max() == 9
    assert hole.sum(axis=(1, 2)).min() >= 4  # at a corner, a quarter of it and the middle lines
    inside = hole[:, :, :].any(axis=2).sum(axis=1) * hole.any(axis=1).sum(axis=1)
    np.testing.assert_array_equal(inside, hole.sum(axis=(1, 2)))  # it is a rectangle


def test_noise_has_its_scale() -> None:
    assert (noise(IMAGES, rng=rng(), scale=0.2) - IMAGES).std() == pytest.approx(0.2, rel=0.03)


def test_mixup_mixes_inputs_and_targets_by_the_same_part() -> None:
    x, targets = np.eye(50), np.eye(50)
    mixed, labels = mixup(x, targets, rng=rng(), alpha=1.0)
    np.testing.assert_array_equal(mixed, labels)
    np.testing.assert_allclose(mixed.sum(axis=1), 1)
    assert ((mixed > 0).sum(axis=1) <= 2).all()


@pytest.mark.parametrize(("alpha", "spread"), [(0.1, 0.456), (1.0, 0.2887), (1000.0, 0.0112)])
def test_alpha_says_how_near_the_middle(alpha: float, spread: float) -> None:
    lam, _ = mixup(np.ones((20_000, 1)), np.ones((20_000, 1)), rng=rng(), alpha=alpha)
    assert lam == pytest.approx(1)
    # Beta(a, a) has variance 1 / (4 (2 a + 1)). A part is seen where a 0 is mixed with a 1.
    x = np.arange(20_000.0)[:, None] % 2
    mixed, _ = mixup(x, x, rng=rng(), alpha=alpha)
    parts = mixed[(mixed > 0) & (mixed < 1)]
    assert parts.std() == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: flip(np.ones((2, 64)), rng=rng()), r"x has shape \(2, 64\); expected images"),
        (lambda: flip(IMAGES, rng=rng(), share=2), "share is 2"),
        (lambda: shift(IMAGES, rng=rng(), most=-1), "most"),
        (lambda: cutout(IMAGES, rng=rng(), size=0), "size"),
        (lambda: noise(IMAGES, rng=rng(), scale=-1), "scale is -1"),
        (lambda: mixup(IMAGES, np.ones((3, 1)), rng=rng(), alpha=1), "400 examples and targets 3"),
        (lambda: mixup(IMAGES, np.ones((400, 1)), rng=rng(), alpha=0), "alpha is 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_labels_as_integers_cannot_be_mixed() -> None:
    with pytest.raises(TypeError, match="targets"):
        mixup(IMAGES, np.arange(400), rng=rng(), alpha=1.0)
