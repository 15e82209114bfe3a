"""Where every start ends: maps of which minimum an optimizer reaches."""

from collections.abc import Mapping

import numpy as np

from nnedu._typing import Array
from nnedu.data import Surface
from nnedu.optim import Optimizer
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, PAPER, subplots


def basins(surface: Surface, optimizer: Optimizer, *, steps: int, resolution: int = 240) -> Array:
    """Which minimum is reached from each point of the surface's window.

    Parameters
    ----------
    surface : Surface
        With at least one minimum.
    optimizer : Optimizer
        Elementwise, so that one call moves every start at once.
    steps : int
        Updates to make.
    resolution : int
        Starts a side.

    Returns
    -------
    int array, shape (resolution, resolution)
        Position in ``surface.minima``, or -1 where no minimum is within a distance of 0.1; row 0
        is the lowest y.

    Examples
    --------
    >>> from nnedu.data import bowl
    >>> basins(bowl(2), Optimizer("sgd", lr=0.5), steps=20, resolution=3)
    array([[0, 0, 0],
           [0, 0, 0],
           [0, 0, 0]])
    """
    (x0, x1), (y0, y1) = surface.window
    theta = np.stack(np.meshgrid(np.linspace(x0, x1, resolution), np.linspace(y0, y1, resolution)))
    state = optimizer.init(theta)
    with np.errstate(over="ignore", invalid="ignore"):  # starts that explode end nowhere
        for _ in range(steps):
            theta, state = optimizer.step(theta, np.stack(surface.df(*theta)), state)
        ends = np.stack([np.hypot(theta[0] - x, theta[1] - y) for x, y in surface.minima])
    ends = np.nan_to_num(ends, nan=np.inf)
    return np.where(ends.min(axis=0) < 0.1, ends.argmin(axis=0), -1)


def basin_maps(surface: Surface, maps: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Maps from :func:`basins` side by side, one colour for each minimum.

    Parameters
    ----------
    surface : Surface
        At most six minima.
    maps : dict of str to int array
        By title.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    (x0, x1), (y0, y1) = surface.window
    shades = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] + [1.0] for c in OTHERS])
    shades = np.vstack([shades, np.zeros((1, 4))])  # -1 takes the last row: transparent
    figure, axes = subplots(1, len(maps), width=1.8 * len(maps), height=2.1, squeeze=False)
    for ax, (title, chosen) in zip(axes[0], maps.items(), strict=True):
        ax.imshow(shades[chosen], origin="lower", extent=(x0, x1, y0, y1), interpolation="nearest")
        for x, y in surface.minima:
            ax.plot(x, y, "o", mfc=PAPER, mec=INK, mew=1.2, markersize=5)
        ax.set_title(title)
        ax.set_axis_off()
    return Picture(figure, alt=alt, caption=caption)
