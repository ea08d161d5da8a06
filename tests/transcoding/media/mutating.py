"""Makes damaged copies of files: each number gives the same damage every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

#: Where containers keep what steers the rest: half of the damage goes here, to the first and the last bytes.
_HEADER_BYTES = 4096
_INTERESTING = (
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"\x00\x00\x00\x01",
)

Damage = Callable[[bytearray, random.Random], None]


def mutated(source: Path, number: int) -> bytes:
    """The bytes of `source` with the damage of `number`: one to four kinds of it, one after the other."""
    dice = random.Random(f"{source.name} {number}")
    data = bytearray(source.read_bytes())
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        dice.choice(_DAMAGE)(data, dice)
    return bytes(data)


def _place(data: bytearray, dice: random.Random) -> int:
    where = dice.random()
    if where < 0.35:
        return dice.randrange(min(len(data), _HEADER_BYTES) or 1)
    if where < 0.5:
        return max(0, len(data) - 1 - dice.randrange(min(len(data), _HEADER_BYTES) or 1))
    return dice.randrange(len(data) or 1)


def _flip_bits(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 4, 32, 256))):
        if data:
            data[_place(data, dice)] ^= 1 << dice.randrange(8)


def _overwrite(data: bytearray, dice: random.Random) -> None:
    at, length = _place(data, dice), dice.choice((1, 4, 64, 2048))
    filling = dice.choice((b"\x00", b"\xff", None))
    data[at : at + length] = dice.randbytes(length) if filling is None else filling * length


def _change_a_number(data: bytearray, dice: random.Random) -> None:
    """Lengths, counts, sizes and times are big-endian words in MP4, little-endian in AVI."""
    at = _place(data, dice)
    data[at : at + 4] = dice.choice(_INTERESTING)[:: dice.choice((1, -1))]


def _cut_off(data: bytearray, dice: random.Random) -> None:
    del data[_place(data, dice) :]


def _cut_out(data: bytearray, dice: random.Random) -> None:
    at = _place(data, dice)
    del data[at : at + dice.choice((1, 7, 188, 4096))]


def _repeat(data: bytearray, dice: random.Random) -> None:
    at = _place(data, dice)
    data[at:at] = data[at : at + dice.choice((1, 16, 1024))] * dice.choice((1, 3, 50))


def _swap(data: bytearray, dice: random.Random) -> None:
    one, other, length = _place(data, dice), _place(data, dice), dice.choice((4, 64, 1024))
    data[one : one + length], data[other : other + length] = (
        data[other : other + length],
        data[one : one + length],
    )


_DAMAGE: tuple[Damage, ...] = (
    *(_flip_bits, _flip_bits, _overwrite, _overwrite, _change_a_number, _change_a_number),
    *(_cut_off, _cut_out, _repeat, _swap),
)
