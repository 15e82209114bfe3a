"""The reference pages: complete, in order, made of today's docstrings, and nothing unproven."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from nnedu.optim import RULES, TENSOR_RULES, Optimizer, TensorOptimizer
from nnedu.parity.disagreements import DISAGREEMENTS
from nnedu.parity.report import load_report
from tests.test_layers import LAYERS, PACKAGE
from tools import reference
from tools.reference import conventions, docstrings, markdown
from tools.reference.choices import choices
from tools.reference.entries import Entry, UndocumentedError, entries, find, public, registry
from tools.reference.families import FAMILIES, Family, family
from tools.reference.normalisations import changed
from tools.reference.state import state

ROOT = Path(__file__).parents[2]
PAGES = [*(each.name for each in FAMILIES), "conventions"]
text = cache(reference.text)
every_page = pytest.mark.parametrize("page", PAGES)


def test_every_public_name_of_the_library_is_on_one_page() -> None:
    parts = {part for part in set().union(*LAYERS.values()) if not part.startswith("_")}
    there = {part for part in parts if list(PACKAGE.glob(f"{part}*"))}
    assert there == {package for each in FAMILIES for package in each.packages}
    names = [entry.qualified for each in FAMILIES for entry in entries(each)]
    assert len(names) == len(set(names))
    assert set(names) == {f"{part}.{name}" for part in there for name in public(part)}


@every_page
def test_each_page_is_in_the_book_and_says_where_its_text_goes(page: str) -> None:
    stub = (ROOT / "book" / "reference" / f"{page}.md").read_text(encoding="utf-8")
    assert f"\n<!-- reference: {page} -->\n" in stub
    assert f"- file: book/reference/{page}\n" in (ROOT / "book/_toc.yml").read_text()


@every_page
def test_links_within_the_reference_lead_somewhere(page: str) -> None:
    made = "".join(map(text, PAGES))
    labels = re.findall(r"^\(([\w-]+)\)=$", made, re.MULTILINE)
    assert len(labels) == len(set(labels))
    wanted = set(re.findall(r"\]\(#([\w-]+)\)", text(page)))
    assert wanted <= set(labels)


@every_page
def test_no_role_of_docstrings_and_no_address_is_left(page: str) -> None:
    prose = re.sub(r"^```\w+$.*?^```$", "", text(page), flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r":(func|class|meth|mod|attr):`", prose)
    assert not re.search(r"0x[0-9a-f]{6}|https?://", text(page))


def test_rules_stand_in_the_order_of_their_table() -> None:
    for page, rows in (("optimizers", RULES), ("tensors", TENSOR_RULES)):
        names = [entry.name for entry in entries(family(page))]
        # A row whose function nobody has exported yet has no entry: see CONTRIBUTING.
        places = [names.index(row.name) for row in rows if row.name in names]
        assert len(places) > 5
        assert places == sorted(places)
    names = [entry.name for entry in entries(family("schedules"))]
    assert (names[0], names[-1]) == ("constant", "ReduceOnPlateau")


def test_an_entry_holds_all_there_is_to_know() -> None:
    shown = text("optimizers").partition("### `adam`\n")[2].partition("\n### ")[0]
    for part in (
        "adam(theta, g, m, v, *, t, lr=0.001, beta1=0.9, beta2=0.999,\n    eps=1e-08)",
        "theta <- theta - lr m_hat / (sqrt(v_hat) + eps)",
        "8 bytes in float32",
        "`beta1`, `beta2` : *floats in [0, 1)*",
        "**Conventions.** Equals",
        "Source: Kingma & Ba (2015)",
        "Keras `keras.optimizers.Adam`: largest deviation",
        "Without this it would be",
        "{dropdown} Source code",
        "v_hat = v / (1 - beta2**t)",
    ):
        assert part in shown, part


def test_bytes_of_state_are_what_an_optimizer_holds() -> None:
    theta = np.zeros(12, np.float32)
    for row in RULES:
        held = Optimizer(row.name, lr=0.1).init(theta).nbytes / theta.size
        assert (state(row.name) or ("",))[0] == f"{held:.0f}"
    for name in ("lars", "lamb", "muon"):
        held = TensorOptimizer(name, shapes={"W": (3, 4)}, lr=0.1).init(theta).nbytes / theta.size
        assert (state(name) or ("",))[0] == f"{held:.0f}"
    # Adafactor keeps a number for each row and each column of 784 by 64.
    assert (state("adafactor") or ("", ""))[1].endswith("float32 3,392 bytes, 0.068 a parameter.")
    assert state("row") is None


def badly(text: str, **more: object) -> Entry:
    def method(x, y):
        return x, y

    method.__doc__ = text
    return Entry("optim", "method", method, Path(__file__), 1, docstrings.inspect.getdoc(method))


def test_a_public_name_without_complete_documentation_ends_the_build(monkeypatch) -> None:
    page = Family("optimizers", ("optim",))
    said = badly("Short.\n\nParameters\n----------\nx : float\n").problems(page)
    assert said == [
        "the first line is 'Short.'; expected a sentence",
        "Parameters does not name y",
        "there is no Returns section",
        "Notes has no **Conventions.**",
        "Notes has no Source: with a year",
        "there is no example",
    ]
    module = import_module("nnedu.losses.mse")
    monkeypatch.setattr(module.mse, "__doc__", "Mean squared error.")
    with pytest.raises(UndocumentedError, match=r"nnedu\.losses\.mse: .*does not name predictions"):
        entries(replace(family("losses")))


def test_a_class_must_speak_of_its_arguments() -> None:
    class Silent:
        """A class that says nothing of what it takes."""

        def __init__(self, size: int) -> None:
            self.size = size

    assert docstrings.class_problems(Silent) == ["nothing is said about size"]


def test_no_choice_without_evidence() -> None:
    for page, rows in choices().items():
        assert page in {family.name for family in FAMILIES}, page
        for row in rows:
            for link in row["evidence"]:
                assert re.search(r"\]\(/?[#\w/.-]+\)$|^\{ref\}`.+ <claim-[\w-]+>`$", link)
            for name in row["use"]:
                assert name in registry()


def test_what_the_figures_on_normalisation_say() -> None:
    others, shift, scale = (
        "the other examples of the batch change",
        "1 is added to every feature",
        "every feature is multiplied by 10",
    )
    assert changed("batch_norm", others) > 0.5
    assert all(changed(name, others) == 0 for name in ("layer_norm", "group_norm", "rms_norm"))
    assert changed("rms_norm", shift) > 0.5 > 1e-3 > changed("layer_norm", shift)
    assert max(changed(name, scale) for name in ("batch_norm", "layer_norm", "rms_norm")) < 1e-3


def test_the_page_of_conventions_shows_every_disagreement_and_every_adapter() -> None:
    shown = text("conventions")
    for each in DISAGREEMENTS:
        assert each.family in conventions.FAMILIES
        assert f"(disagreement-{each.id})=\n### {each.title}\n" in shown
        assert each.advice in shown
    for result in load_report().results:
        assert not result.sentence or result.sentence in shown, result


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("see :func:`adam`", "see [`adam`](#ref-optim-adam)"),
        ("a :class:`~nnedu.nn.Dense`", "a [`Dense`](#ref-class-nn-dense)"),
        (
            ":meth:`nnedu.optim.Optimizer.step`",
            "[`nnedu.optim.Optimizer.step`](#ref-class-optim-optimizer)",
        ),
        (":func:`nowhere_at_all`", "`nowhere_at_all`"),
        ("``a :func: b``", "``a :func: b``"),
    ],
)
def test_roles_become_links(written: str, shown: str) -> None:
    assert markdown.inline(written, "optim") == shown


def test_numpydoc_lists_are_read() -> None:
    found = docstrings.items(
        "\nm, v : arrays, shape (P,)\n    Both.\n\n    Two.\n**hyper\n    More.\n"
    )
    assert [item.names for item in found] == [("m", "v"), ("**hyper",)]
    assert found[0].kind == "arrays, shape (P,)"
    assert found[0].text == "Both.\n\nTwo."
    assert docstrings.items("float, or array\n") == [docstrings.Item((), "float, or array", "")]


def test_a_reference_to_nothing_is_none() -> None:
    assert find("nowhere") is None
    assert find("nnedu.train.train") is registry()["train.train"]


def test_the_books_stamp_knows_what_the_pages_are_made_of() -> None:
    names = {str(path.relative_to(ROOT)) for path in reference.sources()}
    assert {
        "src/nnedu/optim/adam.py",
        "src/nnedu/races.py",
        "src/nnedu/parity/data/report.json",
        "tools/reference/page.py",
    } <= names
