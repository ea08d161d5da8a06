"""Units of an H.264 stream (ITU-T H.264, annex B): from start codes, as encoders write, to lengths, as MP4 has it."""

from __future__ import annotations

from collections.abc import Iterator

_START_CODE = b"\0\0\1"


def length_prefixed(stream: bytes) -> bytes:
    """The units of an Annex B stream, each after its length in 4 bytes.

    A unit never ends with a zero (7.4.1), so zeros before a start code belong to that.
    """
    units = (unit.rstrip(b"\0") for unit in stream.split(_START_CODE)[1:])
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units if unit)


def units_of(data: memoryview, length_size: int) -> Iterator[tuple[int, memoryview]]:
    """(type, bytes) of each unit of a picture in an MP4; type -1, and no more, where lengths do not add up or the
    forbidden bit is set.
    """
    position, end = 0, len(data)
    while position < end:
        body = position + length_size
        length = int.from_bytes(data[position:body], "big")
        if length == 0 or body + length > end or data[body] & 0x80:
            yield -1, data[position:]
            return
        yield data[body] & 0x1F, data[body : body + length]
        position = body + length
