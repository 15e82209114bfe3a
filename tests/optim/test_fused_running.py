"""How the fast engine runs: in place or not, on how many threads, with and without Numba."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

from nnedu.data import bowl
from nnedu.optim import RULES, Optimizer, Row, State, fused
from nnedu.train import train
from tests.needs import require

every_rule = pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry.name)
every_engine = pytest.mark.parametrize("engine", ["reference", "fused"])


@pytest.fixture(autouse=True)
def _numba() -> None:
    require("numba")


def make(entry: Row, engine: str = "fused") -> Optimizer:
    return Optimizer(entry.name, engine=engine, lr=entry.bowl_lr)


def run(opt: Optimizer, theta: Any, gs: Any) -> dict[str, np.ndarray]:
    state = opt.init(theta)
    for g in gs:
        theta, state = opt.step(theta, g, state)
    return {"theta": theta, **state.arrays}


def gradients(steps: int, size: int, dtype: Any = float) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(steps, size)).astype(dtype)


@every_rule
@every_engine
def test_step_is_a_value_unless_asked_to_work_in_place(entry: Row, engine: str) -> None:
    opt, theta, g = make(entry, engine), np.ones(4), gradients(1, 4)[0]
    state = opt.init(theta)
    inputs = [theta, g, *state.arrays.values()]
    copies = [array.copy() for array in inputs]
    new, after = opt.step(theta, g, state)
    for array, copy in zip(inputs, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not any(np.shares_memory(array, out) for out in (new, *after.arrays.values()))
    same, also = opt.step(theta, g, state, inplace=True)
    assert same is theta
    np.testing.assert_array_equal(g, copies[1])
    np.testing.assert_array_equal(theta, new)
    assert (state.t, also.t) == (0, 1)
    for name, array in also.arrays.items():
        assert array is state.arrays[name]
        np.testing.assert_array_equal(array, after.arrays[name])


@every_engine
def test_in_place_refuses_what_it_would_spoil(engine: str) -> None:
    opt, theta, g = Optimizer("adam", engine=engine), np.ones(4), np.ones(4)
    m = np.zeros(4)
    with pytest.raises(ValueError, match=r"v and m share memory; .* Pass v\.copy\(\)"):
        opt.step(theta, g, State(0, {"m": m, "v": m}), inplace=True)
    with pytest.raises(ValueError, match="theta and g share memory"):
        opt.step(theta, theta, opt.init(theta), inplace=True)
    theta.flags.writeable = False
    with pytest.raises(ValueError, match="theta is read-only; expected an array that inplace=True"):
        opt.step(theta, g, opt.init(g), inplace=True)
    g.flags.writeable = False
    assert opt.step(theta, g, opt.init(theta))[1].t == 1


@every_rule
def test_resuming_is_not_stopping(entry: Row) -> None:
    opt, gs, theta = make(entry), gradients(10, 7), np.ones(7)
    state = opt.init(theta)
    for step, g in enumerate(gs):
        theta, state = opt.step(theta, g, state, inplace=True)
        if step == 4:
            saved = theta.copy(), State(state.t, {k: a.copy() for k, a in state.arrays.items()})
    resumed, state = saved
    for g in gs[5:]:
        resumed, state = make(entry).step(resumed, g, state)
    np.testing.assert_array_equal(resumed, theta)


@every_rule
@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_threads_change_nothing(entry: Row, threads: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(fused, "SLICE", 100)
    theta, gs = np.ones(1234, np.float32), gradients(3, 1234, np.float32)
    expected = run(make(entry), theta, gs)
    monkeypatch.setattr(fused, "threads_for", lambda size: threads)
    for name, array in run(make(entry), theta, gs).items():
        np.testing.assert_array_equal(array, expected[name])


def test_threads_grow_with_the_vector_up_to_the_cores(monkeypatch: Any) -> None:
    monkeypatch.setattr(fused, "_most_threads", lambda: 8)
    assert [fused.threads_for(n) for n in (0, 55_050, fused.ALONE)] == [1, 1, 1]
    assert [fused.threads_for(n) for n in (fused.ALONE + 1, 10**8)] == [5, 8]


@pytest.mark.parametrize(("asked", "threads"), [("1", "1"), ("5", "5"), ("0", "whole number")])
def test_environment_limits_the_threads(asked: str, threads: str) -> None:
    done = python("from nnedu.optim import fused; print(fused.threads_for(10**8))", threads=asked)
    assert threads in (done.stdout or done.stderr)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets one say where a thread runs")
def test_threads_are_kept_off_the_core_of_the_caller(monkeypatch: Any) -> None:
    monkeypatch.setattr(fused, "SLICE", 100)
    monkeypatch.setattr(fused, "threads_for", lambda size: 4)
    cores = os.sched_getaffinity(0)
    opt, theta, gs = Optimizer("sgd", engine="fused", lr=0.1), np.ones(500), gradients(1, 500)
    run(opt, theta, gs)  # the threads start
    helpers = list(fused._pool(os.getpid(), 4)[1])  # a later run may start more
    assert helpers
    for core in (*cores, None):  # None: the system does not say
        monkeypatch.setattr(
            fused, "_current_core", core if core is None else lambda core=core: core
        )
        run(opt, theta, gs)
        where = [os.sched_getaffinity(helper) for helper in helpers]
        if core is not None:
            expected = cores - {core} or cores  # with one core there is nowhere else to go
        assert where == [expected] * len(helpers)
    assert os.sched_getaffinity(0) == cores


def test_several_threads_may_step_at_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(fused, "SLICE", 50)
    monkeypatch.setattr(fused, "threads_for", lambda size: 3)
    opt, gs = Optimizer("adam", engine="fused"), gradients(50, 500)
    expected = run(opt, np.ones(500), gs)["theta"]
    found: list[np.ndarray] = []
    at_once = [
        threading.Thread(target=lambda: found.append(run(opt, np.ones(500), gs)["theta"]))
        for _ in range(4)
    ]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    assert len(found) == 4
    for theta in found:
        np.testing.assert_array_equal(theta, expected)


def python(program: str, threads: str = "") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "NNEDU_THREADS": threads}
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=env,
        timeout=120,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_forked_child_has_threads_of_its_own() -> None:
    done = python(
        """
