"""Show the built book to this machine only, compressed as static hosts do it.

python -m tools.serve --port 8000
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gzip
import http.server
import sys
from collections.abc import Sequence
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"
TEXT = {".css", ".html", ".ipynb", ".js", ".json", ".map", ".svg", ".txt", ".xml"}


@functools.lru_cache(maxsize=512)
def _packed(path: Path, changed: int) -> bytes:
    """A file in gzip, packed again once it has changed."""
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files; text goes out in gzip to whoever takes it."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        takes = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (takes and path.suffix in TEXT and path.is_file()):
            return super().send_head()
        packed = _packed(path, path.stat().st_mtime_ns)
        self.send_response(HTTPStatus.OK)
        kind = self.guess_type(str(path))
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if "text" in kind else kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(packed)))
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        return BytesIO(packed)

    def end_headers(self) -> None:
        # Files under _static carry a digest of their content in their address; pages change.
        fixed = "/_static/" in self.path and "?" in self.path
        self.send_header("Cache-Control", "max-age=31536000, immutable" if fixed else "no-cache")
        super().end_headers()


class QuietHandler(Handler):
    """The same without a line for each request, nor for each that a browser no longer wants."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        with contextlib.suppress(ConnectionError):
            super().copyfile(source, outputfile)

    def log_message(self, format: str, *args: object) -> None:
        pass


def server(port: int, site: Path = SITE) -> http.server.ThreadingHTTPServer:
    """A server of the site on the loopback address; port 0 picks a free one."""
    handler = functools.partial(QuietHandler, directory=str(site))
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.serve", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    if not (SITE / "index.html").exists():
        print("serve: there is no book yet; run: make book", file=sys.stderr)
        return 1
    try:
        serving = server(options.port)
    except OSError as error:
        print(
            f"serve: port {options.port}: {error.strerror}; try make serve PORT=8001",
            file=sys.stderr,
        )
        return 1
    print(f"http://127.0.0.1:{options.port}/index.html   (stop with Ctrl-C)", flush=True)
    with serving:
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
