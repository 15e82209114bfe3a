"""The palette is readable on both themes, and means the same thing everywhere."""

from itertools import combinations

import numpy as np
import pytest

from nnedu.optim import RULES, TENSOR_RULES
from nnedu.plotting import COLORS, color
from nnedu.plotting.style import DASHES, OTHERS, dashes

WHITE, DARK = "#ffffff", "#14181e"  # the backgrounds of the theme's two modes


# How a full dichromat sees linear RGB: Machado, Oliveira & Fernandes (2009), table 1, severity 1.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(shade: str) -> np.ndarray:
    """Linear RGB of ``#rrggbb`` (IEC 61966-2-1)."""
    channels = np.array([int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB under D65."""
    x, y, z = np.cbrt(XYZ @ np.clip(rgb, 0, 1) / XYZ.sum(axis=1))  # none here is near black
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def luminance(shade: str) -> float:
    """Relative luminance, WCAG 2.2."""
    return float(XYZ[1] @ linear(shade))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("background", [WHITE, DARK])
@pytest.mark.parametrize("shade", sorted({*COLORS.values(), *OTHERS}))
def test_every_colour_stands_out_on_both_backgrounds(shade, background):
    assert contrast(shade, background) >= 3


def test_contrast_agrees_with_the_extremes_of_its_definition():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


def test_an_optimizer_keeps_its_colour_however_its_name_is_written():
    assert color("Adam") == color("adam") == COLORS["adam"]
    assert color("Heavy ball") == COLORS["heavy_ball"]


def test_colours_belong_to_rules_that_exist():
    methods = {"lbfgs", "sam"}  # they have no row
    assert set(COLORS) <= {row.name for row in (*RULES, *TENSOR_RULES)} | methods


def test_optimizers_of_one_colour_differ_in_their_dashes():
    lines = [(shade, str(dashes(name))) for name, shade in COLORS.items()]
    assert len(set(lines)) == len(lines)
    assert set(DASHES) <= set(COLORS)
    assert dashes("AdamW") == DASHES["adamw"]
    assert dashes("lr = 0.1") == "-"


def test_other_names_take_the_palette_in_turn():
    assert [color("lr = 0.1", i) for i in range(len(OTHERS))] == list(OTHERS)
    assert color("lr = 0.1", len(OTHERS)) == OTHERS[0]


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_colours_differ_clearly_to_every_eye(sight):
    seen = {shade: lab(np.array(SIGHT[sight]) @ linear(shade)) for shade in OTHERS}
    for one, other in combinations(OTHERS, 2):
        distance = float(np.linalg.norm(seen[one] - seen[other]))
        assert distance > 20, f"{one} and {other} differ by {distance:.1f} to {sight}"
