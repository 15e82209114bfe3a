"""Figures of the book: drawn with matplotlib, shown as SVG that takes on the page's theme.

``style`` holds colours and sizes, ``picture`` turns a figure into a page element with alt text and
caption, ``paths`` and ``curves`` draw the two kinds of figure that recur.
"""

from nnedu.plotting.basins import basin_maps, basins
from nnedu.plotting.curves import bands, curve, direct_labels, race_times
from nnedu.plotting.paths import contour_paths, contours, path
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import COLORS, INK, PAPER, color, subplots

__all__ = [
    "COLORS",
    "INK",
    "PAPER",
    "Picture",
    "bands",
    "basin_maps",
    "basins",
    "color",
    "contour_paths",
    "contours",
    "curve",
    "direct_labels",
    "path",
    "race_times",
    "subplots",
]
