"""The figures of the capstone."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

Interval = tuple[float, float, float]


def worth(
    panels: Mapping[str, Mapping[str, Interval]],
    *,
    margin: float,
    verdicts: Mapping[str, Mapping[str, str]],
    xlabel: str,
    alt: str,
    caption: str,
) -> Picture:
    """What each part of a recipe was worth: intervals from the top down, a panel for each title.

    Parameters
    ----------
    panels : dict of str to dict of str to (low, middle, high)
        By title, then by what was left out; a name that a panel lacks has an empty row there.
    margin : float, above 0
        Differences up to this count as none.
    verdicts : dict of str to dict of str to str
        A word for each interval: what is neither "better" nor "worse" is drawn in grey.
    xlabel, alt, caption : str

    Returns
    -------
    Picture
    """
    names = list(dict.fromkeys(name for panel in panels.values() for name in panel))
    height = 1.2 + 0.37 * len(names)
    figure, axes = subplots(1, len(panels), width=7.6, height=height, sharey=True, squeeze=False)
    shades = {"better": OTHERS[2], "worse": OTHERS[1]}
    for ax, (title, panel) in zip(axes[0], panels.items(), strict=True):
        ax.axvspan(-margin, margin, color=INK, alpha=0.08, linewidth=0)
        ax.axvline(0, color=INK, linewidth=0.8, linestyle=":")
        for name, (low, middle, high) in panel.items():
            place, word = names.index(name), verdicts[title][name]
            shade = shades.get(word, OTHERS[5])
            ax.plot([low, high], [place, place], color=shade, linewidth=3, alpha=0.7)
            ax.plot(middle, place, "o", color=shade, ms=7)
            ax.annotate(
                f"{round(middle, 1) + 0.0:+.1f}",  # + 0.0: no minus before a zero
                (middle, place),
                xytext=(0, 6),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                path_effects=HALO,
            )
        ax.set(title=title, xlabel=xlabel, ylim=(len(names) - 0.5, -0.8))
        ax.grid(axis="x")
    axes[0][0].set_yticks(range(len(names)), names)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def views(rows: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """The same images in several versions, a row each.

    Parameters
    ----------
    rows : dict of str to array, shape (K, H, W, channels)
        By the row's name; pixels in [0, 1], 0 being paper where there is one channel.
    alt, caption : str

    Returns
    -------
    Picture
    """
    count = len(next(iter(rows.values())))
    figure, axes = subplots(
        len(rows), count, width=7.2, height=0.72 * len(rows) + 0.1, squeeze=False
    )
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        for ax, image in zip(line, images, strict=True):
            _image(ax, image)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", labelpad=8)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def mistakes(
    images: Array,
    labels: Array,
    answers: Array,
    *,
    names: Sequence[str] | None = None,
    most: int = 16,
    alt: str,
    caption: str,
) -> Picture:
    """Images that a model gets wrong, with what they are and what it said.

    Parameters
    ----------
    images : array, shape (K, H, W, channels)
    labels, answers : int arrays, shape (K,)
    names : sequence of str, optional
        Of the classes; their numbers by default.
    most : int
        How many are shown.
    alt, caption : str

    Returns
    -------
    Picture
    """
    names = names or [str(k) for k in range(1 + int(max(labels.max(), answers.max())))]
    count = min(most, len(images))
    columns = min(8, count)
    rows = -(-count // columns)
    figure, axes = subplots(rows, columns, width=0.95 * columns, height=1.25 * rows, squeeze=False)
    for place, ax in enumerate(axes.flat):
        if place >= count:
            ax.set_axis_off()
            continue
        _image(ax, images[place])
        said = f"{names[labels[place]]}, not {names[answers[place]]}"
        ax.set_title(said, fontsize=10)
    return Picture(figure, alt=alt, caption=caption, wide=columns > 6)


def _image(ax: Any, image: Array) -> None:
    """One image without axes; one channel is drawn as ink on paper."""
    if image.shape[-1] == 1:
        ax.imshow(image[..., 0], cmap="gray_r", vmin=0, vmax=1)
    else:
        ax.imshow(np.clip(image, 0, 1))
    ax.set(xticks=[], yticks=[])
    for side in ax.spines.values():
        side.set_visible(False)
