"""The base of part IV, and the record of what it was turned into."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.contests import smaller
from nnedu.contests.smaller import NET, SEEDS, Point, points, provenances
from nnedu.plotting.pareto import best, pareto, spread

DENSE = next(point for point in points("14_pruning") if point.name == "dense")


def point(name="one", chapter="14_pruning", accuracy=0.9, nbytes=100, seconds=1.0) -> Point:
    return Point(name, chapter, [accuracy] * len(SEEDS), nbytes, seconds)


def test_the_dense_base_repeats() -> None:
    assert DENSE.nbytes == 4 * NET.size == 104_488
    assert DENSE.seconds == 1
    for seed in (0, 7):
        found = smaller.accuracy(smaller.trained(seed))
        # Rounding may turn a digit or two of the 360.
        assert found == pytest.approx(DENSE.accuracies[seed], abs=2.5 / 360)
    assert 0.97 < DENSE.accuracy < 0.99


def test_the_pass_that_is_timed_is_the_networks() -> None:
    theta = smaller.trained(0)
    logits = NET.predict(theta, smaller.digits().x_test)
    np.testing.assert_allclose(smaller.forward(theta)(), logits, atol=1e-4)
    theta[:] = 0  # the caller's own copy
    assert smaller.trained(0).any()


def test_batches_after_the_training_are_others() -> None:
    first, again = next(smaller.batches(3)), next(smaller.batches(3, again=True))
    assert not np.array_equal(first[1], again[1])
    np.testing.assert_array_equal(first[1], next(smaller.batches(3))[1])


def test_what_is_recorded_is_read_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(smaller, "__file__", str(tmp_path / "smaller.py"))
    monkeypatch.setattr(smaller, "files", lambda _: tmp_path)
    two = [point("a"), point("b", nbytes=7)]
    smaller.record("14_pruning", two, command="python -m somewhere")
    smaller.record("15_quantization", [point("a", "15_quantization")], command="python -m x")
    assert points("14_pruning") == two
    assert [p.chapter[:2] for p in points()] == ["14", "14", "15"]
    assert provenances()["14_pruning"]["command"] == "python -m somewhere"


@pytest.mark.parametrize("found", [[point("a"), point("a")], [point("a", "15_quantization")]])
def test_a_record_has_unlike_names_of_one_chapter(found) -> None:
    with pytest.raises(ValueError, match="expected unlike names"):
        smaller.record("14_pruning", found, command="")


@pytest.mark.parametrize(
    "wrong", [{"accuracy": 97.0}, {"nbytes": 0}, {"seconds": 0.0}, {"seconds": np.nan}]
)
def test_points_are_checked(wrong) -> None:
    with pytest.raises(ValueError, match="expected"):
        point(**wrong)
    with pytest.raises(ValueError, match="10 shares"):
        Point("few", "14_pruning", [0.9, 0.9], 1, 1.0)


def test_every_record_says_where_it_comes_from() -> None:
    for chapter, said in provenances().items():
        assert said["command"].startswith("python -m nnedu.contests."), chapter
        assert {"date", "machine", "versions"} <= said.keys()


def test_the_front_holds_what_nothing_beats() -> None:
    a, b, c, d = (
        point(n, accuracy=share, nbytes=size)
        for n, share, size in [("a", 0.9, 10), ("b", 0.8, 20), ("c", 0.95, 30), ("d", 0.95, 40)]
    )
    assert [p.name for p in best([d, c, b, a], "nbytes")] == ["a", "c"]
    assert (
        pareto([a, b, c, d], alt="Dots.", caption="A figure.", lowest=0.85).svg().startswith("<svg")
    )


def test_the_spread_is_half_of_students_interval() -> None:
    values = np.array([0.9, 0.92] * 5)
    assert spread(values) == pytest.approx(2.26 * np.std(values, ddof=1) / np.sqrt(10))
