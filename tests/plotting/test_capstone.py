"""The figures of the capstone show what they were given."""

from __future__ import annotations

import numpy as np

from nnedu.plotting.capstone import mistakes, views, worth


def test_worth_has_a_row_for_each_name_and_its_number() -> None:
    panels = {"all": {"a": (-1.0, 0.2, 1.4), "b": (1.0, 2.0, 3.0)}, "few": {"b": (2.0, 3.0, 4.0)}}
    verdicts = {"all": {"a": "inconclusive", "b": "better"}, "few": {"b": "better"}}
    picture = worth(
        panels, margin=1.0, verdicts=verdicts, xlabel="points", alt="dots", caption="Dots."
    )
    left, right = picture.figure.axes
    assert [t.get_text() for t in left.get_yticklabels()] == ["a", "b"]
    assert [t.get_text() for t in left.texts] == ["+0.2", "+2.0"]
    assert [line.get_ydata()[0] for line in right.get_lines()[1:]] == [1, 1]  # b's row
    grey, colour = (line.get_color() for line in left.get_lines()[2::2])
    assert grey != colour


def test_views_and_mistakes_show_images_with_their_words() -> None:
    images = np.random.default_rng(0).uniform(size=(5, 4, 4, 1))
    rows = {"one": images, "two": images}
    assert len(views(rows, alt="images", caption="Images.").figure.axes) == 10
    labels, answers = np.array([1, 2, 3, 4, 5]), np.array([2, 1, 1, 1, 9])
    picture = mistakes(images, labels, answers, alt="images", caption="Images.")
    assert picture.figure.axes[4].get_title() == "5, not 9"
    named = mistakes(
        np.repeat(images, 3, axis=-1),
        labels - 1,
        answers - 1,
        names=list("abcdefghi"),
        most=3,
        alt="images",
        caption="Images.",
    )
    assert [ax.get_title() for ax in named.figure.axes] == ["a, not b", "b, not a", "c, not a"]
