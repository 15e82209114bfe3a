"""A pytest plugin: keeps what each notebook cell put out while nbval runs it.

nbval executes the cells and compares the outputs it was asked to compare. It merges a cell's
prints into one before it lets go of them, so the messages are read here as they come from the
kernel, and the outputs keep the order that Jupyter shows. The result is written, as JSON, to the
file named by ``--capture-to``.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from nbformat import v4

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--capture-to", help="file to write the outputs of the cells to")
    parser.addoption("--no-compare", action="store_true", help="ignore the stored outputs")


def pytest_configure(config: pytest.Config) -> None:
    target = Path(config.getoption("--capture-to"))
    config.pluginmanager.register(_Capture(target, config.getoption("--no-compare")))


class _Outputs:
    """The outputs of one cell, put together from the kernel's messages."""

    def __init__(self) -> None:
        self.outputs: list[Any] = []
        self.execution_count: int | None = None
        self._request: str | None = None  # an earlier cell's thread may still be printing
        self._clear_first = False

    def receive(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        request = message["parent_header"].get("msg_id")
        if kind == "execute_input":
            self._request, self.execution_count = request, content["execution_count"]
        elif request != self._request:
            return
        elif kind == "clear_output":
            self._clear_first = True
            if not content.get("wait"):
                self._clear()
        elif kind == "update_display_data":
            display_id = content["transient"]["display_id"]
            for output in self.outputs:
                if output.get("display_id") == display_id:
                    output.update(data=content["data"], metadata=content["metadata"])
        elif kind in {"stream", "display_data", "execute_result", "error"}:
            self._clear()
            self._add(v4.output_from_msg(message), content)

    def _clear(self) -> None:
        if self._clear_first:
            self.outputs, self._clear_first = [], False

    def _add(self, output: Any, content: dict[str, Any]) -> None:
        last = self.outputs[-1] if self.outputs else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last["text"] += output.text
            return
        if "display_id" in content.get("transient", {}):
            output["display_id"] = content["transient"]["display_id"]
        self.outputs.append(output)

    def as_json(self) -> list[Any]:
        for output in self.outputs:
            output.pop("display_id", None)
        return self.outputs


def _keep_history(kernel: Any) -> None:
    """Make cells count as in Jupyter: nbval's do not, and then a final semicolon has no effect."""
    client = kernel.kc
    if "execute" not in vars(client):
        plain = client.execute
        client.execute = lambda *a, **options: plain(*a, **options | {"store_history": True})


class _Capture:
    def __init__(self, target: Path, no_compare: bool) -> None:
        self.target = target
        self.no_compare = no_compare
        self.cells: list[dict[str, Any]] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Any:
        outputs = _Outputs()
        _keep_history(item.parent.kernel)
        if self.no_compare:
            item.options["check"], item.cell.outputs = False, []
        ask = item.parent.get_kernel_message

        def ask_and_note(*args: Any, **kwargs: Any) -> Any:
            message = ask(*args, **kwargs)
            outputs.receive(message)
            return message

        item.parent.get_kernel_message = ask_and_note
        started = time.perf_counter()
        error = None
        try:
            return (yield)
        except BaseException as raised:
            if not isinstance(raised, pytest.skip.Exception):
                trace = getattr(raised, "inner_traceback", None) or ""
                error = _COLOURS.sub("", f"{raised}\n{trace}").strip()
            raise
        finally:
            item.parent.get_kernel_message = ask
            self.cells.append(
                {
                    "number": item.cell_num,
                    "source": item.cell.source,
                    "seconds": round(time.perf_counter() - started, 3),
                    "execution_count": outputs.execution_count,
                    "outputs": outputs.as_json(),
                    "error": error,
                }
            )

    def pytest_sessionfinish(self) -> None:
        self.target.write_text(json.dumps(self.cells), encoding="utf-8")