import os
import numpy as np
from nnedu.optim import Optimizer, fused
fused.threads_for = lambda size: 3
opt, theta = Optimizer("adam", engine="fused"), np.ones(1 << 20)
before, _ = opt.step(theta, theta, opt.init(theta))
child = os.fork()
after, _ = opt.step(theta, theta, opt.init(theta))
assert (after == before).all()
if child:
    print("child:", os.waitpid(child, 0)[1])
""",
        threads="3",
    )
    assert (done.stdout, done.stderr) == ("child: 0\n", "")


def test_without_numba_the_reference_runs_and_a_warning_says_so() -> None:
    done = python(
        """
import sys, warnings
sys.modules["numba"] = None  # what an import of it then raises is an ImportError
import numpy as np
from nnedu.optim import Optimizer
with warnings.catch_warnings(record=True) as notes:
    warnings.simplefilter("always")
    opt = Optimizer("sgd", lr=0.5, engine="fused")
print(opt.engine, len(notes), notes[0].filename, notes[0].message)
print(opt.step(np.ones(1), np.ones(1), opt.init(np.ones(1)))[0])
"""
    )
    first, second = done.stdout.splitlines()
    assert first.startswith("reference 1 <string> engine='fused' needs numba, which cannot be impo")
    assert first.endswith("Run: pip install 'nnedu[fast]'")
    assert second == "[0.5]"


def test_numba_is_imported_only_by_the_fused_engine() -> None:
    done = python(
        "import sys; from nnedu.optim import Optimizer; Optimizer('sgd', lr=1); "
        "print('numba' in sys.modules); Optimizer('sgd', lr=1, engine='fused'); "
        "print('numba' in sys.modules)"
    )
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("dtype", ["float16", ">f8"])
def test_other_floats_are_sent_to_the_reference(dtype: str) -> None:
    theta = np.ones(3, dtype)
    opt = Optimizer("sgd", lr=0.1, engine="fused")
    with pytest.raises(TypeError, match=f"{dtype}; the fused engine expected float32 or"):
        opt.step(theta, theta, opt.init(theta))


def test_repr_names_the_engine() -> None:
    made = repr(Optimizer("sgd", lr=0.5, engine="fused"))
    assert made == "Optimizer('sgd', lr=0.5, engine='fused')"
    assert eval(made, {"Optimizer": Optimizer}).engine == "fused"


@every_engine
def test_training_leaves_the_start_as_it_was(engine: str) -> None:
    start, kept = np.array([1.0, 1.0]), []
    found = train(
        bowl(10),
        start,
        Optimizer("adam", lr=0.05, engine=engine),
        iter(lambda: (), None),
        steps=3,
        evaluate=lambda theta: kept.append(theta) or {"x": theta[0]},
    )
    np.testing.assert_array_equal(start, [1.0, 1.0])
    np.testing.assert_array_equal([theta[0] for theta in kept], found.metrics["x"])
    assert np.all(np.diff(found.metrics["x"]) < 0)


def test_a_rule_with_the_same_loop_is_compiled_once() -> None:
    def twin(theta, g, *, t, lr):
        return (theta - lr * g,)

    loops = []
    for opt in (Optimizer("sgd", lr=1.0, engine="fused"), Optimizer(twin, lr=1.0, engine="fused")):
        run(opt, np.ones(1), [np.ones(1)])
        assert opt._fused is not None
        loops.append(opt._fused._loops[np.dtype(float)])
    assert loops[0] is loops[1]
    assert inspect.isfunction(loops[0].py_func)  # type: ignore[attr-defined]
