"""Byte ranges as RFC 9110, section 14 has them, over a real socket and against the file's bytes."""

from __future__ import annotations

import email
import email.policy
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.web.ranges import MAX_RANGES, ByteRange, requested_ranges
from tests.listener.raw_client import Answer
from tests.watching.raw_media import ServedFile, serving

SIZE = 10_000
WHOLE = None
NONE: list[tuple[int, int]] = []


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFile]:
    with serving(tmp_path_factory.mktemp("ranges") / "file.mp4", SIZE) as file:
        yield file


@pytest.fixture(scope="module")
def served_empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFile]:
    with serving(tmp_path_factory.mktemp("ranges") / "empty.mp4", 0) as file:
        yield file


CASES: dict[str, tuple[str, list[tuple[int, int]] | None]] = {
    # section 14.1.2: the examples of the RFC itself, for a file of 10000 bytes
    "first 500 bytes": ("bytes=0-499", [(0, 499)]),
    "second 500 bytes": ("bytes=500-999", [(500, 999)]),
    "last 500 bytes, suffix": ("bytes=-500", [(9500, 9999)]),
    "last 500 bytes, open": ("bytes=9500-", [(9500, 9999)]),
    "first and last byte": ("bytes=0-0,-1", [(0, 0), (9999, 9999)]),
    "first, middle and last 1000": ("bytes= 0-999, 4500-5499, -1000", [(0, 999), (4500, 5499), (9000, 9999)]),
    "two odd neighbours": ("bytes=500-600,601-999", [(500, 600), (601, 999)]),
    "two that overlap": ("bytes=500-700,601-999", [(500, 700), (601, 999)]),
    # one range
    "one byte": ("bytes=7-7", [(7, 7)]),
    "the last byte": ("bytes=9999-9999", [(9999, 9999)]),
    "everything, closed": ("bytes=0-9999", [(0, 9999)]),
    "everything, open": ("bytes=0-", [(0, 9999)]),
    "end beyond the file": ("bytes=9000-20000", [(9000, 9999)]),
    "suffix longer than the file": ("bytes=-20000", [(0, 9999)]),
    "leading zeros": ("bytes=0005-00009", [(5, 9)]),
    "unit in capitals": ("BYTES=5-9", [(5, 9)]),
    "huge end": (f"bytes=5-{'9' * 30}", [(5, 9999)]),
    "end with thousands of digits": (f"bytes=5-{'9' * 5000}", [(5, 9999)]),
    "huge suffix": (f"bytes=-{'9' * 5000}", [(0, 9999)]),
    # lists
    "white space around commas": ("bytes=1-2 ,\t5-6", [(1, 2), (5, 6)]),
    "empty list elements": ("bytes=,1-2,,5-6,", [(1, 2), (5, 6)]),
    "out of order": ("bytes=500-599,0-99", [(500, 599), (0, 99)]),
    "one of two exists": ("bytes=0-9,10000-", [(0, 9)]),
    "the same twice": ("bytes=0-9,0-9", [(0, 9), (0, 9)]),
    "as many as are sent": (
        "bytes=" + ",".join(f"{i}-{i}" for i in range(MAX_RANGES)),
        [(i, i) for i in range(MAX_RANGES)],
    ),
    # nothing of it exists: 416
    "starts at the end": ("bytes=10000-", NONE),
    "starts beyond the end": ("bytes=10001-10005", NONE),
    "starts far beyond the end": (f"bytes={'9' * 5000}-", NONE),
    "suffix of nothing": ("bytes=-0", NONE),
    "none of several": ("bytes=10000-,20000-30000,-0", NONE),
    # section 14.2: ignored when invalid
    "end before start": ("bytes=9-5", WHOLE),
    "end before start in a list": ("bytes=0-9,9-5", WHOLE),
    "no numbers": ("bytes=-", WHOLE),
    "no range": ("bytes=", WHOLE),
    "only commas": ("bytes=,,", WHOLE),
    "no unit": ("0-9", WHOLE),
    "no equals sign": ("bytes 0-9", WHOLE),
    "space before the equals sign": ("bytes =0-9", WHOLE),
    "space inside": ("bytes=0 -9", WHOLE),
    "letters": ("bytes=a-b", WHOLE),
    "a sign": ("bytes=+1-5", WHOLE),
    "three numbers": ("bytes=1-2-3", WHOLE),
    "hexadecimal": ("bytes=0x0-0x9", WHOLE),
    "other digits": ("bytes=\xb2-\xb3", WHOLE),
    "semicolon": ("bytes=0-9;5-6", WHOLE),
    "another unit": ("lines=0-9", WHOLE),
    "no value": ("", WHOLE),
    # section 14.2: ignored because it asks for too much
    "more than are sent": ("bytes=" + ",".join(f"{i}-{i}" for i in range(MAX_RANGES + 1)), WHOLE),
    "three that overlap": ("bytes=0-10,5-15,10-20", WHOLE),
    "together more than the file": ("bytes=0-9000,500-9999", WHOLE),
}


def _get(served: ServedFile, *headers: str, method: str = "GET") -> Answer:
    with served.connect() as client:
        client.request(f"{method} /video", *headers)
        answer = client.read_answer(to_head=method == "HEAD")
        client.request("HEAD /video")  # nothing is left over, and the connection goes on
        assert client.read_answer(to_head=True).status == 200
    return answer


def _parts(answer: Answer) -> list[tuple[str, bytes]]:
    """Content-Range and bytes of each part, as the standard library's MIME parser sees them."""
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + answer.body, policy=email.policy.HTTP)
    assert message.get_content_type() == "multipart/byteranges"
    assert not message.defects
    parts = []
    for part in message.iter_parts():
        assert part["Content-Type"] == "video/mp4"
        parts.append((str(part["Content-Range"]), part.get_payload(decode=True)))
    return parts


