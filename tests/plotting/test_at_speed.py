"""The figures on speed: every number that a mark stands for is written beside it."""

from __future__ import annotations

import numpy as np

from nnedu.plotting.at_speed import intervals, ratios, stages, timeline


def test_a_timeline_says_how_many_calls_and_how_long() -> None:
    rows = {"eager": (5000.0, np.linspace(0, 4900, 231)), "graph": (300.0, np.array([12.0]))}
    picture = timeline(rows, alt="two bars", caption="Two bars.")
    words = [text.get_text() for text in picture.figure.axes[0].texts]
    assert words == ["eager: 231 calls, 5 ms", "graph: 1 call, 0.3 ms"]
    strokes = [len(lines.get_segments()) for lines in picture.figure.axes[0].collections]
    assert strokes == [231, 1]


def test_ratios_are_drawn_where_they_belong_and_beside_what_was_recorded() -> None:
    values = {"a": 1.0, "b": 250.0, "c": 0.05}
    picture = ratios(
        values, beside={"recorded": {"c": 0.4}}, xlabel="time", alt="dots", caption="Dots."
    )
    recorded, here = picture.figure.axes[0].get_lines()[:2]
    assert here.get_xdata().tolist() == [1.0, 250.0, 0.05]
    assert (recorded.get_xdata().tolist(), recorded.get_ydata().tolist()) == ([0.4], [2])
    words = [text.get_text() for text in picture.figure.axes[0].texts]
    assert words == ["1", "250", "0.05"]


def test_bars_come_in_their_order() -> None:
    picture = stages({"read": 3.0, "map": 120.0}, xlabel="ms", alt="bars", caption="Bars.")
    assert [bar.get_width() for bar in picture.figure.axes[0].patches] == [3.0, 120.0]


def test_an_interval_reaches_from_its_low_to_its_high_end() -> None:
    picture = intervals(
        {"wide": (0.7, 1.1, 1.9)}, xlabel="ratio", margin=1.1, alt="a dot", caption="A dot."
    )
    _, bar, dot = picture.figure.axes[0].get_lines()
    assert list(bar.get_xdata()) == [0.7, 1.9]
    assert list(dot.get_xdata()) == [1.1]
