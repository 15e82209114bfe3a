"""Chapters are executed once, again when what they use changed, and never shown half done."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbformat import v4

from tests.tools import sample
from tools import chapters, notebooks


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A project whose two chapters have been executed."""
    project = sample.project(tmp_path_factory.mktemp("project") / "it")
    results = chapters.ensure(project, project.chapters())
    assert not chapters.describe_failures(project, results)
    return project


def stale(project):
    return [path.stem for path in project.chapters() if chapters.fresh(project, path) is None]


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_second_run_executes_nothing(executed):
    lines = []
    results = chapters.ensure(executed, executed.chapters(), report=lines.append)
    assert lines == []
    assert [result.passed for result in results.values()] == [True, True]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("book/01_a.ipynb", "# A", "# A, said better", []),
        ("book/01_a.ipynb", "hide-input", "hide-output", []),
        ("book/01_a.ipynb", "40 + 2", "41 + 1", ["01_a"]),
        ("book/01_a.ipynb", "42", "43", ["01_a"]),  # the stored output
        ("book/numbers.txt", "1", "7", ["01_a"]),  # a file that a cell names
        ("src/tiny/a.py", "first", "second", ["01_a"]),
        ("src/tiny/b.py", "first", "second", ["02_b"]),
        ("src/tiny/__init__.py", "from tiny.b import b", "from tiny.a import a as b", ["02_b"]),
        ("requirements.lock", "numpy==2", "numpy==3", ["01_a", "02_b"]),
        ("_build/chapters/02_b.json", '"key"', '"ke', ["02_b"]),  # half-written
        ("_build/chapters/02_b.json", '"format": 1', '"format": 0', ["02_b"]),
    ],
)
def test_what_a_change_makes_stale(executed, tmp_path, file, old, new, expected):
    project = sample.copy(executed, tmp_path / "copy")
    edit(project.root / file, old, new)
    assert stale(project) == expected


def test_a_changed_function_gives_new_outputs(executed, tmp_path):
    project = sample.copy(executed, tmp_path / "copy")
    first = chapters.load(project, project.chapters()[1])
    edit(project.root / "src/tiny/b.py", "first", "second")
    lines = []
    results = chapters.ensure(project, project.chapters(), report=lines.append)
    second = results[project.chapters()[1]]
    assert second.cells[0]["outputs"][0]["data"]["text/plain"] == "'second b'"
    assert second.digest != first.digest
    assert lines[0] == "executing 1 of 2, 1 at a time"


def test_a_failing_chapter_names_the_cell_and_the_error(tmp_path):
    project = sample.project(tmp_path / "it")
    sample.write(
        project.root / "book" / "01_a.ipynb",
        sample.code("x = 1"),
        sample.code("x / 0"),
        sample.code("print('not reached')"),
    )
    sample.write(
        project.root / "book" / "02_b.ipynb",
        sample.code("print(2)", outputs=[sample.printed("3\n")], tags=[notebooks.CHECKED]),
    )
    results = chapters.ensure(project, project.chapters())
    said = chapters.describe_failures(project, results)
    assert "book/01_a.ipynb failed in code cell 2:\n    x / 0\n" in said
    assert "ZeroDivisionError: division by zero" in said
    assert "book/02_b.ipynb failed in code cell 1:\n    print(2)\n" in said
    assert "Cell outputs differ" in said
    assert stale(project) == ["01_a", "02_b"]


def test_outputs_are_kept_as_jupyter_shows_them(tmp_path):
    project = sample.project(tmp_path / "it")
    path = sample.write(
        project.root / "book" / "01_a.ipynb",
        sample.code(
            "from IPython.display import clear_output, display\n"
            "print('gone')\nclear_output()\n"
            "print('one'); print('two')\n"
            "shown = display('old', display_id=True)\n"
            "print('three')\n"
            "shown.update('new')\n"
            "4"
        ),
        sample.code("5;"),
        sample.code("1 / 0", tags=["raises-exception"]),
        sample.code("skipped", tags=["nbval-skip"]),
    )
    result = chapters.execute(project, path)
    assert result.passed, result.error
    first, second, third, fourth = (cell["outputs"] for cell in result.cells)
    shown = [output.get("text") or output["data"]["text/plain"] for output in first]
    assert shown == ["one\ntwo\n", "'new'", "three\n", "4"]
    assert second == []
    assert third[0]["ename"] == "ZeroDivisionError"
    assert fourth == []
    assert [cell["execution_count"] for cell in result.cells] == [1, 2, 3, None]


def test_storing_outputs_makes_nbval_agree(tmp_path):
    project = sample.project(tmp_path / "it")
    path = sample.write(
        project.root / "book" / "01_a.ipynb",
        sample.code("print('new')", outputs=[sample.printed("old\n")], tags=[notebooks.CHECKED]),
    )
    results = chapters.ensure(project, [path], compare=False)
    chapters.store(project, results)
    assert nbformat.read(path, as_version=4).cells[0].outputs[0].text == "new\n"
    assert chapters.fresh(project, path)
    assert chapters.execute(project, path).passed


def test_the_book_finds_what_was_executed(executed, tmp_path):
    from jupyter_cache import get_cache

    path = executed.chapters()[0]
    result = chapters.load(executed, path)
    folder = tmp_path / "cache"
    chapters.publish(executed, path, result, folder)
    _, merged = get_cache(str(folder)).merge_match_into_notebook(nbformat.read(path, as_version=4))
    assert merged.cells[1].outputs[0].data["text/plain"] == "'first a'"

    (base,) = folder.glob("executed/*/base.ipynb")
    whole = base.read_text(encoding="utf-8")
    base.write_text(whole[: len(whole) // 2], encoding="utf-8")  # as after a crash
    chapters.publish(executed, path, result, folder)
    assert base.read_text(encoding="utf-8") == whole
    when = base.stat().st_mtime_ns
    chapters.publish(executed, path, result, folder)
    assert base.stat().st_mtime_ns == when


def test_records_are_replaced_whole(executed, tmp_path):
    project = sample.copy(executed, tmp_path / "copy")
    chapter = project.chapters()[0]
    result = chapters.execute(project, chapter)
    assert json.loads(project.record_of(chapter).read_text())["key"] == result.key
    assert [p.name for p in project.records.iterdir() if ".part" in p.name] == []


def test_magics_do_not_hide_imports(executed, tmp_path):
    project = sample.copy(executed, tmp_path / "copy")
    path = project.chapters()[1]
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, v4.new_code_cell("%matplotlib inline\nfrom tiny import b"))
    nbformat.write(notebook, path)
    before = chapters.key(project, path)
    edit(project.root / "src/tiny/b.py", "first", "second")
    assert chapters.key(project, path) != before
