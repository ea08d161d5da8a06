"""Conditional requests as RFC 9110, section 13 has them: the pure rules, then the whole way over a socket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import falcon
import falcon.testing
import pytest

from server.errors import NotFound
from server.values.videos import MediaFile
from server.web.conditional import Outcome, Validators, evaluate, range_applies
from server.web.http_dates import format_http_date, parse_http_date
from server.web.media_files import send_file
from tests.listener.raw_client import Answer
from tests.watching.raw_media import ServedFile, serving

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
MODIFIED = NOW - timedelta(days=1)
AT = format_http_date(MODIFIED)
BEFORE = format_http_date(MODIFIED - timedelta(seconds=1))
AFTER = format_http_date(MODIFIED + timedelta(seconds=1))
STRONG = Validators(etag='"a"', last_modified=MODIFIED)
WEAK = Validators(etag='W/"a"', last_modified=MODIFIED)

OK, SAME, FAILED = Outcome.PROCEED, Outcome.NOT_MODIFIED, Outcome.PRECONDITION_FAILED

RULES: dict[str, tuple[Outcome, str, dict[str, str], Validators]] = {
    "nothing asked": (OK, "GET", {}, STRONG),
    "If-Match, same": (OK, "GET", {"If-Match": '"a"'}, STRONG),
    "If-Match, in a list": (OK, "GET", {"If-Match": '"x", "a" ,,"y"'}, STRONG),
    "If-Match, another": (FAILED, "GET", {"If-Match": '"x"'}, STRONG),
    "If-Match, any": (OK, "GET", {"If-Match": "*"}, STRONG),
    "If-Match, weak tag asked": (FAILED, "GET", {"If-Match": 'W/"a"'}, STRONG),
    "If-Match, weak tag here": (FAILED, "GET", {"If-Match": 'W/"a"'}, WEAK),
    "If-Match, no list": (FAILED, "GET", {"If-Match": "a"}, STRONG),
    "If-Match, empty": (FAILED, "GET", {"If-Match": ""}, STRONG),
    "If-Unmodified-Since, exact": (OK, "GET", {"If-Unmodified-Since": AT}, STRONG),
    "If-Unmodified-Since, earlier": (FAILED, "GET", {"If-Unmodified-Since": BEFORE}, STRONG),
    "If-Unmodified-Since, later": (OK, "GET", {"If-Unmodified-Since": AFTER}, STRONG),
    "If-Unmodified-Since, no date": (OK, "GET", {"If-Unmodified-Since": "yesterday"}, STRONG),
    "If-Unmodified-Since is skipped after If-Match": (
        OK,
        "GET",
        {"If-Match": '"a"', "If-Unmodified-Since": BEFORE},
        STRONG,
    ),
    "If-None-Match, same": (SAME, "GET", {"If-None-Match": '"a"'}, STRONG),
    "If-None-Match, same, HEAD": (SAME, "HEAD", {"If-None-Match": '"a"'}, STRONG),
    "If-None-Match, same, PUT": (FAILED, "PUT", {"If-None-Match": '"a"'}, STRONG),
    "If-None-Match, another": (OK, "GET", {"If-None-Match": '"x"'}, STRONG),
    "If-None-Match, weakly the same": (SAME, "GET", {"If-None-Match": 'W/"a"'}, STRONG),
    "If-None-Match, weak here": (SAME, "GET", {"If-None-Match": '"a"'}, WEAK),
    "If-None-Match, any": (SAME, "GET", {"If-None-Match": " * "}, STRONG),
    "If-None-Match, a comma in a tag": (OK, "GET", {"If-None-Match": '"x,a"'}, STRONG),
    "If-None-Match, no list": (OK, "GET", {"If-None-Match": 'a"'}, STRONG),
    "If-Modified-Since, exact": (SAME, "GET", {"If-Modified-Since": AT}, STRONG),
    "If-Modified-Since, earlier": (OK, "GET", {"If-Modified-Since": BEFORE}, STRONG),
    "If-Modified-Since, later": (SAME, "GET", {"If-Modified-Since": AFTER}, STRONG),
    "If-Modified-Since, HEAD": (SAME, "HEAD", {"If-Modified-Since": AT}, STRONG),
    "If-Modified-Since, PUT": (OK, "PUT", {"If-Modified-Since": AT}, STRONG),
    "If-Modified-Since, no date": (OK, "GET", {"If-Modified-Since": "0"}, STRONG),
    "If-Modified-Since is skipped after If-None-Match": (
        OK,
        "GET",
        {"If-None-Match": '"x"', "If-Modified-Since": AT},
        STRONG,
    ),
    "If-Match comes before If-None-Match": (
        FAILED,
        "GET",
        {"If-Match": '"x"', "If-None-Match": '"a"'},
        STRONG,
    ),
    "both hold": (SAME, "GET", {"If-Match": '"a"', "If-None-Match": '"a"'}, STRONG),
}


@pytest.mark.parametrize(("outcome", "method", "headers", "validators"), RULES.values(), ids=RULES)
def test_rule(outcome: Outcome, method: str, headers: dict[str, str], validators: Validators) -> None:
    assert evaluate(method, headers, validators, NOW) is outcome


IF_RANGE: dict[str, tuple[bool, str | None, Validators, datetime]] = {
    "none": (True, None, STRONG, NOW),
    "same tag": (True, '"a"', STRONG, NOW),
    "another tag": (False, '"b"', STRONG, NOW),
    "weak tag asked": (False, 'W/"a"', STRONG, NOW),
    "weak tag here": (False, 'W/"a"', WEAK, NOW),
    "a list is no tag": (False, '"a", "b"', STRONG, NOW),
    "any is no tag": (False, "*", STRONG, NOW),
    "exact date": (True, AT, STRONG, NOW),
    "earlier date": (False, BEFORE, STRONG, NOW),
    "later date": (False, AFTER, STRONG, NOW),
    "no date": (False, "yesterday", STRONG, NOW),
    "a date that is too fresh": (False, AT, STRONG, MODIFIED + timedelta(milliseconds=900)),
}


@pytest.mark.parametrize(("applies", "value", "validators", "now"), IF_RANGE.values(), ids=IF_RANGE)
def test_if_range(applies: bool, value: str | None, validators: Validators, now: datetime) -> None:
    assert range_applies(value, validators, now) is applies


DATES: dict[str, tuple[str, datetime | None]] = {
    "IMF-fixdate": ("Sun, 06 Nov 1994 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
    "RFC 850": ("Sunday, 06-Nov-94 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
    "RFC 850, this century": ("Sunday, 06-Nov-26 08:49:37 GMT", datetime(2026, 11, 6, 8, 49, 37, tzinfo=UTC)),
    "asctime": ("Sun Nov  6 08:49:37 1994", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
    "leap second": ("Sat, 31 Dec 2016 23:59:60 GMT", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    "another zone": ("Sun, 06 Nov 1994 08:49:37 CET", None),
    "no such day": ("Sun, 31 Feb 1994 08:49:37 GMT", None),
    "no such hour": ("Sun, 06 Nov 1994 24:49:37 GMT", None),
    "ISO 8601": ("1994-11-06T08:49:37Z", None),
    "more behind it": ("Sun, 06 Nov 1994 08:49:37 GMT; length=5", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("text", "moment"), DATES.values(), ids=DATES)
def test_date(text: str, moment: datetime | None) -> None:
    assert parse_http_date(text, NOW) == moment


def test_dates_there_and_back() -> None:
    for days in range(0, 4000, 17):
        moment = datetime(2020, 1, 1, 1, 2, 3, tzinfo=UTC) + timedelta(days=days)
        assert parse_http_date(format_http_date(moment), NOW) == moment


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFile]:
    with serving(
        tmp_path_factory.mktemp("conditions") / "file.mp4", 1000, disposition="inline", name='Ä"\r\nX: y.mp4'
    ) as file:
        yield file


def _ask(served: ServedFile, *headers: str, method: str = "GET") -> Answer:
    with served.connect() as client:
        client.request(f"{method} /video", *headers)
        answer = client.read_answer(to_head=method == "HEAD")
        client.request("HEAD /video")  # a 304 keeps the connection
        assert client.read_answer(to_head=True).status == 200
    return answer


def test_headers(served: ServedFile) -> None:
    answer = _ask(served)
    assert answer.headers["etag"].startswith('"v1-')
    assert answer.headers["cache-control"] == "private, max-age=60"
    modified = parse_http_date(answer.headers["last-modified"], NOW)
    assert modified == datetime.fromtimestamp(int(served.path.stat().st_mtime), UTC)
    assert answer.headers["content-disposition"].startswith("inline; ")
    assert "x" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_not_modified(served: ServedFile, method: str) -> None:
    first = _ask(served)
    for header in (
        f"If-None-Match: {first.headers['etag']}",
        f"If-Modified-Since: {first.headers['last-modified']}",
    ):
        answer = _ask(served, header, method=method)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == first.headers["etag"]
        assert answer.headers["cache-control"] == first.headers["cache-control"]
        assert "content-length" not in answer.headers
        assert "connection" not in answer.headers


def test_precondition_failed(served: ServedFile) -> None:
    answer = _ask(served, 'If-Match: "another"', "Range: bytes=0-9")
    assert answer.status == 412
    assert b'"code":"precondition_failed"' in answer.body


def test_conditions_come_before_ranges(served: ServedFile) -> None:
    etag = _ask(served).headers["etag"]
    assert _ask(served, f"If-None-Match: {etag}", "Range: bytes=5000-").status == 304
    assert _ask(served, f"If-Match: {etag}", "Range: bytes=5000-").status == 416


def test_if_range_over_the_wire(served: ServedFile) -> None:
    etag = _ask(served).headers["etag"]
    assert _ask(served, "Range: bytes=0-9", f"If-Range: {etag}").body == served.content[:10]
    stale = _ask(served, "Range: bytes=0-9", 'If-Range: "old"')
    assert (stale.status, stale.body) == (200, served.content)
    assert _ask(served, "Range: bytes=5000-", 'If-Range: "old"').status == 200


def test_a_replaced_file_has_another_tag(served: ServedFile) -> None:
    before = _ask(served).headers["etag"]
    staged = served.path.with_suffix(".new")
    staged.write_bytes(served.content)
    staged.replace(served.path)
    assert _ask(served).headers["etag"] != before


def test_a_file_that_has_gone(tmp_path: Path) -> None:
    gone = MediaFile(
        path=str(tmp_path / "gone"), content_type="video/mp4", version="1", download_name="gone.mp4"
    )
    with pytest.raises(NotFound):
        send_file(falcon.testing.create_req(), falcon.Response(), gone, cache_control="no-store")
