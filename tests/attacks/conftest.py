"""An arena: attacks on a lesson, each with all defences or with one of them off."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest

from nnedu.grading.judge import Verdict, judge
from nnedu.grading.lessons import Lesson, load_lesson
from nnedu.grading.rebuild import Step, collect_answers, steps_of
from nnedu.grading.reference import Expected, execute
from nnedu.grading.runner import Job, Outcome, outcomes_from, submit, worker_pool
from nnedu.grading.runtime import Runtime, make_runtime
from nnedu.grading.sandbox import Limits, sandbox_problem
from nnedu.grading.scoring import load_scorers
from nnedu.grading.seeds import check_seed
from tests.attacks.weakened import worker_without
from tests.grading.helpers import SAMPLE, SEED, answered
from tests.needs import require


class Arena:
    """Runs answers to a lesson as grading does, with chosen defences off."""

    def __init__(self, folder: Path, pool: Executor, lesson: Lesson | None = None) -> None:
        self.folder, self.pool = folder, pool
        self.lesson = lesson or load_lesson(SAMPLE / "solution.ipynb")
        self.scorers = load_scorers(self.lesson)
        self.seeds = {c.id: check_seed(SEED, self.lesson.slug, c.id) for c in self.lesson.checks}
        self.runtime = self.make_runtime("numpy")
        self.limits = Limits(cell=5, total=30, file=16)
        self.expected = self.expect(self.seeds)

    def make_runtime(self, *imports: str) -> Runtime:
        folder = self.folder / f"runtime{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        return make_runtime(imports, folder)

    def expect(self, seeds: dict[str, int] | None) -> Expected:
        return execute(self.lesson, lambda steps: self.run(steps, sandbox=False), seeds, [])

    def run(
        self,
        steps: list[Step],
        *,
        sandbox: bool = True,
        runtime: Runtime | None = None,
        **limits: Any,
    ) -> list[Outcome]:
        """Run cells; without bubblewrap on this machine the test is skipped."""
        if sandbox:
            require("bwrap")
            problem = sandbox_problem()
            if problem:
                pytest.skip(problem)
        job = Job(
            steps, runtime or self.runtime, dataclasses.replace(self.limits, **limits), sandbox
        )
        return outcomes_from(submit(self.pool, job.to_json()).result(), steps)

    def cell(self, code: str, **options: Any) -> Outcome:
        """Run one cell."""
        return self.run([Step("cell", "answer", code)], **options)[0]

    def cells(self, codes: list[str], **options: Any) -> list[Outcome]:
        """Run several cells in one kernel."""
        return self.run([Step(f"c{n}", "answer", code) for n, code in enumerate(codes)], **options)

    @contextlib.contextmanager
    def without(self, defence: str) -> Iterator[None]:
        """Take a defence of the worker's away for a while."""
        self.whole = self.pool
        with worker_without(defence) as self.pool:
            try:
                yield
            finally:
                self.pool, weak = self.whole, self.pool
                weak.shutdown()

    def grade(
        self,
        answers: dict[str, str],
        *,
        notebook: dict[str, Any] | None = None,
        expected: Expected | None = None,
        **options: Any,
    ) -> Verdict:
        """Grade answers (or a whole notebook) under the run's seeds, or those of `expected`."""
        expected = expected or self.expected
        found = collect_answers(self.lesson, notebook or answered(answers))
        steps = steps_of(self.lesson, found, expected.seeds, expected.given)
        outcomes = self.run(steps, **options)
        return judge(self.lesson, found, steps, outcomes, expected, self.scorers)


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    with worker_pool(1) as pool:
        yield Arena(tmp_path_factory.mktemp("arena"), pool)
