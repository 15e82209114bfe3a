"""The PDF: sheets are numbered, maths is typeset, links lead to the sheets that they name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pypdf import PdfReader

from tools import pdf

NAMES = ["book/intro", "book/01_losses", "book/03_gradient_descent", "book/glossary"]


@pytest.fixture(scope="module")
def printed(site, tmp_path_factory):
    target = tmp_path_factory.mktemp("pdf") / "some.pdf"
    # In a process of its own: a browser of the tests may run in this one.
    run = subprocess.run(
        [sys.executable, "-m", "tools.pdf", "--pages", *NAMES, "--out", str(target)],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr
    reader = PdfReader(target)
    assert f"({len(reader.pages)} pages" in run.stdout
    return reader, target


def test_contents_name_the_sheets_on_which_chapters_begin(printed):
    reader, target = printed
    contents = " ".join(page.extract_text() for page in reader.pages[:2]).split()
    titles, first = pdf.Printer(NAMES).titles, pdf.sheets(target)
    for n in range(1, len(NAMES)):
        text = " ".join(reader.pages[first[n] - 1].extract_text().split())
        assert " ".join(titles[n].split()[:2]) in text
        assert str(first[n]) in contents


def test_every_sheet_has_its_number(printed):
    reader, _ = printed
    for number in (2, len(reader.pages) // 2, len(reader.pages)):
        assert reader.pages[number - 1].extract_text().split()[-1] == str(number)


def test_links_lead_within_and_none_to_this_machine(printed):
    reader, _ = printed
    places = {key.lstrip("/") for key in reader.named_destinations}
    within = 0
    for page in reader.pages:
        for note in page.get("/Annots") or []:
            note = note.get_object()
            action = note.get("/A")
            if action and "/URI" in action:
                assert not str(action["/URI"]).startswith("file:"), action["/URI"]
            elif "/Dest" in note or action:
                name = note.get("/Dest") or action["/D"]
                if isinstance(name, str):
                    assert name.lstrip("/") in places
                within += 1
    assert within > 20


def test_maths_is_typeset(printed):
    reader, _ = printed
    text = "".join(page.extract_text() for page in reader.pages)
    assert "\\frac" not in text
    assert "\\theta" not in text


def test_there_is_an_outline(printed):
    reader, _ = printed
    assert len(reader.outline) > len(NAMES)
