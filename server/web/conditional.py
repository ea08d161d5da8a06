"""Whether a conditional request is to be carried out: RFC 9110, section 13.

Pure; knows neither files nor Falcon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from server.web.http_dates import parse_http_date

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAG_LIST = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_ONE_TAG = re.compile(_TAG)


class Outcome(Enum):
    """What section 13.2.2 decides."""

    PROCEED = 200
    NOT_MODIFIED = 304
    PRECONDITION_FAILED = 412


@dataclass(frozen=True, slots=True)
class Validators:
    """What identifies the present state of a file: its entity tag, quotes and all, and its time in whole seconds."""

    etag: str
    last_modified: datetime


def evaluate(method: str, headers: Mapping[str, str], validators: Validators, now: datetime) -> Outcome:
    """Apply the preconditions in `headers` (looked up by their canonical names) in the order of section 13.2.2."""
    reading = method in {"GET", "HEAD"}
    if (match := headers.get("If-Match")) is not None:
        if not _matches(match, validators.etag, strong=True):
            return Outcome.PRECONDITION_FAILED
    elif (
        since := _date(headers, "If-Unmodified-Since", now)
    ) is not None and validators.last_modified > since:
        return Outcome.PRECONDITION_FAILED
    if (none_match := headers.get("If-None-Match")) is not None:
        if _matches(none_match, validators.etag, strong=False):
            return Outcome.NOT_MODIFIED if reading else Outcome.PRECONDITION_FAILED
    elif (
        reading
        and (since := _date(headers, "If-Modified-Since", now)) is not None
        and validators.last_modified <= since
    ):
        return Outcome.NOT_MODIFIED
    return Outcome.PROCEED


def range_applies(if_range: str | None, validators: Validators, now: datetime) -> bool:
    """Whether `Range` is to be looked at (section 13.1.5): there is no `If-Range`, or it names just this state.

    A date does so only when it is exact, and when the file had been left alone for a second when this was
    asked: else two states may bear it (section 8.8.2.2).
    """
    if if_range is None:
        return True
    value = if_range.strip(" \t")
    if value.startswith(('"', "W/")):
        return _ONE_TAG.fullmatch(value) is not None and _equal(value, validators.etag, strong=True)
    settled = now - validators.last_modified >= timedelta(seconds=1)
    return settled and parse_http_date(value, now) == validators.last_modified


def _date(headers: Mapping[str, str], name: str, now: datetime) -> datetime | None:
    value = headers.get(name)
    return None if value is None else parse_http_date(value, now)


def _matches(value: str, etag: str, *, strong: bool) -> bool:
    """Whether a list of entity tags, or `*`, covers `etag`. What is no such list covers nothing."""
    if value.strip(" \t") == "*":
        return True
    if _TAG_LIST.fullmatch(value) is None:
        return False
    return any(_equal(tag, etag, strong=strong) for tag in _ONE_TAG.findall(value))


def _equal(one: str, other: str, *, strong: bool) -> bool:
    """Section 8.8.3.2: strong comparison wants both strong, weak comparison takes no notice."""
    if strong:
        return one == other and not one.startswith("W/")
    return one.removeprefix("W/") == other.removeprefix("W/")
