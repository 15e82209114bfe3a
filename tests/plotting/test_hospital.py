"""The wards' figures: what is averaged, and that every patient is on the page."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnedu.hospital import CASES
from nnedu.plotting.hospital import plain_ticks, thinned, ward


def test_thinning_takes_means_over_stretches_and_leaves_nothing_out() -> None:
    x, y = thinned(np.arange(1.0, 7.0), np.array([1.0, 3.0, 5.0, 5.0, 0.0, 2.0]), most=3)
    assert x.tolist() == [1.5, 3.5, 5.5]
    assert y.tolist() == [2.0, 5.0, 1.0]
    long = np.random.default_rng(0).normal(size=128)
    assert len(thinned(long, long, most=50)[0]) == 50


def test_a_short_series_stays_as_it_is() -> None:
    x, y = thinned(np.array([0.0, 20.0]), np.array([3.0, 4.0]))
    assert x.tolist() == [0.0, 20.0]
    assert y.tolist() == [3.0, 4.0]


def test_every_patient_of_a_ward_is_on_the_page_with_its_number() -> None:
    cases = CASES[:2]
    charts = {case.id: (case.run(), case.run(broken=False)) for case in cases}
    svg = ward(cases, charts, columns=3, alt="two charts", caption="Two charts.").svg()
    assert "1. Jumping" in svg
    assert "2. Hardly moving" in svg
    assert svg.count("update ratio") == 2


@pytest.mark.parametrize(
    ("limits", "labels"),
    [
        ((0.05, 20.0), ["0.1", "1", "10"]),
        ((0.25, 0.8), ["0.3", "0.5", "0.7"]),
        ((0.8, 5.0), ["1", "3"]),
        ((1e-8, 2.0), ["10⁻⁸", "10⁻⁵", "10⁻²"]),
    ],
)
def test_a_logarithmic_axis_has_plain_ticks_even_on_less_than_a_decade(
    limits: tuple[float, float], labels: list[str]
) -> None:
    figure, ax = plt.subplots()
    ax.set(yscale="log", ylim=limits)
    plain_ticks(ax)
    ticks, texts = ax.get_yticks(), [text.get_text() for text in ax.get_yticklabels()]
    plt.close(figure)
    assert ax.get_ylim() == limits
    assert 2 <= len(ticks) <= 5
    assert all(limits[0] <= tick <= limits[1] for tick in ticks)
    assert texts == labels
