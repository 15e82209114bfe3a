"""The zip of the site holds the site, and is the same for the same site."""

from __future__ import annotations

import zipfile

from tools import site


def test_the_zip_holds_every_file_and_is_reproducible(tmp_path):
    folder = tmp_path / "html"
    (folder / "_static").mkdir(parents=True)
    (folder / "index.html").write_text("a page")
    (folder / "_static" / "style.css").write_text("p {}")
    assert site.pack(folder, tmp_path / "one.zip") == 3
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        assert packed.testzip() is None
        assert sorted(packed.namelist()) == [".nojekyll", "_static/style.css", "index.html"]
        assert packed.read("_static/style.css") == b"p {}"
    (folder / "index.html").touch()
    site.pack(folder, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_without_a_book_it_says_what_to_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(site, "SITE", tmp_path)
    assert site.main() == 1
    assert "make book" in capsys.readouterr().err
