"""Every live figure as people use it: mouse, finger, keys, a link, no scripts, a phone."""

from __future__ import annotations

import gzip
import json

import pytest

from nnedu.live import FIGURES, script
from tests.browser.live.conftest import opened
from tests.browser.test_pages import AXE, RULES

NAMES = [figure.name for figure in FIGURES]


def moved(use, name: str, act) -> None:
    """Something is done, and the figure's state and drawing are others than before."""
    drawing = use.box.locator(".nl-panels")
    before, seen = use.state, drawing.inner_html()
    act()
    assert use.state != before, f"{name} changed nothing"
    use.settle()
    assert drawing.inner_html() != seen, f"{name} is not to be seen"


def drag(page, locator, by=(25, 18)):
    box = locator.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - by[0], y + by[1], steps=4)
    page.mouse.up()


def drag_by_finger(page, locator, by=(45, 30)):
    box = locator.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)

    def send(kind, *points):
        points = [{"x": a, "y": b} for a, b in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", (x, y))
    for part in (0.2, 0.4, 0.6, 0.8, 1.0):
        send("touchMove", (x + part * by[0], y - part * by[1]))
    send("touchEnd")


@pytest.mark.parametrize("name", NAMES)
def test_figure_answers(use, name):
    with use(name, has_touch=True) as figure:
        page, box = figure.page, figure.box
        assert box.locator(".nl-static").count() == 0
        assert len(figure.words) > 40
        start = figure.state

        for control in box.locator("input[type=range]").all():
            label = box.locator(f"label[for={control.get_attribute('id')}]").inner_text()
            assert label
            control.focus()
            key = "ArrowRight" if control.input_value() == "0" else "ArrowLeft"
            moved(figure, label, lambda k=key: page.keyboard.press(k))
            assert control.get_attribute("aria-valuetext")
            place = control.bounding_box()
            moved(
                figure,
                label,
                lambda b=place: page.mouse.click(b["x"] + 0.7 * b["width"], b["y"] + 12),
            )
        for control in box.locator("select").all():
            values = control.locator("option").evaluate_all("all => all.map((each) => each.value)")
            initial = control.input_value()
            for value in [*(each for each in values if each != initial), initial]:
                moved(figure, value, lambda c=control, v=value: c.select_option(v))
        for control in box.locator("input[type=checkbox]").all():
            control.focus()
            moved(figure, control.get_attribute("id"), lambda: page.keyboard.press("Space"))

        figure.reset()
        assert figure.state == start
        for handle in box.locator(".nl-handle").all():
            label = handle.get_attribute("aria-label")
            handle.focus()
            at_its_end = handle.get_attribute("aria-valuenow") == handle.get_attribute(
                "aria-valuemin"
            )
            key = "ArrowRight" if at_its_end else "ArrowLeft"
            moved(figure, label, lambda k=key: page.keyboard.press(k))
            assert handle.get_attribute("aria-valuetext")
            moved(figure, label, lambda h=handle: drag(page, h))
            moved(figure, label, lambda h=handle: drag_by_finger(page, h))

        # A link carries the state, and coming back to it brings the state back.
        state, link = figure.state, figure.address()
        assert box.locator("[role=status]").inner_text() == figure.words
        if state != start:
            assert f"#live-{name}?" in link
        figure.reset()
        assert figure.state == start
        assert "?" not in figure.address().partition("#")[2]
        page.evaluate("link => { window.location.href = link; }", link)
        page.wait_for_timeout(50)
        assert figure.state == state
        for nonsense in (f"#live-{name}?lr=none&x=&{next(iter(start))}=%00", "#elsewhere"):
            page.evaluate("hash => { window.location.hash = hash; }", nonsense)
            assert len(figure.words) > 40

        page.evaluate(AXE)
        look = """async (runOnly) => {
          const found = await axe.run('.nnedu-live', {runOnly, preload: false});
          return found.violations.map(({id, help}) => `${id}: ${help}`);
        }"""
        assert page.evaluate(look, RULES["light"]) == []

        # Both themes, without a new drawing.
        ink = "() => getComputedStyle(document.querySelector('.nl-axis')).fill"
        inks = []
        for theme in ("dark", "light"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            inks.append(page.evaluate(ink))
            assert page.evaluate(look, RULES["dark"]) == []
        assert inks[0] != inks[1]

        page.set_viewport_size({"width": 390, "height": 844})
        figure.settle()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
        inside = box.locator(".nl-panels > *").evaluate_all(
            "all => all.every((e) => e.getBoundingClientRect().right <= 390 && e.clientWidth > 200)"
        )
        assert inside


@pytest.mark.parametrize("name", NAMES)
def test_a_link_opens_the_state(use, name):
    with use(name) as figure:
        controls = figure.box.locator("input[type=range]")
        controls.first.focus()
        figure.page.keyboard.press("ArrowLeft")
        state, link = figure.state, figure.address()
    with use(name, "#" + link.partition("#")[2], reduced_motion="reduce") as figure:
        assert figure.state == state
        assert figure.page.evaluate("window.scrollY") > 0 or figure.box.bounding_box()["y"] < 300


@pytest.mark.parametrize(
    ("name", "button", "end"), [("race", "Play", 150), ("network", "Train", 1500)]
)
def test_motion_is_started_by_a_button_and_can_be_stopped(use, name, button, end):
    with use(name) as figure:
        press = figure.box.get_by_role("button", name=button)
        before = figure.state["updates"]
        press.click()
        figure.page.wait_for_function(
            f"n => document.getElementById('live-{name}').liveFigure.state.updates !== n",
            arg=before,
        )
        figure.box.get_by_role("button", name="Stop").click()
        assert press.is_visible()
        stopped = figure.state["updates"]
        assert stopped == before if name == "race" else before < stopped <= end
        assert figure.state["updates"] == stopped


@pytest.mark.parametrize(
    ("name", "button", "shown"), [("adam", "Play", 3), ("network", "Train", 600)]
)
def test_without_motion_the_end_is_shown_at_once(use, name, button, shown):
    with use(name, reduced_motion="reduce") as figure:
        figure.box.get_by_role("button", name=button).click()
        assert figure.state["t" if name == "adam" else "updates"] == shown
        assert figure.box.get_by_role("button", name="Stop").count() == 0


def test_pictures_stand_where_scripts_do_not_run(live_site, browser):
    for name in NAMES:
        address = (live_site / f"{name}.html").as_uri()
        with opened(browser, address, java_script_enabled=False) as (page, wrong):
            picture = page.locator(f"#live-{name} .nl-static svg")
            assert picture.is_visible()
            assert len(picture.get_attribute("aria-label")) > 100
            assert page.locator(f"#live-{name} figcaption").inner_text() == "A message."
            assert "Live figure:" not in page.locator("article").inner_text()
            assert not [each for each in wrong if each.startswith("asked for")]


def test_one_script_and_only_where_it_is_needed(live_site):
    text = (live_site / "_static" / "nnedu-live.js").read_bytes()
    assert text.decode() == script()
    assert len(gzip.compress(text, 9)) < 60_000
    assert b"nnedu-live.js" not in (live_site / "index.html").read_bytes()
    for word in (b"fetch(", b"import(", b"XMLHttpRequest", b"eval(", b"https://"):
        assert word not in text


def test_colours_are_those_of_the_book(live_site, browser):
    from nnedu.plotting.style import COLORS

    assert f"const palette = {{{json.dumps(COLORS)[1:-1]}}};" in script()
