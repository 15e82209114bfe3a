"""The normal form: the same notebook gives the same bytes, whoever saved it last."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import v4

from tests.tools import sample
from tools import notebooks


@pytest.fixture
def messy(tmp_path):
    """A notebook as an editor leaves it."""
    notebook = v4.new_notebook(
        cells=[
            v4.new_markdown_cell("\n# Title  \nkeeps two spaces\n", id="zebra"),
            v4.new_code_cell(
                "x = 1   \nx\n",
                execution_count=12,
                outputs=[v4.new_output("execute_result", {"text/plain": "1"}, execution_count=12)],
                metadata={"tags": [], "collapsed": True, "mystnb": {"image": {"alt": "a line"}}},
            ),
            v4.new_code_cell(
                "x",
                execution_count=13,
                outputs=[v4.new_output("execute_result", {"text/plain": "1"}, execution_count=13)],
                metadata={"tags": [notebooks.CHECKED]},
            ),
        ],
        metadata={
            "nnedu": {"slug": "kept"},
            "widgets": {},
            "kernelspec": {"name": "mine", "display_name": "Mine"},
        },
    )
    path = tmp_path / "messy.ipynb"
    nbformat.write(notebook, path)
    return path


def test_what_is_kept_and_what_is_not(messy):
    assert notebooks.problem(messy) == "is not in normal form; run: make notebooks"
    assert notebooks.fix(messy)
    notebook = nbformat.read(messy, as_version=4)
    title, plain, checked = notebook.cells
    assert [cell.id for cell in notebook.cells] == ["c001", "c002", "c003"]
    assert title.source == "# Title  \nkeeps two spaces"
    assert plain.source == "x = 1\nx"
    assert plain.metadata == {"mystnb": {"image": {"alt": "a line"}}}
    assert (plain.execution_count, plain.outputs) == (None, [])
    assert (checked.execution_count, checked.outputs[0].execution_count) == (2, 2)
    assert checked.outputs[0].data["text/plain"] == "1"
    assert set(notebook.metadata) == {"kernelspec", "language_info", "nnedu"}


def test_fixing_twice_changes_nothing(messy):
    notebooks.fix(messy)
    before = messy.read_bytes()
    assert not notebooks.fix(messy)
    assert messy.read_bytes() == before
    assert before.endswith(b"}\n")
    assert notebooks.problem(messy) is None


def test_what_is_no_notebook_is_said_so(tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")
    assert notebooks.problem(path).startswith("is not a notebook")


def test_the_command_checks_and_fixes(messy, capsys):
    assert notebooks.main([str(messy)]) == 1
    assert "make notebooks" in capsys.readouterr().err
    assert notebooks.main(["--fix", str(messy)]) == 0
    assert notebooks.main([str(messy)]) == 0


def test_samples_are_written_in_normal_form(tmp_path):
    path = sample.write(tmp_path / "it.ipynb", sample.text("# A"), sample.code("1"))
    assert notebooks.problem(path) is None