@pytest.mark.parametrize(("header", "expected"), CASES.values(), ids=CASES)
def test_case(served: ServedFile, header: str, expected: list[tuple[int, int]] | None) -> None:
    answer = _get(served, f"Range: {header}")
    assert answer.headers["accept-ranges"] == "bytes"
    if expected is WHOLE:
        assert (answer.status, answer.body) == (200, served.content)
        assert "content-range" not in answer.headers
    elif not expected:
        assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")
    elif len(expected) == 1:
        ((first, last),) = expected
        assert answer.status == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.body == served.content[first : last + 1]
    else:
        assert answer.status == 206
        assert "content-range" not in answer.headers  # section 15.3.7.2
        assert _raw_parts(answer) == [
            (f"bytes {first}-{last}/{SIZE}", served.content[first : last + 1]) for first, last in expected
        ]


def _raw_parts(answer: Answer) -> list[tuple[str, bytes]]:
    """Parts by their own lengths: random bytes may hold line ends that a MIME parser would see."""
    mime, _, boundary = answer.headers["content-type"].partition("; boundary=")
    assert mime == "multipart/byteranges"
    rest, parts = answer.body, []
    delimiter = f"--{boundary}".encode()
    while not rest.startswith(delimiter + b"--"):
        assert rest.startswith(delimiter + b"\r\n")
        head, _, rest = rest.removeprefix(delimiter + b"\r\n").partition(b"\r\n\r\n")
        fields = dict(line.split(": ") for line in head.decode().split("\r\n"))
        assert fields["Content-Type"] == "video/mp4"
        first, last = fields["Content-Range"].removeprefix("bytes ").split("/")[0].split("-")
        length = int(last) - int(first) + 1
        parts.append((fields["Content-Range"], rest[:length]))
        rest = rest[length:].removeprefix(b"\r\n")
    assert rest == delimiter + b"--\r\n"
    return parts


def test_several_header_lines_are_one_list(served: ServedFile) -> None:
    # section 5.3: joined by a comma, which makes the second unit a bad range, so all of it is ignored
    assert _get(served, "Range: bytes=0-1", "Range: bytes=5-6").status == 200


def test_mime_parsers_read_the_parts(tmp_path: Path) -> None:
    with serving(tmp_path / "file.mp4", 1) as served:
        served.path.write_bytes(b"0123456789")
        answer = _get(served, "Range: bytes=0-1,5-6")
        assert _parts(answer) == [("bytes 0-1/10", b"01"), ("bytes 5-6/10", b"56")]


@pytest.mark.parametrize(
    ("header", "status"),
    [("bytes=0-", 416), ("bytes=0-0", 416), ("bytes=-0", 416), ("bytes=-5", 200), ("bytes=5-1", 200)],
)
def test_an_empty_file(served_empty: ServedFile, header: str, status: int) -> None:
    answer = _get(served_empty, f"Range: {header}")
    assert answer.status == status
    assert answer.headers.get("content-range") == ("bytes */0" if status == 416 else None)


def test_head_knows_no_ranges(served: ServedFile) -> None:
    answer = _get(served, "Range: bytes=0-9", method="HEAD")
    assert (answer.status, answer.headers["content-length"]) == (200, str(SIZE))
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-range" not in answer.headers


def test_head_says_what_get_says(served: ServedFile) -> None:
    got, asked = _get(served), _get(served, method="HEAD")
    assert got.body == served.content
    own = {"date": "", "x-request-id": ""}
    assert {**got.headers, **own} == {**asked.headers, **own}


def test_1000_random_slices(tmp_path: Path) -> None:
    size = 3_000_017
    chance = random.Random(14)
    with serving(tmp_path / "file.mp4", size) as served, served.connect() as client:
        for _ in range(1000):
            first = chance.randrange(size)
            last = min(size - 1, first + chance.choice([0, 1, 4095, 65_536, 300_000, size]))
            shape = chance.randrange(3)
            if shape == 0:
                header = f"bytes={first}-{last}"
            elif shape == 1:
                header, last = f"bytes={first}-", size - 1
            else:
                header, last = f"bytes=-{size - first}", size - 1
            client.request("GET /video", f"Range: {header}")
            answer = client.read_answer()
            assert (answer.status, answer.headers["content-range"]) == (206, f"bytes {first}-{last}/{size}")
            assert answer.body == served.content[first : last + 1]


def test_100_random_lists(tmp_path: Path) -> None:
    size = 1_000_003
    chance = random.Random(15)
    with serving(tmp_path / "file.mp4", size) as served, served.connect() as client:
        for _ in range(100):
            edges = sorted(chance.sample(range(size), 2 * chance.randint(2, MAX_RANGES)))
            ranges = [ByteRange(*pair) for pair in zip(edges[::2], edges[1::2], strict=True)]
            chance.shuffle(ranges)
            client.request("GET /video", "Range: bytes=" + ",".join(f"{r.first}-{r.last}" for r in ranges))
            assert _raw_parts(client.read_answer()) == [
                (r.content_range(size), served.content[r.first : r.last + 1]) for r in ranges
            ]


def test_curl_resumes(served: ServedFile, tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.write_bytes(served.content[:1234])
    subprocess.run(["curl", "-sS", "-m", "20", "-C", "-", "-o", str(part), served.url], check=True)
    assert part.read_bytes() == served.content


def test_no_header() -> None:
    assert requested_ranges(None, 100) is None
