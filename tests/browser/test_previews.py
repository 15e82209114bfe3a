"""Definitions and citations at hand: by pointer, by keyboard, and away again."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def chapter(site, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{site.as_uri()}/book/13_architecture.html", wait_until="load")
    yield page
    context.close()


@pytest.mark.parametrize("file", ["glossary.html#term-", "references.html#"])
def test_a_pointer_and_the_keyboard_show_the_entry(chapter, file):
    link = chapter.locator(f"article a.reference.internal[href*='{file}']").first
    card = chapter.locator("#nnedu-preview")
    link.scroll_into_view_if_needed()
    link.hover()
    card.wait_for(state="visible")
    by_pointer = card.inner_text()
    assert len(by_pointer) > 30
    assert card.locator("a").count() == 0
    card.hover()  # the pointer may move into it
    chapter.wait_for_timeout(400)
    assert card.is_visible()
    chapter.keyboard.press("Escape")
    card.wait_for(state="hidden")

    chapter.mouse.move(0, 0)
    chapter.keyboard.press("Tab")  # what follows counts as the keyboard's doing
    link.focus()
    card.wait_for(state="visible")
    assert card.inner_text() == by_pointer
    assert link.get_attribute("aria-describedby") == "nnedu-preview"
    chapter.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert link.get_attribute("aria-describedby") is None


def test_the_entry_is_the_glossarys(site, chapter):
    link = chapter.locator("article a.reference.internal[href*='glossary.html#term-']").first
    anchor = link.get_attribute("href").partition("#")[2]
    text = chapter.evaluate(
        "(href) => JSON.parse(document.getElementById('nnedu-previews').textContent)[href]",
        link.get_attribute("href"),
    )
    glossary = (site / "book" / "glossary.html").read_text(encoding="utf-8")
    assert f'id="{anchor}"' in glossary
    first_words = text.partition("<p>")[2].partition("<")[0].strip()
    assert len(first_words) > 5
    assert first_words in glossary
