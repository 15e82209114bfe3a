"""The palette is readable on both themes, and means the same thing everywhere."""

import pytest

from nnedu.optim import RULES
from nnedu.plotting import COLORS, color
from nnedu.plotting.style import OTHERS

WHITE, DARK = "#ffffff", "#14181e"  # the backgrounds of the theme's two modes


def luminance(shade: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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
    assert set(COLORS) <= {row.name for row in RULES}


def test_other_names_take_the_palette_in_turn():
    assert [color("lr = 0.1", i) for i in range(len(OTHERS))] == list(OTHERS)
    assert color("lr = 0.1", len(OTHERS)) == OTHERS[0]
