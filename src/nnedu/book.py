"""Helpers for a chapter's cells: show source, name numbers for the text, time calls, get Keras.

All are light, so that a chapter's first cell stays quick, and all work in a plain notebook too.
"""

from __future__ import annotations

import ast
import inspect
import logging
import os
import statistics
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nnedu.claims import Experiment, decide


class Source:
    """Source text that Jupyter and the book show highlighted; see :func:`source`."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        fence = "```"
        while fence in self.text:
            fence += "`"
        markdown = f"{fence}python\n{self.text}\n{fence}"
        return {"text/markdown": markdown, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def source(*objects: Callable[..., Any] | type, docstring: bool = False) -> Source:
    """Show the source of functions or classes as it stands in the library.

    Parameters
    ----------
    *objects
        Functions or classes; several are shown one after another.
    docstring
        Whether docstrings are shown too. The book leaves them out: the text says it.

    Returns
    -------
    Source
        Put it last in a cell.

    Raises
    ------
    TypeError
        If an object has no Python source, for instance a function of NumPy written in C.

    Examples
    --------
    >>> from textwrap import indent
    >>> print(source(indent).text.splitlines()[0])
    def indent(text, prefix, predicate=None):
    """
    if not objects:
        raise TypeError("source() was given nothing to show; expected a function: source(sgd)")
    return Source("\n\n\n".join(_text_of(each, docstring) for each in objects))


def _text_of(obj: Callable[..., Any] | type, docstring: bool) -> str:
    try:
        text = inspect.getsource(inspect.unwrap(obj))
    except (TypeError, OSError) as error:
        raise TypeError(
            f"source({obj!r}): no Python source was found; expected a function or class defined in "
            "a .py file. An instance? Pass its class."
        ) from error
    text = textwrap.dedent(text).rstrip()
    return text if docstring else _without_docstrings(text)


def _without_docstrings(text: str) -> str:
    """Cut docstrings out of the text itself, so that comments and layout stay as written."""
    lines = text.splitlines()
    cut: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        first = node.body[0]
        if ast.get_docstring(node, clean=False) is None or len(node.body) == 1:
            continue  # a docstring that is the whole body stays: without it, this is no Python
        end = first.end_lineno or first.lineno
        while end < len(lines) and not lines[end].strip():
            end += 1
        cut.update(range(first.lineno - 1, end))
    return "\n".join(line for number, line in enumerate(lines) if number not in cut)


class Box:
    """Markdown that Jupyter and the book show; see :func:`is_it_true`."""

    def __init__(self, markdown: str, text: str) -> None:
        self.markdown = markdown
        self.text = text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def is_it_true(experiment: Experiment) -> Box:
    """Run a claim's experiment and its control, and show the claim, the verdict and the number.

    Parameters
    ----------
    experiment
        A function of ``nnedu.claims``; the words come from the ledger's entry of its name.

    Returns
    -------
    Box
        Put it last in a cell.

    Raises
    ------
    ValueError
        If the ledger has no such claim, or its verdict is not what the experiment finds.
    """
    claim, finding, control = decide(experiment)
    answer = claim.text(finding, control)
    verdict = f"**{claim.verdict.capitalize()}.**"
    sources = f" {{cite}}`{','.join(claim.source)}`" if claim.source else ""
    markdown = (
        f'`````{{admonition}} Is it true? "{claim.said}"\n:class: note claim\n'
        f":name: claim-{claim.id}\n{verdict} {answer}{sources}\n`````"
    )
    return Box(markdown, f"{claim.said}\n{claim.verdict.upper()}. {answer}")


def glue(name: str, value: Any, fmt: str | None = None) -> None:
    """Name a value, so that the chapter's text can show it with the role ``{glue:text}``.

    Parameters
    ----------
    name
        The name the text uses; it has to be unique in the book.
    value
        A number, a text, or anything that Jupyter can display. A float is shown with four
        significant digits where ``fmt`` does not say otherwise, and never as ``np.float64(...)``.
    fmt
        A format specification as for :func:`format`, for instance ``".1%"``.

    Examples
    --------
    >>> glue("share", 0.25, ".1%")  # the page shows 25.0%
    """
    text = _as_text(value, fmt)
    try:
        from myst_nb import glue as myst_glue
    except ImportError:  # a learner's notebook, without the book's tools
        print(f"{name} = {value if text is None else text}")
        return
    from IPython import get_ipython

    if get_ipython() is not None:  # elsewhere there is no page to show it on
        # A text keeps its quotes on the way: the role reads Python literals, 0.70 as 0.7.
        myst_glue(name, value if text is None else text, display=False)


def _as_text(value: Any, fmt: str | None) -> str | None:
    if fmt is not None:
        return format(value, fmt)
    if getattr(value, "ndim", None) == 0:  # a NumPy scalar
        value = value.item()
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value) if isinstance(value, str | int) else None


def median_seconds(*calls: Callable[[], object], rounds: int = 15) -> list[float]:
    """The median time of each call, taken in turns.

    Interleaved, so that a busy moment of the machine hits every candidate: compare the results
    with each other, as ratios, and with nothing else.

    Parameters
    ----------
    *calls
        Functions without arguments.
    rounds
        How often each is called.

    Returns
    -------
    list of float
        Seconds, in the order of the calls.

    Examples
    --------
    >>> quick, slow = median_seconds(lambda: None, lambda: sum(range(10_000)))
    >>> slow > quick
    True
    """
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, taken in zip(calls, seconds, strict=True):
            begin = time.perf_counter()
            call()
            taken.append(time.perf_counter() - begin)
    return [statistics.median(taken) for taken in seconds]


@contextmanager
def quietly() -> Iterator[None]:
    """Drop what is written to the process's error stream or logged below an error, for a page.

    TensorFlow and its converter report there, whatever the log level.

    Examples
    --------
    >>> with quietly():
    ...     _ = os.write(2, b"not on the page")
    """
    errors, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
        os.dup2(errors, 2)
        os.close(errors)
        os.close(nowhere)


def quiet_keras(*, gpu: bool = False, prepare: Callable[[], object] | None = None) -> Any:
    """Import Keras on TensorFlow's CPU, without the lines TensorFlow greets with.

    They go to the error stream whatever the log level, and a page would show them. A backend
    that ``KERAS_BACKEND`` names is kept.

    Parameters
    ----------
    gpu
        Whether Keras may see a GPU: for chapters that ask :func:`nnedu.device.find_device`. It
        holds for the whole process, from the first import of Keras on.
    prepare
        Called between the import and the first operation, after which a backend no longer lets
        its devices be configured.

    Returns
    -------
    module
        ``keras``.

    Raises
    ------
    ModuleNotFoundError
        If Keras or its backend is missing.
    """
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
    if not gpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    try:
        with quietly():
            import keras

            if prepare is not None:
                prepare()
            keras.ops.zeros(1)  # the first operation greets too
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"Keras needs {error.name}, which is missing. Run: pip install 'nnedu[tensorflow]'",
            name=error.name,
        ) from error
    return keras
