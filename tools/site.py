"""The built book as a zip for any static host.

python -m tools.site        _build/html, packed into _build/nnedu-site.zip
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

from tools import chapters

ROOT = chapters.HERE.root
SITE = ROOT / "_build" / "html"
BEGINNING = (1980, 1, 1, 0, 0, 0)  # of the zip format's time: equal sites give equal files


def entry(name: str) -> zipfile.ZipInfo:
    """How a file lies in a zip that is the same for the same files."""
    info = zipfile.ZipInfo(name, BEGINNING)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return info


def pack(site: Path, target: Path) -> int:
    """Pack a site; return how many files it has."""
    (site / ".nojekyll").touch()  # hosts that run Jekyll leave out folders that begin with _
    files = sorted(path for path in site.rglob("*") if path.is_file())
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in files:
            packed.writestr(entry(path.relative_to(site).as_posix()), path.read_bytes())
    part.replace(target)
    return len(files)


def main() -> int:
    if not (SITE / "index.html").exists():
        print("site: there is no book yet; run: make book", file=sys.stderr)
        return 1
    target = ROOT / "_build" / "nnedu-site.zip"
    count = pack(SITE, target)
    print(f"site: {SITE} ({count} files); {target} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
