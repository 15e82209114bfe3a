"""The server compresses text for whoever takes it, and hands the same bytes to everybody."""

from __future__ import annotations

import gzip
import threading
import urllib.error
import urllib.request

import pytest

from tools import serve


@pytest.fixture
def address(tmp_path):
    (tmp_path / "page.html").write_text("<p>words, words, words</p>" * 100, encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(bytes(range(256)))
    with serve.server(0, tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def get(address, **headers):
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return answer.read(), answer.headers


def test_text_is_compressed_for_those_who_take_it(address, tmp_path):
    packed, headers = get(f"{address}/page.html", **{"Accept-Encoding": "gzip"})
    plain, bare = get(f"{address}/page.html")
    assert headers["Content-Encoding"] == "gzip"
    assert bare["Content-Encoding"] is None
    assert gzip.decompress(packed) == plain == (tmp_path / "page.html").read_bytes()
    assert len(packed) < len(plain) / 5
    assert headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_page_that_changed_is_sent_anew(address, tmp_path):
    get(f"{address}/page.html", **{"Accept-Encoding": "gzip"})
    (tmp_path / "page.html").write_text("other", encoding="utf-8")
    packed, _ = get(f"{address}/page.html", **{"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed) == b"other"


def test_pictures_are_sent_as_they_are(address):
    found, headers = get(f"{address}/picture.png", **{"Accept-Encoding": "gzip"})
    assert found == bytes(range(256))
    assert headers["Content-Encoding"] is None


@pytest.mark.parametrize("path", ["nowhere.html", "../secret", "%2e%2e/secret"])
def test_nothing_else_is_served(address, tmp_path, path):
    (tmp_path.parent / "secret").write_text("not for you")
    with pytest.raises(urllib.error.HTTPError) as error:
        get(f"{address}/{path}")
    assert error.value.code == 404
    error.value.close()


def test_only_this_machine_is_served(tmp_path):
    with serve.server(0, tmp_path) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_named(tmp_path, capsys, monkeypatch):
    (tmp_path / "index.html").touch()
    monkeypatch.setattr(serve, "SITE", tmp_path)
    with serve.server(0, tmp_path) as server:
        assert serve.main(["--port", str(server.server_port)]) == 1
    assert "make serve PORT=8001" in capsys.readouterr().err
