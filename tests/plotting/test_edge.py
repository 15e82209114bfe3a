"""The figures on edge devices draw what they are given."""

from __future__ import annotations

import numpy as np

from nnedu.plotting.edge import parts, seen, shares, times_faster


def test_wrong_answers_have_the_thick_frame() -> None:
    images, right = np.zeros((3, 2, 2)), np.array([True, False, True])
    picture = seen({"here": (images, right), "there": (images, ~right)}, alt="a", caption="c.")
    thick = [ax.spines["left"].get_linewidth() > 2 for ax in picture.figure.axes]
    assert thick == [False, True, False, True, False, True]


def test_a_bar_is_as_long_as_its_parts() -> None:
    files = {"a": {"weights": 4000, "rest": 1500}, "b": {"weights": 1000, "rest": 500}}
    picture = parts(files, alt="bars", caption="Bars.")
    ax = picture.figure.axes[0]
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches[:4]]
    assert bars == [(0, 4.0), (4.0, 1.5), (0, 1.0), (1.0, 0.5)]
    words = [text.get_text() for text in ax.texts]
    assert words == ["5.5, of which 1.5 no weights", "1.5, of which 0.5 no weights"]


def test_a_share_below_the_level_looks_different() -> None:
    rows = {"good": (0.9, 0.95, 0.99), "bad": (0.1, 0.2, 0.3)}
    picture = shares(
        rows, {"good": "x", "bad": "y"}, level=0.97, xlabel="right", alt="dots", caption="Dots."
    )
    ax = picture.figure.axes[0]
    dots = [line for line in ax.get_lines() if line.get_marker() not in ("None", None)]
    assert [(line.get_marker(), line.get_xdata()[0]) for line in dots] == [("o", 95.0), ("X", 20.0)]
    assert [text.get_text() for text in ax.texts] == ["x", "y"]


def test_ratios_stand_at_their_sizes() -> None:
    sizes = np.array([16, 64, 256])
    picture = times_faster(
        sizes,
        {"one": np.array([0.6, 1.2, 3.0])},
        xlabel="units",
        ylabel="times",
        alt="a curve",
        caption="A curve.",
    )
    line = picture.figure.axes[0].get_lines()[1]
    assert line.get_xdata().tolist() == [16, 64, 256]
    assert line.get_ydata().tolist() == [0.6, 1.2, 3.0]
