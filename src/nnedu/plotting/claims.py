"""The ledger of claims in one picture."""

from collections.abc import Mapping, Sequence

from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

COLOURS = {"holds": OTHERS[2], "depends": OTHERS[0], "fails": OTHERS[1]}
MARKS = {"holds": "o", "depends": "D", "fails": "X"}


def verdicts(rows: Mapping[str, Sequence[str]], *, alt: str, caption: str) -> Picture:
    """A row a part of the book, a mark a claim, sorted by verdict.

    Parameters
    ----------
    rows : dict of str to sequence of str
        Title of a row to the verdicts of its claims.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=6.2, height=0.42 * len(rows) + 0.7)
    order = list(COLOURS)
    for y, (title, found) in enumerate(rows.items()):
        for x, verdict in enumerate(sorted(found, key=order.index)):
            ax.plot(x, -y, MARKS[verdict], color=COLOURS[verdict], markersize=8)
        ax.text(-0.8, -y, title, ha="right", va="center", color=INK)
    longest = max(map(len, rows.values()))
    for number, verdict in enumerate(order):
        ax.plot(longest * number / 3, 1.0, MARKS[verdict], color=COLOURS[verdict], markersize=8)
        ax.text(longest * number / 3 + 0.6, 1.0, verdict, va="center", color=INK)
    ax.set(xlim=(-0.6, longest + 0.5), ylim=(0.5 - len(rows), 1.6))
    ax.set_axis_off()
    return Picture(figure, alt=alt, caption=caption)
