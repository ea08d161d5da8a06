"""How large the picture will be: pure arithmetic on sizes, pixel shapes and turns."""

from __future__ import annotations

from fractions import Fraction

import msgspec

#: No wider than H.264 decoders of phones take (level 5.1 hardware stops at 4096).
_MAX_WIDTH = 4096


class Size(msgspec.Struct, frozen=True):
    """Width and height in pixels."""

    width: int
    height: int


def target_size(width: int, height: int, pixel_aspect: Fraction, quarter_turns: int, max_lines: int) -> Size:
    """The upright size with square pixels: at most `max_lines` high, never enlarged, both sides even and at
    least 2.

    Pixels are made square by changing the width, so that every line stays what it is. One column or line is
    cut off an odd side.
    """
    wide, high = width * pixel_aspect, Fraction(height)
    if quarter_turns % 2:
        wide, high = high, wide
    scale = min(Fraction(1), max_lines / high, _MAX_WIDTH / wide)
    return Size(_even(wide * scale), _even(high * scale))


def fitted(width: int, height: int, within: Size) -> Size:
    """The largest even size of this shape that fits into `within`."""
    scale = min(Fraction(within.width, width), Fraction(within.height, height))
    return Size(_even(width * scale), _even(height * scale))


def _even(length: Fraction) -> int:
    return max(2, round(length) // 2 * 2)
