"""A table of words, as Markdown and as plain text: what certificates print."""

from collections.abc import Sequence


def markdown(table: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table; its first row is the head."""
    head, *body = table
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *body)]


def plain(table: Sequence[Sequence[str]]) -> list[str]:
    """The lines of the same table in columns, a rule below its head."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    head, *body = [
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in table
    ]
    return [head, "-" * len(head), *body]
