"""Files that may be anything; names that may be anything; folders that may be anyone's."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nnedu.grading.documents import BadNotebook, parse_notebook, read_notebook, write_atomically
from nnedu.grading.layouts import find_submissions
from nnedu.grading.scoring import arrays_from
from nnedu.grading.seeds import parse_run_seed

GOOD = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}


def test_a_notebook_is_read() -> None:
    cell = {"cell_type": "code", "source": ["a\n", "b"], "metadata": None}
    parsed = parse_notebook(json.dumps({**GOOD, "cells": [cell]}).encode())
    assert parsed["cells"][0]["source"] == "a\nb"
    assert parsed["cells"][0]["metadata"] == {}


def test_a_byte_order_mark_is_no_reason_to_fail_a_student() -> None:
    assert parse_notebook(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())["cells"] == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "not valid JSON"),
        (b"[]", "JSON list"),
        (b"null", "NoneType"),
        (b'"text"', "JSON str"),
        (b"{}", "format None"),
        (json.dumps({**GOOD, "nbformat": 3}).encode(), "format 3"),
        (json.dumps({**GOOD, "nbformat": "4"}).encode(), "format 4; expected 4"),
        (json.dumps({**GOOD, "cells": {}}).encode(), "no list of cells"),
        (json.dumps({**GOOD, "cells": [3]}).encode(), "Cell 1"),
        (json.dumps({**GOOD, "cells": [{"cell_type": 3}]}).encode(), "Cell 1"),
        (json.dumps({**GOOD, "cells": [{"cell_type": "code", "source": [1]}]}).encode(), "Cell 1"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b"\x80abc", "not UTF-8"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "levels deep"),
        (b"[" * 1_000_000, "levels deep"),
        (b'{"cells": [' + b"1" * 5000 + b"]}", "not valid JSON"),
    ],
)
def test_bad_bytes(data: bytes, says: str) -> None:
    with pytest.raises(BadNotebook, match=says):
        parse_notebook(data)


def test_bad_files(tmp_path: Path) -> None:
    (tmp_path / "real.ipynb").write_text(json.dumps(GOOD))
    os.symlink(tmp_path / "real.ipynb", tmp_path / "link.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")
    with open(tmp_path / "large.ipynb", "wb") as file:
        file.truncate(10**9)
    read_notebook(tmp_path / "real.ipynb")
    for name, says in [
        ("link", "symbolic link"),
        ("pipe", "not a regular file"),
        ("large", "954 MB"),
        ("none", "No such file"),
    ]:
        with pytest.raises(BadNotebook, match=says):
            read_notebook(tmp_path / f"{name}.ipynb")


def test_submissions_are_found(tmp_path: Path) -> None:
    for name in [
        "a b'c\".ipynb",
        "new\nline.ipynb",
        "ünï.ipynb",
        "Upper.IPYNB",
        "moodle_12_file/hw.ipynb",
        "nbgrader/01_sample/01_sample.ipynb",
        "nbgrader/01_sample/.ipynb_checkpoints/01_sample-checkpoint.ipynb",
        "two/one.ipynb",
        "two/exercise.ipynb",
        "many/one.ipynb",
        "many/other.ipynb",
        "twice/x.ipynb",
        "twice.ipynb",
        ".hidden.ipynb",
        "readme.md",
    ]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    with open(os.fsencode(tmp_path) + b"/bytes\xff.ipynb", "w") as file:
        file.write("{}")
    (tmp_path / "none").mkdir()
    os.symlink(tmp_path / "two", tmp_path / "linked")
    found = {s.student: s for s in find_submissions(tmp_path, "01_sample")}
    assert set(found) == {
        "a b'c\"", "new\nline", "ünï", "Upper", "bytes\ufffd", "moodle_12_file", "nbgrader",
        "two", "many", "twice", "none", "linked",
    }  # fmt: skip
    assert found["two"].path == tmp_path / "two" / "exercise.ipynb"
    assert found["many"].path is None
    assert "2 notebooks" in found["many"].problem
    assert "symbolic link" in found["linked"].problem


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="per student"):
        find_submissions(tmp_path / "none", "01_sample")


def test_half_a_file_is_never_seen(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "new \udc80")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        {"label": "w", "kind": "f", "shape": [3], "values": ["1"]},
        {"label": "w", "kind": "f", "shape": [-1], "values": ["1"]},
        {"label": "w", "kind": "f", "shape": [10**30], "values": ["1"]},
        {"label": "w", "kind": "f", "shape": "ab", "values": ["1"]},
        {"label": "w", "kind": "f", "shape": [1], "values": [[1]]},
        {"label": "w", "kind": "f", "shape": [1], "values": ["__import__('os')"]},
        {"label": "w", "kind": "i", "shape": [1], "values": ["9" * 5000]},
        {"label": "w", "kind": "i", "shape": [1], "values": [str(2**70)]},
        {"label": "w", "kind": "b", "shape": [1], "values": ["true"]},
        {"label": "w", "kind": ["f"], "shape": [1], "values": ["1"]},
        {"label": ["w"], "kind": "f", "shape": [1], "values": ["1"]},
        {"label": "w" * 200, "kind": "f", "shape": [1], "values": ["1"]},
        {"label": "w", "kind": "f", "shape": [20001], "values": ["1"] * 20001},
    ],
)
def test_malformed_arrays_are_left_out(item: object) -> None:
    good = {"label": "v", "kind": "b", "shape": [1, 1], "values": ["True"]}
    arrays = arrays_from([item, good])
    assert list(arrays) == ["v"]
    assert arrays["v"].shape == (1, 1)


@pytest.mark.parametrize("text", ["", "12", "g" * 32, "0" * 33])
def test_a_seed_is_32_digits(text: str) -> None:
    with pytest.raises(ValueError, match="32 hexadecimal digits"):
        parse_run_seed(text)
