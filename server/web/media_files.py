"""Answers a request for a finished file: conditions, ranges, headers.

The listener sends the bytes, not this thread.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import falcon

from server.disk import plain_failures
from server.errors import NotFound
from server.values.videos import MediaFile
from server.web import problems
from server.web.conditional import Outcome, Validators, evaluate, range_applies
from server.web.http_dates import format_http_date
from server.web.listener import FilePart, FileParts
from server.web.ranges import ByteRange, multipart, requested_ranges, unsatisfied

Disposition = Literal["inline", "attachment"]


def send_file(
    req: falcon.Request,
    resp: falcon.Response,
    file: MediaFile,
    *,
    cache_control: str,
    disposition: Disposition | None = None,
    opener: Callable[[str], FileIO] = FileIO,
) -> None:
    """Answer a GET or HEAD with `file`, or the parts of it that were asked for.

    `cache_control` is the header's value; `disposition` adds `Content-Disposition` with the file's download
    name, and `opener` opens it, for who wants to know when it is closed again. Raises `NotFound` when the
    file has gone, `Unavailable` when it cannot be read.
    """
    with _failures_in_words():
        opened = opener(file.path)
    try:
        handed_over = _answer(req, resp, file, opened, cache_control=cache_control, disposition=disposition)
    except BaseException:
        opened.close()
        raise
    if not handed_over:
        opened.close()


def read_text(file: MediaFile) -> str:
    """The text of a small file, to be changed before it is sent. Raises like `send_file`."""
    with _failures_in_words():
        return Path(file.path).read_text("utf-8")


@contextmanager
def _failures_in_words() -> Iterator[None]:
    with plain_failures():
        try:
            yield
        except FileNotFoundError:
            raise NotFound("This file is no longer there.") from None


def _answer(
    req: falcon.Request,
    resp: falcon.Response,
    file: MediaFile,
    opened: FileIO,
    *,
    cache_control: str,
    disposition: Disposition | None,
) -> bool:
    """Set everything; whether the response took the open file over."""
    now = datetime.now(UTC)
    status = os.fstat(opened.fileno())
    validators = _validators(file, status, now)
    resp.set_header("ETag", validators.etag)
    resp.set_header("Last-Modified", format_http_date(validators.last_modified))
    resp.set_header("Cache-Control", cache_control)
    resp.set_header("Accept-Ranges", "bytes")
    outcome = evaluate(req.method, _Fields(req), validators, now)
    if outcome is Outcome.NOT_MODIFIED:
        resp.status = falcon.HTTP_304
        return False
    if outcome is Outcome.PRECONDITION_FAILED:
        _refuse(resp, 412, "The file has changed since you last asked for it.", "precondition_failed")
        return False
    ranges = None
    if req.method == "GET" and range_applies(req.get_header("If-Range"), validators, now):
        ranges = requested_ranges(req.get_header("Range"), status.st_size)
    if ranges == ():
        resp.set_header("Content-Range", unsatisfied(status.st_size))
        _refuse(
            resp,
            416,
            f"The file has {status.st_size} bytes, and none of those asked for.",
            "range_not_satisfiable",
        )
        return False
    if disposition is not None:
        _name(resp, file.download_name, disposition)
    return _send(req, resp, file, opened, ranges=ranges, size=status.st_size)


def _send(
    req: falcon.Request,
    resp: falcon.Response,
    file: MediaFile,
    opened: FileIO,
    *,
    ranges: tuple[ByteRange, ...] | None,
    size: int,
) -> bool:
    resp.content_type = file.content_type
    if ranges is None:
        resp.content_length = size
        if req.method == "HEAD":
            return False
        resp.stream = opened
        return True
    resp.status = falcon.HTTP_206
    if len(ranges) == 1:
        resp.set_header("Content-Range", ranges[0].content_range(size))
        resp.content_length = ranges[0].length
        opened.seek(ranges[0].first)
        resp.stream = opened
        return True
    boundary = secrets.token_hex(16)
    pieces = multipart(ranges, size, file.content_type, boundary)
    body = FileParts(
        opened,
        [piece if isinstance(piece, bytes) else FilePart(piece.first, piece.length) for piece in pieces],
    )
    resp.content_type = f"multipart/byteranges; boundary={boundary}"
    resp.content_length = body.length
    resp.stream = body
    return True


def send_parts(
    req: falcon.Request, resp: falcon.Response, body: FileParts, *, version: str, cache_control: str
) -> None:
    """Answer a GET or HEAD with a segment, or the one range of it that was asked for. Takes `body` over.

    `version` changes with any byte of it.
    """
    now = datetime.now(UTC)
    validators = Validators(etag=f'"{version}"', last_modified=now.replace(microsecond=0))
    resp.set_header("ETag", validators.etag)
    resp.set_header("Cache-Control", cache_control)
    resp.set_header("Accept-Ranges", "bytes")
    outcome = evaluate(req.method, _Fields(req), validators, now)
    if outcome is Outcome.NOT_MODIFIED:
        resp.status = falcon.HTTP_304
        body.close()
        return
    if outcome is Outcome.PRECONDITION_FAILED:
        _refuse(resp, 412, "The segment has changed since you last asked for it.", "precondition_failed")
        body.close()
        return
    size = body.length
    ranges = None
    if req.method == "GET" and range_applies(req.get_header("If-Range"), validators, now):
        ranges = requested_ranges(req.get_header("Range"), size)
    if ranges == ():
        resp.set_header("Content-Range", unsatisfied(size))
        _refuse(
            resp, 416, f"The segment has {size} bytes, and none of those asked for.", "range_not_satisfiable"
        )
        body.close()
        return
    if ranges is not None and len(ranges) == 1:
        resp.status = falcon.HTTP_206
        resp.set_header("Content-Range", ranges[0].content_range(size))
        body = body.slice(ranges[0].first, ranges[0].length)
    resp.content_type = "video/mp4"
    resp.content_length = body.length
    if req.method == "HEAD":
        body.close()
        return
    resp.stream = body


def _validators(file: MediaFile, status: os.stat_result, now: datetime) -> Validators:
    """A strong entity tag: a file of ours is only ever replaced as a whole, and then its time differs, or its
    size.
    """
    modified = datetime.fromtimestamp(int(status.st_mtime), UTC)
    return Validators(
        etag=f'"{file.version}-{status.st_mtime_ns:x}-{status.st_size:x}"',
        last_modified=min(
            modified, now.replace(microsecond=0)
        ),  # section 8.8.2.1: never later than the answer
    )


def _name(resp: falcon.Response, name: str, disposition: Disposition) -> None:
    safe = "".join(letter if letter.isprintable() else " " for letter in Path(name).name).strip() or "video"
    resp.set_header("Content-Disposition", _disposition(disposition, safe))


def _disposition(disposition: Disposition, name: str) -> str:
    """RFC 6266: the name as it is for everybody (RFC 8187), and without what could end the quotes for old clients.

    Not Falcon's: it leaves a quotation mark as it is, so that a name could add parameters of its own.
    """
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_"
        for letter in name
    )
    header = f'{disposition}; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"


def _refuse(resp: falcon.Response, status: int, sentence: str, code: str) -> None:
    problems.send(resp, problems.make(status, sentence, code))


class _Fields(dict[str, str]):
    """The request headers that `conditional` reads, by their canonical names."""

    _NAMES = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")

    def __init__(self, req: falcon.Request) -> None:
        super().__init__({name: value for name in self._NAMES if (value := req.get_header(name)) is not None})
