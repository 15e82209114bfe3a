"""What a pruning pattern cuts: single weights, n of every m, whole units."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from nnedu._check import known
from nnedu._typing import Array
from nnedu.keras.channels import Channels, widths_of
from nnedu.keras.configs import saved_config
from nnedu.keras.masks import UNIT_PAIRS, Site, layers_of, sites, sites_of
from nnedu.pruning import cut, cut_overall, cut_units, magnitude, n_of_m

Pattern = str | tuple[int, int]
MATRICES = ("kernel", "recurrent_kernel", "depthwise_kernel", "pointwise_kernel")


def check_pattern(pattern: Any) -> Pattern:
    """The pattern, or an error that lists them."""
    if isinstance(pattern, list | tuple) and len(pattern) == 2:
        n, m = int(pattern[0]), int(pattern[1])
        if 0 < n < m:
            return n, m
    if pattern not in ("weights", "units"):
        raise ValueError(
            f"pattern is {pattern!r}; expected 'weights', 'units', or a pair such as (2, 4): at "
            "most 2 of every 4 stay."
        )
    return str(pattern)


def chosen(model: Any, pattern: Pattern, layers: Collection[str] | None) -> list[Site]:
    """The weights that a pattern prunes.

    Raises
    ------
    ValueError
        If a named layer has none, or there is none at all.
    """
    there = sites(model)
    if layers is not None:
        names = sorted({site.layer.name for site in there})
        for name in layers:
            known("layer with weights that can be pruned", name, names)
        there = [site for site in there if site.layer.name in layers]
    else:
        there = [site for site in there if site.variable.name in MATRICES]
    if pattern == "units":
        free = _free(model)
        if layers is not None:
            for name in layers:
                if name not in free:
                    raise ValueError(
                        f"pattern='units' cannot prune {name}; expected a Dense or convolution "
                        "whose units the model could do without: not an output, not one branch of "
                        f"a sum, not read by a layer that mixes channels. Here: {_or_none(free)}."
                    )
        there = [site for site in there if site.layer.name in free]
    elif isinstance(pattern, tuple):
        fits = [site for site in there if _groups(site, pattern[1])]
        if layers is not None and len(fits) < len(there):
            bad = next(site for site in there if site not in fits)
            raise ValueError(
                f"pattern={pattern} cannot prune {bad.name} of shape {tuple(bad.variable.shape)}; "
                f"expected a kernel of a Dense or convolution with a multiple of {pattern[1]} "
                "inputs."
            )
        there = fits
    if not there:
        raise ValueError(
            f"the model has no weights that pattern={pattern!r} could prune. It looks at kernels "
            "of layers that save a constraint for them: Dense, EinsumDense, convolutions, "
            "attention, LSTM, GRU, and layers of your own with kernel_constraint in get_config."
        )
    return there


def cut_sites(
    there: Sequence[Site], pattern: Pattern, sparsity: float, *, layer_wise: bool, model: Any
) -> None:
    """Cut weights to a sparsity: what is gone stays gone."""
    if pattern == "weights":
        scores = {site.name: magnitude(_values(site)) for site in there}
        masks = {site.name: site.mask for site in there}
        if layer_wise:
            kept = {name: cut(scores[name], sparsity=sparsity, mask=masks[name]) for name in scores}
        else:
            kept = cut_overall(scores, sparsity=sparsity, masks=masks)
        for site in there:
            site.cut(kept[site.name])
    elif isinstance(pattern, tuple):
        n, m = pattern
        stay = m - round(sparsity / (1 - n / m) * (m - n))
        for site in there:
            w = np.where(site.mask, _values(site), 0)
            site.cut(site.mask & n_of_m(magnitude(w), n=stay, m=m, axis=w.ndim - 2))
    else:
        followers = _followers(model)
        for site in there:
            w = np.where(site.mask, _values(site), 0)
            kept_here = site.mask & cut_units(w, sparsity=sparsity)
            site.cut(kept_here)
            alive = kept_here.reshape(-1, kept_here.shape[-1]).any(axis=0)
            for other in followers[site.layer.name]:
                other.cut(other.mask & alive)


def _values(site: Site) -> Array:
    return np.asarray(site.variable.numpy(), np.float32)


def _groups(site: Site, m: int) -> bool:
    plain = type(site.layer).__name__ in ("Dense", "Conv1D", "Conv2D", "Conv3D")
    return plain and site.variable.shape[-2] % m == 0


def _free(model: Any) -> list[str]:
    config = saved_config(model, "pattern='units'")
    return Channels(config, widths_of(model, config)).free_units()


def _followers(model: Any) -> dict[str, list[Site]]:
    """What goes with the units of each layer: its bias, and scale and shift behind it."""
    config = saved_config(model, "pattern='units'")
    channels = Channels(config, widths_of(model, config))
    by_name = {layer.name: layer for layer in layers_of(model)}
    found: dict[str, list[Site]] = {}
    for name, call in channels.makers().items():
        roots = channels.roots(call.output)
        found[name] = list(sites_of(by_name[name], UNIT_PAIRS))
        for other in channels.calls:
            same = np.array_equal(channels.roots(other.output), roots)
            if other.kind == "BatchNormalization" and same:
                found[name] += sites_of(by_name[other.name], UNIT_PAIRS)
    return found


def _or_none(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
