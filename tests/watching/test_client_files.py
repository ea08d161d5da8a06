"""How the web client's own files are sent: gzipped to who reads that, and hashed names for good."""

from __future__ import annotations

import gzip
import re

import pytest

from server import paths


@pytest.fixture
def script(common_server):
    """The address of the client's script, and somebody who asks for it without decoding it."""
    if not (paths.web_dist_dir() / "index.html").exists():
        pytest.skip("needs the web client to be built (python3 tasks.py test does it)")
    stranger = common_server.stranger()
    found = re.search(r'src="(/assets/[^"]+\.js)"', stranger.get("/").text)
    assert found is not None

    def ask(accepts: str, **headers: str):
        with stranger.stream("GET", found[1], headers={"Accept-Encoding": accepts, **headers}) as answer:
            return answer, b"".join(answer.iter_raw())

    return ask


def test_whoever_reads_gzip_gets_it(script):
    plain, whole = script("identity")
    small, packed = script("gzip, deflate, br")
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == whole
    assert len(packed) < len(whole)
    for answer in (plain, small):
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in answer.headers["Vary"]
    # caches keep both apart, and each is known again
    assert plain.headers["ETag"] != small.headers["ETag"]
    again, nothing = script("gzip", **{"If-None-Match": small.headers["ETag"]})
    assert (again.status_code, nothing) == (304, b"")


@pytest.mark.parametrize(
    "accepts", ["", "br", "gzip;q=0", "gzip; q=0.000", "gzip;q=nonsense", "x-gzip-like", "*"]
)
def test_nobody_else_does(script, accepts):
    answer, _ = script(accepts)
    assert (answer.status_code, "Content-Encoding" in answer.headers) == (200, False)


@pytest.mark.parametrize("accepts", ["GZIP", "gzip;q=0.001", "deflate , gzip ; q=1"])
def test_however_it_is_written(script, accepts):
    answer, _ = script(accepts)
    assert answer.headers.get("Content-Encoding") == "gzip"


def test_a_refusal_is_not_said_to_be_gzip(script):
    answer, body = script("gzip", Range="bytes=99999999-")
    assert answer.status_code == 416
    assert "Content-Encoding" not in answer.headers
    assert b"range_not_satisfiable" in body
