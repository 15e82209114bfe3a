"""The wards' figures: what is averaged, and that every patient is on the page."""

import numpy as np

from nnedu.hospital import CASES
from nnedu.plotting.hospital import thinned, ward


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
