"""Which files a chapter depends on: never one too few, and few enough to spare time."""

from __future__ import annotations

import pytest

from tools.chapters import HERE
from tools.dependencies import Package

FILES = {
    "__init__.py": '"""Top."""\n__version__ = "1"\n',
    "_check.py": "def positive(x): ...\n",
    "optim/__init__.py": (
        "from nnedu.optim.sgd import sgd\n"
        "from .adam import adam as adam\n"
        "from . import table\n"
        "__all__ = ['sgd', 'adam', 'RULES']\n"
        "RULES = (sgd, adam)\n"
    ),
    "optim/sgd.py": "from nnedu._check import positive\ndef sgd(): ...\n",
    "optim/adam.py": "def adam(): ...\n",
    "optim/table.py": "names = []\n",
    "data/__init__.py": "from nnedu.data.digits import load\n",
    "data/digits.py": "def load(): ...\n",
    "data/digits.csv": "1,2\n",
    "data/deep/raw.bin": "0",
    "plotting.py": "from nnedu import optim\ndef draw(): return optim.adam\n",
    "lazy/__init__.py": "def __getattr__(name): ...\n",
    "lazy/part.py": "x = 1\n",
    "loud/__init__.py": "from .one import one\nprint('imported')\n",
    "loud/one.py": "one = 1\n",
    "loud/two.py": "two = 1\n",
    "late.py": "def f():\n    from nnedu.optim.adam import adam\n",
    "typed.py": (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from nnedu.optim.adam import adam\n"
    ),
    "computed.py": "import importlib\nm = importlib.import_module('nnedu.' + 'optim')\n",
}
DATA = {"data/digits.csv", "data/deep/raw.bin"}
OPTIM = {name for name in FILES if name.startswith("optim/")} | {"_check.py"}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("src") / "nnedu"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Package(folder)


def used(package, code):
    return {path.relative_to(package.folder).as_posix() for path in package.used_by(code)}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import numpy as np", set()),
        ("from nnedu.optim import sgd", {"optim/sgd.py", "_check.py"}),
        ("from nnedu.optim import adam", {"optim/adam.py"}),
        ("from nnedu.optim.adam import adam", {"optim/adam.py"}),
        ("import nnedu.optim as o\no.adam", {"optim/adam.py"}),
        ("from nnedu import optim\noptim.adam()", {"optim/adam.py"}),
        ("from nnedu import optim\nf(optim)", OPTIM),
        ("from nnedu import optim\noptim.table.names", {"optim/table.py"}),
        ("from nnedu.optim import *", OPTIM),
        ("from nnedu.optim import RULES", OPTIM),
        ("from nnedu.plotting import draw", {"plotting.py", "optim/adam.py"}),
        ("from nnedu.data import load", {"data/digits.py"} | DATA),
        ("from nnedu.late import f", {"late.py", "optim/adam.py"}),
        ("from nnedu.typed import f", {"typed.py"}),
        ("from nnedu.lazy import anything", {"lazy/__init__.py", "lazy/part.py"}),
        ("from nnedu.loud import one", {"loud/__init__.py", "loud/one.py"}),
        ("from nnedu import __version__", {"__init__.py"}),
        ("def f():\n    from nnedu.optim import adam", {"optim/adam.py"}),
    ],
)
def test_what_is_followed(package, code, expected):
    assert used(package, code) == expected


@pytest.mark.parametrize(
    "code",
    [
        "import nnedu\ngetattr(nnedu, name)",
        "import nnedu.optim",
        "import importlib\nimportlib.import_module(name)",
        "from nnedu.computed import m",
        "eval('nnedu')",
        "from nnedu import no_such_name",
    ],
)
def test_where_it_is_unsure_everything_counts(package, code):
    assert used(package, code) == set(FILES)


def test_a_comment_vouches_for_one_call_and_no_other(package):
    vouched = "exec(text)  # imports nothing of nnedu"
    assert used(package, vouched) == set()
    assert used(package, f"{vouched}\nexec(other)") == set(FILES)


def test_code_that_is_not_python_is_refused(package):
    with pytest.raises(SyntaxError):
        package.used_by("%matplotlib inline")


def test_the_real_package_is_told_apart():
    """The point of it all: a chapter on one optimizer does not depend on another's file."""
    package = Package(HERE.root / "src" / "nnedu")
    names = used(package, "from nnedu.optim import sgd")
    assert "optim/sgd.py" in names
    assert "optim/adam.py" not in names
