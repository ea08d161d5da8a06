"""Which bytes a `Range` header asks for: RFC 9110, section 14. Pure; knows neither files nor Falcon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_RANGES = 16
"""More ranges than this in one request are answered with the whole file.

Players and PDF readers ask for 1 to 5.
"""

MAX_OVERLAPPING = 2
"""More ranges than this that overlap another one are answered with the whole file, as section 14.2 suggests.
"""

_SET = re.compile(r"bytes=(.*)", re.IGNORECASE | re.DOTALL)
_SPEC = re.compile(r"([0-9]*)-([0-9]*)")
_BEYOND_ANY_FILE = 10**18


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `first` to `last` of a file, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """The number of bytes."""
        return self.last - self.first + 1

    def content_range(self, size: int) -> str:
        """The `Content-Range` of a part of a file of `size` bytes."""
        return f"bytes {self.first}-{self.last}/{size}"


def unsatisfied(size: int) -> str:
    """The `Content-Range` of a 416 about a file of `size` bytes."""
    return f"bytes */{size}"


def requested_ranges(header: str | None, size: int) -> tuple[ByteRange, ...] | None:
    """The ranges to send of a file of `size` bytes, in the order they were asked for.

    None: there is no header, or it is to be ignored (another unit, bad syntax, a request for too much): send
    the file with 200. Empty: nothing that was asked for exists: 416. One: that range with 206. Several:
    `multipart/byteranges`.
    """
    specs = _parse(header or "")
    if not specs or len(specs) > MAX_RANGES:
        return None
    ranges = [each for spec in specs if (each := _resolve(spec, size)) is not None]
    if any(each.length == 0 for each in ranges):
        return None  # a suffix of an empty file: satisfiable, but no Content-Range can say so
    if sum(each.length for each in ranges) > size or _overlapping(ranges) > MAX_OVERLAPPING:
        return None
    return tuple(ranges)


def _parse(header: str) -> list[tuple[int | None, int | None]]:
    """Pairs of first and last position, None where one is left out; empty when the header is to be ignored.

    Section 14.2 has the whole header ignored when one of its ranges is invalid. Empty list elements are none
    (section 5.6.1.2).
    """
    match = _SET.fullmatch(header.strip(" \t"))
    elements = [element.strip(" \t") for element in match[1].split(",")] if match else []
    specs = []
    for element in filter(None, elements):
        spec = _SPEC.fullmatch(element)
        if spec is None or element == "-":
            return []
        first, last = _position(spec[1]), _position(spec[2])
        if first is not None and last is not None and last < first:
            return []
        specs.append((first, last))
    return specs


def _position(digits: str) -> int | None:
    """A number; None for no digits.

    Python refuses to convert thousands of digits, so what is beyond any file is cut.
    """
    significant = digits.lstrip("0")
    if not digits:
        return None
    return int(significant or "0") if len(significant) <= 18 else _BEYOND_ANY_FILE


def _resolve(spec: tuple[int | None, int | None], size: int) -> ByteRange | None:
    """The bytes that `spec` means in a file of `size` bytes; None when there are none."""
    first, last = spec
    if first is None:
        suffix = min(last or 0, size)
        return ByteRange(size - suffix, size - 1) if last else None
    if first >= size:
        return None
    return ByteRange(first, size - 1 if last is None else min(last, size - 1))


def _overlapping(ranges: Sequence[ByteRange]) -> int:
    """How many of the ranges share a byte with another one."""
    return sum(
        any(one is not other and one.first <= other.last and other.first <= one.last for other in ranges)
        for one in ranges
    )


def multipart(
    ranges: Sequence[ByteRange], size: int, content_type: str, boundary: str
) -> list[bytes | ByteRange]:
    """The body of a `multipart/byteranges` answer (section 14.6): literal bytes, and ranges to be taken from
    the file.
    """
    body: list[bytes | ByteRange] = []
    for number, each in enumerate(ranges):
        opening = "" if number == 0 else "\r\n"
        head = f"Content-Type: {content_type}\r\nContent-Range: {each.content_range(size)}\r\n\r\n"
        body += [f"{opening}--{boundary}\r\n{head}".encode("latin-1"), each]
    body.append(f"\r\n--{boundary}--\r\n".encode("latin-1"))
    return body
