"""Answers that lie to whoever looks at them: arrays that say they are equal, that read the expected
value from who compares, that change while they are compared, and messages that end a cell early.

Here nothing in the kernel compares and nothing expected is there, so each is worth what it prints.
The same answers pass a check that compares in their kernel, as other graders do.
"""

from __future__ import annotations

import pytest

from nnedu.grading.rebuild import Step
from tests.attacks.conftest import Arena

FINDS = """
import gc, sys
def expected_by_somebody():
    frame = sys._getframe(1)
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            if isinstance(names.get("expected"), np.ndarray):
                return names["expected"]
        frame = frame.f_back
"""

LIARS = {
    "says it is close": """
class Liar(np.ndarray):
    def __array_function__(self, *args, **kwargs):
        return True
    def __array_ufunc__(self, *args, **kwargs):
        return True
def step(theta, g, *, lr):
    return (theta * 0).view(Liar)
""",
    "asks who compares": f"""{FINDS}
class Liar:
    def __array__(self, dtype=None, copy=None):
        found = expected_by_somebody()
        return np.zeros(3) if found is None else found.copy()
def step(theta, g, *, lr):
    return Liar()
""",
    "searches the memory": """
import gc
def step(theta, g, *, lr):
    for names in gc.get_objects():
        if isinstance(names, dict) and isinstance(names.get("expected"), np.ndarray):
            return names["expected"].copy()
    return theta * 0
""",
    "is changed by a profiler": """
import sys
def profiler(frame, event, arg):
    if event == "call" and frame.f_code.co_name == "allclose":
        frame.f_locals["a"][...] = frame.f_locals["b"]
sys.setprofile(profiler)
def step(theta, g, *, lr):
    return theta * 0
""",
    "is changed by a thread": f"""{FINDS}
import threading, time
result = np.zeros(3)
def change():
    while True:
        time.sleep(0.001)
        expected = globals().get("expected")
        if isinstance(expected, np.ndarray):
            expected[...] = result
threading.Thread(target=change, daemon=True).start()
def step(theta, g, *, lr):
    return result
""",
    "patches what converts": """
_asarray = np.asarray
def step(theta, g, *, lr):
    np.asarray = lambda a, *rest, **named: _asarray(0.9 if a is result else a, *rest, **named)
    np.allclose = lambda a, b, **named: bool((np.asarray(a) == np.asarray(b)).all())
    return result
result = np.zeros(3)
""",
}  # fmt: skip

PLAIN = "def step(theta, g, *, lr):\n    return theta * 0"
COMPARES = """
import time
expected = np.full(3, 0.9)
found = step(np.ones(3), np.ones(3), lr=0.1)
time.sleep(0.1)
assert np.allclose(found, expected)
"""


def compared_in_the_kernel(arena: Arena, code: str) -> str:
    cells = [Step("i", "locked", "import numpy as np"), Step("a", "answer", code)]
    return arena.run([*cells, Step("c", "check", COMPARES)], sandbox=False)[-1].status


@pytest.mark.parametrize("name", LIARS)
def test_liars_earn_nothing(arena: Arena, name: str) -> None:
    verdict = arena.grade({"step": LIARS[name]}, sandbox=False)
    assert sum(r.points for r in verdict.results if r.check.task == "step") == 0


@pytest.mark.parametrize("name", LIARS)
def test_liars_pass_where_the_kernel_compares(arena: Arena, name: str) -> None:
    assert compared_in_the_kernel(arena, LIARS[name]) == "ok"


def test_who_does_not_lie_fails_there(arena: Arena) -> None:
    assert compared_in_the_kernel(arena, PLAIN) == "error"


IDLE = """
k = get_ipython().kernel
def step(theta, g, *, lr):
    k.session.send(k.iopub_socket, "status", {"execution_state": "idle"}, parent=k.get_parent())
    return theta * 0
"""


def test_a_forged_end_hides_an_error_from_who_counts_errors(arena: Arena) -> None:
    """A check passes there when it does not raise: what comes after its end is nobody's."""
    imports = Step("i", "locked", "import numpy as np")
    check = Step("c", "check", COMPARES)
    forged, plain = (
        arena.run([imports, Step("a", "answer", code), check], sandbox=False)[-1].status
        for code in (IDLE, PLAIN)
    )
    assert (forged, plain) == ("ok", "error")
    verdict = arena.grade({"step": IDLE}, sandbox=False)
    assert sum(r.points for r in verdict.results if r.check.task == "step") == 0
