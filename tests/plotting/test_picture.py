"""A picture is one accessible SVG that takes on the page's colours."""

import io
import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest

from nnedu.data import HIMMELBLAU, bowl
from nnedu.optim import Optimizer
from nnedu.plotting import (
    INK,
    PAPER,
    Picture,
    basin_maps,
    basins,
    contour_paths,
    curve,
    direct_labels,
    race_times,
    subplots,
)
from nnedu.races import Contestant, race
from nnedu.train import descend

PATHS = {
    "sgd": descend(bowl(10), np.array([1.0, 1.0]), Optimizer("sgd", lr=0.15), steps=20),
    "adam": descend(bowl(10), np.array([1.0, 1.0]), Optimizer("adam", lr=0.1), steps=20),
}


def picture(alt="two paths", caption="Both arrive."):
    return contour_paths(bowl(10), PATHS, alt=alt, caption=caption)


def test_the_svg_is_well_formed_and_carries_the_alt_text():
    root = ET.fromstring(picture(alt='a "quoted" <path> & more').svg())
    assert root.tag.endswith("svg")
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'a "quoted" <path> & more'


def test_ink_and_paper_become_the_colours_of_the_page():
    svg = picture().svg()
    assert "currentColor" in svg
    assert "--pst-color-background" in svg
    assert INK not in svg
    assert PAPER not in svg


def test_what_is_drawn_in_no_stated_colour_is_ink_too():
    figure, ax = subplots()
    ax.annotate("a note", (0.5, 0.5))
    root = ET.fromstring(Picture(figure, alt="a note", caption="A note.").svg())
    assert root.get("fill") == "currentColor"  # for matplotlib leaves black out
    (note,) = (e for e in root.iter() if e.tag.endswith("text") and e.text == "a note")
    assert "fill" not in note.get("style", "")


def test_text_stays_text_in_the_font_of_the_page():
    svg = picture().svg()
    assert "<text" in svg
    assert "DejaVu" not in svg


def test_the_same_figure_gives_the_same_text_and_two_figures_share_no_id():
    one, again, other = picture().svg(), picture().svg(), picture(alt="another").svg()
    ids = [set(re.findall(r'id="([^"]+)"', text)) for text in (one, other)]
    assert one == again
    assert ids[0]
    assert not ids[0] & ids[1]


def test_the_lean_svg_draws_what_matplotlib_wrote():
    out = io.StringIO()
    shown = picture()
    with mpl.rc_context({"svg.fonttype": "none"}):
        shown.figure.savefig(out, format="svg", metadata={"Date": None})
    before, after = ET.fromstring(out.getvalue()), ET.fromstring(shown.svg())
    drawn = [
        [e for e in root.iter() if e.tag.rpartition("}")[2] in {"path", "use", "text", "rect"}]
        for root in (before, after)
    ]
    assert [e.tag for e in drawn[0]] == [e.tag for e in drawn[1]]
    for one, other in zip(*drawn, strict=True):
        for name in {"d", "x", "y"} & set(one.keys()):
            numbers, letters = zip(*map(parted, (one.get(name), other.get(name))), strict=True)
            assert letters[0] == letters[1]
            np.testing.assert_allclose(*numbers, rtol=0, atol=0.005 + 1e-9)
    assert len(shown.svg()) < 0.75 * len(out.getvalue())


def parted(path):
    """The numbers of a path, and its letters."""
    numbers = re.findall(r"-?\d[\d.e-]*", path)
    return [float(number) for number in numbers], re.findall(r"[A-Za-z]+(?![\d-])", path)


def test_every_reference_points_to_an_id_of_the_same_figure():
    svg = picture().svg()
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    assert used
    assert used <= set(re.findall(r'id="([^"]+)"', svg))


def test_the_page_element_holds_caption_and_figure_and_the_plain_form_holds_the_words():
    bundle = picture(caption="x < y & so on.")._repr_mimebundle_()
    assert "<figcaption>x &lt; y &amp; so on.</figcaption>" in bundle["text/html"]
    assert bundle["text/plain"] == "[two paths]\nx < y & so on."


@pytest.mark.parametrize(("alt", "caption", "missing"), [(" ", "c", "alt"), ("a", "", "caption")])
def test_a_picture_without_words_is_refused(alt, caption, missing):
    with pytest.raises(ValueError, match=f"{missing} is empty; expected a sentence"):
        picture(alt=alt, caption=caption)


def test_panels_put_each_path_on_the_same_axes():
    shown = contour_paths(bowl(10), PATHS, alt="a", caption="c", panels=True)
    titles = [ax.get_title() for ax in shown.figure.axes]
    assert titles == ["sgd", "adam"]
    assert len({ax.get_xlim() + ax.get_ylim() for ax in shown.figure.axes}) == 1


def test_labels_at_line_ends_are_moved_apart():
    figure, ax = subplots()
    x = np.arange(10)
    for number in range(4):
        curve(ax, x, x + 0.01 * number, color="#1694f1", label=f"line {number}")
    direct_labels(ax, gap=12)
    figure.canvas.draw()
    boxes = sorted(text.get_window_extent().y0 for text in ax.texts)
    assert len(boxes) == 4
    assert min(np.diff(boxes)) >= 12 * figure.dpi / 72 - 0.5


def test_basins_mark_the_minimum_reached_and_the_starts_that_explode():
    calm = basins(HIMMELBLAU, Optimizer("sgd", lr=0.01), steps=300, resolution=9)
    wild = basins(HIMMELBLAU, Optimizer("sgd", lr=1.0), steps=50, resolution=9)
    corner = [calm[8, 8], calm[8, 0], calm[0, 0], calm[0, 8]]
    assert corner == [0, 1, 2, 3]  # each corner's own minimum, in the order of their angles
    assert (wild == -1).all()


def test_a_basin_map_is_one_image_for_each_title():
    maps = {"one": np.zeros((4, 4), int), "none": np.full((4, 4), -1)}
    shown = basin_maps(HIMMELBLAU, maps, alt="a", caption="c")
    images = [ax.images[0].get_array() for ax in shown.figure.axes]
    assert [ax.get_title() for ax in shown.figure.axes] == ["one", "none"]
    assert images[0][..., 3].min() == 1
    assert images[1][..., 3].max() == 0
    assert isinstance(shown, Picture)


def test_times_of_a_race_stand_at_plain_numbers_and_misses_at_the_limit():
    contestants = [Contestant(name, "sgd", [{"lr": lr}]) for name, lr in (("a", 0.1), ("b", 0.2))]
    found = race(
        lambda optimizer, seed: 60 + seed if optimizer.hyper["lr"] < 0.15 else None,
        contestants,
        limit=300,
        tuning_seeds=[0],
        race_seeds=[1, 2],
    )
    shown = race_times(found, alt="a", caption="c")
    (ax,) = shown.figure.axes
    shown.figure.canvas.draw()
    labels = {tick.get_text() for tick in ax.get_xticklabels(which="both")} - {""}
    assert "100" in labels
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["b", "a"]
    (misses,) = (
        line for line in ax.get_lines() if line.get_marker() == ">" and len(line.get_xdata())
    )
    assert list(misses.get_xdata()) == [300, 300]


def test_a_label_stands_at_the_end_of_its_line_though_nothing_was_drawn_before():
    _, ax = subplots()
    for height in (0.3, 1.9):
        ax.plot([0, 1], [2.4, height], label=f"ends at {height}")
    direct_labels(ax)
    assert [round(text.xy[1], 6) for text in ax.texts] == [0.3, 1.9]
    assert [text.xyann[1] for text in ax.texts] == [0, 0]
