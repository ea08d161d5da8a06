"""Units of an H.264 stream (ITU-T H.264, annex B): from start codes, as encoders write, to lengths, as MP4 has it."""

from __future__ import annotations

_START_CODE = b"\0\0\1"


def length_prefixed(stream: bytes) -> bytes:
    """The units of an Annex B stream, each after its length in 4 bytes.

    A unit never ends with a zero (7.4.1), so zeros before a start code belong to that.
    """
    units = (unit.rstrip(b"\0") for unit in stream.split(_START_CODE)[1:])
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units if unit)
