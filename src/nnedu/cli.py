"""The command `nnedu`: lessons for learners, building and proving them, grading a class."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import nnedu
from nnedu.grading import command as grade_command

LESSON_HELP = "the lesson's name, such as 03_gradient_descent, or a part of it"


class Stop(Exception):
    """An error that ends the command with a message."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of this process otherwise.

    Returns
    -------
    int
        0: all is well; 1: a check did not pass or a proof failed; 2: it could not be done.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Stop as error:
        print(f"nnedu: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if not error.name or error.name.split(".")[0] == "nnedu":
            raise
        print(
            f"nnedu: {error.name} is not installed; lessons and grading need "
            "`pip install 'nnedu[grading]'`.",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("\nnnedu: interrupted; nothing was written.", file=sys.stderr)
        return 130
    except Exception as error:
        if type(error).__module__.split(".")[0] != "nnedu" and not isinstance(
            error, OSError | ValueError
        ):
            raise
        print(f"nnedu: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="nnedu", description=__doc__)
    parser.add_argument("--version", action="version", version=nnedu.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _lesson_parser(commands.add_parser("lesson", help="work through, build and prove lessons"))
    grade = commands.add_parser("grade", help="grade a folder of submissions")
    grade_command.add_options(grade, LESSON_HELP)
    _where(grade)
    grade.set_defaults(run=grade_command.run)
    return parser


def _lesson_parser(parser: argparse.ArgumentParser) -> None:
    """Add the commands below `nnedu lesson`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("list", help="show the lessons there are")
    command.set_defaults(run=_list)
    _where(command)
    command = commands.add_parser("start", help="copy an exercise to work on")
    command.add_argument("lesson", help=LESSON_HELP)
    command.add_argument("dest", nargs="?", help="file or folder; default: SLUG.ipynb")
    command.set_defaults(run=_start)
    _where(command)
    command = commands.add_parser("check", help="check your notebook on the practice inputs")
    command.add_argument("file", type=Path)
    command.set_defaults(run=_check)
    _where(command)
    command = commands.add_parser("build", help="generate exercise.ipynb from solution.ipynb")
    command.add_argument("lesson", nargs="?", help=LESSON_HELP + "; default: all")
    command.add_argument("--check", action="store_true", help="only say what is stale")
    command.add_argument("--nbgrader", action="store_true", help="write a course for nbgrader")
    command.add_argument("--out", type=Path, metavar="DIR", help="with --nbgrader: its folder")
    command.add_argument("--seed", help="with --nbgrader: the seed of its hidden inputs")
    command.set_defaults(run=_build)
    _where(command)
    command = commands.add_parser("new", help="start a lesson of your own from a template")
    command.add_argument("lesson", metavar="SLUG", help="its name, such as 05_my_lesson")
    command.add_argument(
        "--lessons", type=Path, metavar="DIR", required=True, help="the folder of your lessons"
    )
    command.set_defaults(run=_new)
    command = commands.add_parser("prove", help="prove that a lesson's checks catch mistakes")
    command.add_argument("lesson", nargs="?", help=LESSON_HELP + "; default: all")
    command.set_defaults(run=_prove)
    _where(command)


def _where(parser: argparse.ArgumentParser) -> None:
    """Add the option that says where lessons are."""
    parser.add_argument("--lessons", type=Path, metavar="DIR", help="folder that holds lessons")


def _list(options: argparse.Namespace) -> int:
    """Show name, minutes, hardware, points and title of every lesson."""
    from nnedu.grading.lessons import find_lessons, load_lesson

    found = find_lessons(options.lessons)
    if not found:
        raise Stop("no lessons found; name a folder with --lessons DIR.")
    for slug, folder in found.items():
        names = ("exercise.ipynb", "solution.ipynb")
        lesson = load_lesson(next(folder / name for name in names if (folder / name).exists()))
        about = f"{lesson.minutes:g} min, {lesson.hardware}, {lesson.points:g} points"
        print(f"{slug:<24} {lesson.title} ({about})")
    return 0


def _start(options: argparse.Namespace) -> int:
    """Copy an exercise; never over a file that exists."""
    from nnedu.grading.lessons import find_lesson

    folder = find_lesson(options.lesson, options.lessons)
    target = Path(options.dest or f"{folder.name}.ipynb")
    if target.is_dir() or (options.dest or "").endswith(("/", os.sep)):
        target = target / f"{folder.name}.ipynb"
    source = folder / "exercise.ipynb"
    if not source.exists():
        raise Stop(f"{folder} has no exercise.ipynb yet; run `nnedu lesson build {folder.name}`.")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(source, "rb") as text, open(target, "xb") as copy:
            shutil.copyfileobj(text, copy)
    except FileExistsError:
        raise Stop(
            f"{target} exists and may hold your work; name another file: "
            f"`nnedu lesson start {folder.name} OTHER.ipynb`."
        ) from None
    print(f"{target} is yours. Open it in Jupyter; check it with `nnedu lesson check {target}`.")
    return 0


def _check(options: argparse.Namespace) -> int:
    """Check a learner's notebook."""
    from nnedu.grading.practice import check_file, lines

    lesson, verdict = check_file(options.file, options.lessons)
    print(lesson.title)
    for line in lines(lesson, verdict):
        print(line)
    return 0 if all(result.verdict == "passed" for result in verdict.results) else 1


def _chosen(options: argparse.Namespace) -> list[Path]:
    """Return the folders of the lessons named, or of all that have a solution."""
    from nnedu.grading.lessons import find_lesson, find_lessons

    if options.lesson is not None:
        return [find_lesson(options.lesson, options.lessons)]
    folders = [f for f in find_lessons(options.lessons).values() if (f / "solution.ipynb").exists()]
    if not folders:
        raise Stop("no lesson with a solution.ipynb found; name a folder with --lessons DIR.")
    return folders


def _build(options: argparse.Namespace) -> int:
    """Build lessons, or say which are stale; or write their edition for nbgrader."""
    from nnedu.grading.build import build_lesson

    if options.nbgrader:
        return _build_nbgrader(options)
    if options.out is not None or options.seed is not None:
        raise Stop("--out and --seed belong to --nbgrader; build alone writes exercise.ipynb.")
    stale = False
    for folder in _chosen(options):
        changed = build_lesson(folder, check=options.check)
        stale = stale or bool(changed)
        word = "stale" if options.check else "written"
        print(f"{folder.name}: {word + ': ' + ', '.join(changed) if changed else 'up to date'}")
    return 1 if options.check and stale else 0


def _build_nbgrader(options: argparse.Namespace) -> int:
    """Write an edition for nbgrader."""
    from nnedu.grading.nbgrader_edition import TRUST, build_editions

    if options.out is None or options.check:
        raise Stop("--nbgrader writes a course folder: name it with --out DIR, without --check.")
    for path in build_editions(_chosen(options), options.out, options.seed):
        print(path)
    print(f"Next, in {options.out}: nbgrader generate_assignment SLUG (README.md has the rest).")
    print(f"\n{TRUST}", end="")
    return 0


def _new(options: argparse.Namespace) -> int:
    """Start a lesson."""
    from nnedu.grading.new_lesson import new_lesson

    for path in new_lesson(options.lesson, options.lessons):
        print(path)
    for action in ("build", "prove"):
        print(f"Next: nnedu lesson {action} {options.lesson} --lessons {options.lessons}")
    return 0


def _prove(options: argparse.Namespace) -> int:
    """Prove lessons and print the proofs."""
    from nnedu.grading.prove import prove_lesson, table

    proven = True
    for folder in _chosen(options):
        findings = prove_lesson(folder)
        proven = proven and all(finding.ok for finding in findings)
        print(f"{folder.name}\n{table(findings)}")
    return 0 if proven else 1


if __name__ == "__main__":
    sys.exit(main())
