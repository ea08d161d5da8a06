"""Chunked bodies: RFC 9112, section 7.1, however the bytes are cut on their way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.listener.framing import (
    MAX_CHUNK_LINE_BYTES,
    MAX_TRAILER_BYTES,
    BadFraming,
    ChunkedFraming,
    Framing,
    LengthFraming,
)


def feed(framing: Framing, stream: bytes, cuts: list[int] | None = None) -> tuple[bytes, bytes]:
    """Feed `stream` cut at `cuts`; return the body and what was left when it was done."""
    body, held, at = b"", b"", 0
    for end in [*sorted(cuts or []), len(stream)]:
        held += stream[at:end]
        at = end
        while held and not framing.done:
            data, taken = framing.feed(held)
            assert taken > 0
            body += data
            held = held[taken:]
    return body, held


GOOD = {
    "empty": (b"0\r\n\r\n", b""),
    "one chunk": (b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
    "two chunks": (b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
    "upper and lower case": (b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", b"0123456789" * 2),
    "leading zeros": (b"0003\r\nabc\r\n000\r\n\r\n", b"abc"),
    "extensions": (b'3;a=b;c="d \\" e"\r\nabc\r\n0;last\r\n\r\n', b"abc"),
    "space before an extension": (b"3 ;a\r\nabc\r\n0\r\n\r\n", b"abc"),
    "trailers": (b"3\r\nabc\r\n0\r\nDigest: x\r\nOther: y\r\n\r\n", b"abc"),
    "line ends in the data": (b"4\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n"),
}

BAD = {
    "no number": b"x\r\n",
    "empty size": b"\r\n",
    "sign": b"+3\r\nabc\r\n",
    "prefix": b"0x3\r\nabc\r\n",
    "underscore": b"1_0\r\n",
    "negative": b"-3\r\nabc\r\n",
    "space in front": b" 3\r\nabc\r\n",
    "bare line feed": b"3\nabc\r\n",
    "longer than it said": b"3\r\nabcd\r\n",
    "shorter than it said": b"3\r\nab\r\n0\r\n\r\n",
    "size beyond any file": b"f" * 16 + b"\r\n",
    "control byte in an extension": b"3;a\x00b\r\nabc\r\n",
    "carriage return in an extension": b"3;a\rb\r\nabc\r\n",
    "endless size line": b"3;" + b"a" * MAX_CHUNK_LINE_BYTES,
    "endless trailer line": b"0\r\n" + b"a" * (MAX_TRAILER_BYTES + 2),
    "endless trailers": b"0\r\n" + b"a: b\r\n" * (MAX_TRAILER_BYTES // 6 + 1),
}


@pytest.mark.parametrize(("stream", "body"), GOOD.values(), ids=GOOD)
def test_good(stream: bytes, body: bytes) -> None:
    framing = ChunkedFraming()
    assert feed(framing, stream + b"NEXT") == (body, b"NEXT")
    assert framing.done


@pytest.mark.parametrize("stream", BAD.values(), ids=BAD)
def test_bad(stream: bytes) -> None:
    with pytest.raises(BadFraming):
        feed(ChunkedFraming(), stream)


@pytest.mark.parametrize("stream", BAD.values(), ids=BAD)
def test_bad_byte_by_byte(stream: bytes) -> None:
    with pytest.raises(BadFraming):
        feed(ChunkedFraming(), stream, list(range(len(stream))))


@given(
    st.lists(st.binary(min_size=1, max_size=300), max_size=8),
    st.lists(st.integers(min_value=0, max_value=3000), max_size=30),
)
def test_wherever_the_stream_is_cut(pieces: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(b"%x;note\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nT: r\r\n\r\n"
    framing = ChunkedFraming()
    cuts = [cut for cut in cuts if cut <= len(stream)]
    assert feed(framing, stream + b"GET /", cuts) == (b"".join(pieces), b"GET /")
    assert framing.done


def test_an_unfinished_body_is_not_done() -> None:
    framing = ChunkedFraming()
    feed(framing, b"3\r\nabc\r\n0\r\n")
    assert not framing.done


def test_length() -> None:
    framing = LengthFraming(5)
    assert framing.feed(b"abc") == (b"abc", 3)
    assert not framing.done
    assert framing.feed(b"deNEXT") == (b"de", 2)
    assert framing.done
