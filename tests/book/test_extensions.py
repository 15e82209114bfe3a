"""What the book's own extensions make of pages, without building the book."""

from __future__ import annotations

import sys

import pytest

from tools import chapters

sys.path.insert(0, str(chapters.HERE.root / "book" / "_ext"))

from nnedu_accessible import mended
from nnedu_facts import lesson_of, minutes_to_read, table


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<summary><span class="toctree-toggle"></span></summary>',
            '<summary aria-label="its lesson"><span class="toctree-toggle"></span></summary>',
        ),
        (
            '<div id="pst-primary-sidebar" class="bd-sidebar-primary bd-sidebar">',
            '<div id="pst-primary-sidebar" class="bd-sidebar-primary bd-sidebar" '
            'role="complementary" aria-label="the whole book">',
        ),
        ('<th class="head"><p></p></th>', '<td class="head"></td>'),
        ('<th class="head"><p>size</p></th>', '<th class="head"><p>size</p></th>'),
        ('<div class="citation" role="doc-biblioentry">', '<div class="citation" role="listitem">'),
        ("<summary>Imports</summary>", "<summary>Imports</summary>"),
    ],
)
def test_html_is_mended_once(before, after):
    assert mended(before) == after
    assert mended(after) == after


def test_a_chapter_names_its_lesson():
    lesson = lesson_of("book/03_gradient_descent")
    assert lesson is not None
    assert lesson["page"] == "lessons/03_gradient_descent/exercise"
    assert lesson["points"] == 28
    assert lesson["minutes"] > 0


@pytest.mark.parametrize("page", ["book/glossary", "book/guide/learner", "index"])
def test_other_pages_have_none(page):
    assert lesson_of(page) is None


def test_minutes_count_prose_and_not_code():
    from docutils import nodes
    from docutils.utils import new_document

    page = new_document("page")
    page += nodes.paragraph("", "word " * 1000)
    page += nodes.literal_block("", "code " * 1000)
    assert minutes_to_read(page) == 5
    assert minutes_to_read(new_document("empty")) == 1


def test_the_table_has_a_row_for_every_chapter_that_was_executed():
    executed = [
        path
        for path in chapters.HERE.chapters()
        if chapters.load(chapters.HERE, path) and lesson_of(f"book/{path.stem}")
    ]
    rows = table().splitlines()[2:]
    assert len(rows) == len(executed) > 0
    assert all(
        f"/lessons/{path.stem}/exercise" in row for path, row in zip(executed, rows, strict=True)
    )
