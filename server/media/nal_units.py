"""Units of an H.264 stream (ITU-T H.264, annex B): from start codes, as encoders write, to lengths, as MP4 has it."""

from __future__ import annotations

from collections.abc import Iterator

#: nal_unit_type (table 7-1) of a picture from which decoding can begin: nothing after it needs anything before it.
_IDR = 5
_START_CODE = b"\0\0\1"


def length_size_of(configuration: bytes) -> int:
    """How many bytes a unit's length has, by the `avcC` of an MP4 (ISO/IEC 14496-15, 5.3.3.1); 0 where units come after
    start codes.
    """
    is_avcc = configuration[:1] == b"\x01" and len(configuration) > 6
    return (configuration[4] & 3) + 1 if is_avcc else 0


def stands_alone(picture: memoryview, length_size: int) -> bool:
    """Whether decoding can begin with a picture; of a `length_size` of 0, its units come after start codes."""
    if not length_size:
        picture, length_size = memoryview(length_prefixed(bytes(picture))), 4
    return any(kind == _IDR for kind, _ in units_of(picture, length_size))


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
