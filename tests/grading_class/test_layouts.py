"""Every layout gives each student one entry, or an entry that says why there is none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nnedu.grading.layouts import Submission, find_submissions

SLUG = "01_sample"
OF_LESSON = json.dumps(
    {"nbformat": 4, "cells": [], "metadata": {"nnedu": {"lesson": {"slug": SLUG}}}}
)


def put(folder: Path, name: str, text: str = "{}") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(folder: Path) -> dict[str, Submission]:
    entries = find_submissions(folder, SLUG)
    assert len({item.student for item in entries}) == len(entries)
    return {item.student: item for item in entries}


def test_flat(tmp_path: Path) -> None:
    ada = put(tmp_path, "ada.ipynb")
    put(tmp_path, "names.csv")
    put(tmp_path, ".hidden.ipynb")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    put(tmp_path, "Group 2024_11_x.ipynb")
    assert found(tmp_path) == {
        "ada": Submission("ada", ada),
        "Group 2024_11_x": Submission("Group 2024_11_x", tmp_path / "Group 2024_11_x.ipynb"),
    }


def test_a_download_that_a_browser_renamed_is_named(tmp_path: Path) -> None:
    put(tmp_path, "ada.ipynb.txt")
    assert "ends in .ipynb" in found(tmp_path)["ada"].problem


def test_folder_per_student(tmp_path: Path) -> None:
    ada = put(tmp_path, "ada/week 1/homework.ipynb")
    put(tmp_path, "ada/.ipynb_checkpoints/homework-checkpoint.ipynb")
    grace = put(tmp_path, f"grace/{SLUG}.ipynb")
    put(tmp_path, "grace/scratch.ipynb")
    by_content = put(tmp_path, "alan/final.ipynb", OF_LESSON)
    put(tmp_path, "alan/other.ipynb", OF_LESSON.replace(SLUG, "02_other"))
    put(tmp_path, "several/a.ipynb", OF_LESSON)
    put(tmp_path, "several/b.ipynb", OF_LESSON)
    (tmp_path / "empty").mkdir()
    entries = found(tmp_path)
    assert (entries["ada"].path, entries["grace"].path) == (ada, grace)
    assert entries["alan"].path == by_content
    assert entries["several"].path is None
    assert "2 notebooks (a.ipynb, b.ipynb)" in entries["several"].problem
    assert "no notebook" in entries["empty"].problem


@pytest.mark.parametrize("start", ["", "submitted"])
def test_nbgrader(tmp_path: Path, start: str) -> None:
    put(tmp_path, "nbgrader_config.py")
    put(tmp_path, f"source/{SLUG}/x.ipynb")
    ada = put(tmp_path, f"submitted/ada/{SLUG}/x.ipynb")
    put(tmp_path, "submitted/ada/02_other/y.ipynb")
    put(tmp_path, f"submitted/ada/{SLUG}/timestamp.txt")
    grace = put(tmp_path, "submitted/grace/ps1/x.ipynb")
    entries = found(tmp_path / start)
    assert {name: item.path for name, item in entries.items()} == {"ada": ada, "grace": grace}


def test_moodle(tmp_path: Path) -> None:
    ada = put(tmp_path, "Ada Lovelace_1234567_assignsubmission_file_/work.ipynb")
    put(tmp_path, "Ada Lovelace_1234567_assignsubmission_onlinetext_/onlinetext.html")
    put(tmp_path, "Alan Turing_7654321_assignsubmission_onlinetext_/onlinetext.html")
    grace = put(tmp_path, "Grace_M Hopper_42_assignsubmission_file_work.ipynb")
    put(tmp_path, "Joan Clarke_43_assignsubmission_file_work.pdf")
    entries = found(tmp_path)
    assert entries["Ada Lovelace_1234567"] == Submission(
        "Ada Lovelace_1234567", ada, "", "Ada Lovelace", "moodle", "1234567"
    )
    assert entries["Grace_M Hopper_42"].path == grace
    assert entries["Grace_M Hopper_42"].name == "Grace_M Hopper"
    assert "as text" in entries["Alan Turing_7654321"].problem
    assert entries["Joan Clarke_43"].path is None
    assert ".ipynb" in entries["Joan Clarke_43"].problem
    assert len(entries) == 4


def test_canvas(tmp_path: Path) -> None:
    ada = put(tmp_path, "lovelaceada_12345_67890_work-1.ipynb")
    late = put(tmp_path, "turingalan_LATE_12346_67891_work.ipynb")
    put(tmp_path, "hoppergrace_12347_67892_work.pdf")
    put(tmp_path, "clarkejoan_12348_67893_a.ipynb")
    put(tmp_path, "clarkejoan_12348_67894_b.ipynb")
    entries = found(tmp_path)
    assert entries["lovelaceada_12345"] == Submission(
        "lovelaceada_12345", ada, "", "lovelaceada", "canvas", "12345"
    )
    assert entries["turingalan_12346"].late
    assert entries["turingalan_12346"].path == late
    assert entries["hoppergrace_12347"].path is None
    twice = entries["clarkejoan_12348"]
    assert twice.path is None
    assert "2 submissions of this student" in twice.problem
    assert "clarkejoan_12348_67893_a.ipynb" in twice.problem


def test_who_is_there_twice_gets_no_guess(tmp_path: Path) -> None:
    put(tmp_path, "ada.ipynb")
    put(tmp_path, "ada/work.ipynb")
    entry = found(tmp_path)["ada"]
    assert entry.path is None
    assert "expected one" in entry.problem


@pytest.mark.skipif(os.name != "posix", reason="symbolic links need POSIX here")
def test_links_are_not_followed(tmp_path: Path) -> None:
    elsewhere = put(tmp_path, "elsewhere/secret.ipynb")
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "file.ipynb").symlink_to(elsewhere)
    (folder / "folder").symlink_to(elsewhere.parent)
    (folder / "inside").mkdir()
    (folder / "inside" / "work.ipynb").symlink_to(elsewhere)
    (folder / "deep").mkdir()
    (folder / "deep" / "link").symlink_to(elsewhere.parent)
    entries = found(folder)
    assert all(item.path is None for item in entries.values())
    for name in ("file", "folder", "inside"):
        assert "symbolic link" in entries[name].problem
    assert "no notebook" in entries["deep"].problem


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="expected one with a notebook"):
        find_submissions(tmp_path / "missing", SLUG)


def test_order_is_that_of_names(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        put(tmp_path, f"{name}.ipynb")
    assert [item.student for item in find_submissions(tmp_path, SLUG)] == ["a", "b", "c"]
