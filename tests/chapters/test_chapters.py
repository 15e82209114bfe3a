"""Each chapter runs from top to bottom, and the outputs it stores are still what comes out.

The execution is shared with the book: it is looked up, and done where it is missing or stale.
"""

import pytest

from tools import chapters

CHAPTERS = chapters.HERE.chapters()


def test_there_are_chapters():
    assert CHAPTERS, "no notebook was found below book/"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_passes(chapter):
    result = chapters.ensure(chapters.HERE, [chapter])
    failure = chapters.describe_failures(chapters.HERE, result)
    assert not failure, failure
    assert chapters.fresh(chapters.HERE, chapter)
