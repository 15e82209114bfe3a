"""Every notebook of the book and the lessons is in normal form (see tools/notebooks.py)."""

import pytest

from tools import notebooks


@pytest.mark.parametrize(
    "path", notebooks.find(), ids=lambda path: str(path.relative_to(notebooks.ROOT))
)
def test_notebook_is_in_normal_form(path):
    assert notebooks.problem(path) is None


def test_checked_cells_are_numbered():
    """nbval compares no cell without a number: such a cell would be checked by nobody."""
    notebook = notebooks.nbformat.v4.new_notebook(
        cells=[
            notebooks.nbformat.v4.new_code_cell("x = 1", execution_count=7),
            notebooks.nbformat.v4.new_code_cell("print(x)", metadata={"tags": [notebooks.CHECKED]}),
        ]
    )
    plain, checked = notebooks.normal(notebook).cells
    assert plain.execution_count is None
    assert checked.execution_count == 2
