"""What a file tells besides its picture and sound is not passed on, whatever is done with the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from av.packet import Packet

from server.media import boxes
from server.values.jobs import Action
from tests.transcoding.media.conftest import Work
from tests.transcoding.media.films import rewrite

Media = Callable[[str], Path]

#: Each is looked for, byte by byte, in what comes out.
_PLACE, _PERSON, _DEVICE, _TIME = "+48.1371+011.5754/", "Anna Meier", "iPhone 15 Pro", "2024-05-05T10:20:30"


@pytest.fixture
def clean(media: Media, finish: Work) -> Path:
    """A web MP4 that tells nothing, and so is kept as it is."""
    made = finish(media("ax_sample_mdat_too_long.mp4")).video
    assert finish(made).action is Action.KEEP
    return made


def _retold(source: Path, target: Path, *, tags: dict[str, str], movflags: str = "") -> Path:
    """`source` with tags on the file and on its tracks, muxed by FFmpeg."""
    with av.open(str(source)) as given, av.open(str(target), "w", options={"movflags": movflags}) as output:
        output.metadata.update(tags)
        tracks = {stream.index: output.add_stream_from_template(stream) for stream in given.streams}
        for track in tracks.values():
            track.metadata.update(tags | {"handler_name": f"{_DEVICE} of {_PERSON}"})
        for packet in given.demux():
            if packet.size:
                packet.stream = tracks[packet.stream_index]
                output.mux(packet)
    return target


def _silent(path: Path) -> None:
    data = path.read_bytes()
    for secret in (_PLACE, _PERSON, _DEVICE, _TIME, "Munich"):
        assert secret.encode() not in data, secret
    assert not boxes.read_layout(path).private_metadata
    with av.open(str(path)) as container:
        said = {**container.metadata, **{f"{n}": t for s in container.streams for n, t in s.metadata.items()}}
    assert said.keys() <= {
        *("major_brand", "minor_version", "compatible_brands", "encoder", "language"),
        *("handler_name", "vendor_id"),
    }


_TAGS = {
    "location": _PLACE,
    "location-eng": _PLACE,
    "com.apple.quicktime.location.ISO6709": _PLACE,
    "com.apple.quicktime.model": _DEVICE,
    "com.android.capture.fps": "30",
    "make": _DEVICE,
    "model": _DEVICE,
    "artist": _PERSON,
    "author": _PERSON,
    "title": f"{_PERSON} in Munich",
    "comment": f"{_PERSON} <script>",
    "creation_time": f"{_TIME}Z",
}


@pytest.mark.parametrize(
    ("suffix", "movflags"),
    [
        ("mp4", "+faststart"),
        ("mp4", "+faststart+use_metadata_tags"),
        ("mov", "+use_metadata_tags"),
        ("mkv", ""),
    ],
)
@pytest.mark.parametrize("encode", [False, True], ids=["copied", "encoded"])
def test_tags_go(clean: Path, finish: Work, tmp_path: Path, suffix: str, movflags: str, encode: bool) -> None:
    """Tags of the file and of its tracks, in each container that has them."""
    told = _retold(clean, tmp_path / f"told.{suffix}", tags=_TAGS, movflags=movflags)
    assert _PERSON.encode() in told.read_bytes()
    made = finish(told, always_transcode=encode)
    assert made.action is (Action.TRANSCODE if encode else Action.REMUX)
    _silent(made.video)


def _box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


_APPENDED = {
    "a phone's trailer": _box(b"sefd", _PLACE.encode()),
    "an XMP packet": _box(b"uuid", bytes(16) + _PERSON.encode()),
    "padding that is none": _box(b"free", bytes(10) + _PLACE.encode()),
    "metadata of the file": _box(b"meta", bytes(4) + _box(b"xml ", _PERSON.encode())),
}


@pytest.mark.parametrize("what", _APPENDED)
def test_boxes_that_are_not_about_playing_go(clean: Path, finish: Work, tmp_path: Path, what: str) -> None:
    """A file that would be kept is rewritten for any of them."""
    told = tmp_path / "told.mp4"
    told.write_bytes(clean.read_bytes() + _APPENDED[what])
    made = finish(told)
    assert made.action is Action.REMUX
    _silent(made.video)


def test_padding_stays(clean: Path, finish: Work, tmp_path: Path) -> None:
    """Zeros tell nothing."""
    told = tmp_path / "padded.mp4"
    told.write_bytes(clean.read_bytes() + _box(b"free", bytes(1000)))
    assert finish(told).action is Action.KEEP


@pytest.mark.parametrize(
    ("box", "offset", "value"),
    [
        (b"mvhd", 4, (3_798_000_000).to_bytes(4, "big")),
        (b"tkhd", 8, (3_798_000_000).to_bytes(4, "big")),
        (b"mdhd", 4, (3_798_000_000).to_bytes(4, "big")),
        (b"hdlr", 24, b"Anna"),
        (b"avc1", 42, b"\x05Anna "),
    ],
)
def test_fields_of_boxes_are_looked_at(
    clean: Path, finish: Work, tmp_path: Path, box: bytes, offset: int, value: bytes
) -> None:
    """When it was recorded, and the names of handlers and compressors."""
    data = bytearray(clean.read_bytes())
    at = data.index(box, data.index(b"moov")) + 4 + offset
    data[at : at + len(value)] = value
    told = tmp_path / "told.mp4"
    told.write_bytes(data)
    assert boxes.read_layout(told).private_metadata
    made = finish(told)
    assert made.action is Action.REMUX
    assert value not in made.video.read_bytes()
    _silent(made.video)


def test_pictures_are_plain(media: Media, finish: Work) -> None:
    """Poster and storyboard hold no more than a picture."""
    made = finish(media("gen_metadata_xss_gps.mp4"))
    assert made.thumbnail is not None and made.beside is not None
    for picture in (made.thumbnail, made.beside / "storyboard.jpg"):
        data = picture.read_bytes()
        assert b"Exif" not in data
        assert b"onerror" not in data and b"37.33" not in data


_CAPTIONS = b"\xb5\x00\x31GA94\x03" + bytes(3) + b"\x01"
"""A registered message (CEA-708), which players do need; it holds what has to be told apart from a start code."""


def _with_messages(source: Path, target: Path, *messages: tuple[int, bytes]) -> Path:
    """`source` with a unit of such messages before each of its pictures (ITU-T H.264, 7.3.2.3)."""
    said = b"".join(bytes([kind, len(payload)]) + payload for kind, payload in messages)
    unit = b"\x06" + said.replace(bytes(3), b"\0\0\3\0") + b"\x80"

    def tell(_number: int, packet: Packet[Any]) -> Packet[Any]:
        told = Packet(len(unit).to_bytes(4, "big") + unit + bytes(packet))
        told.pts, told.dts, told.time_base = packet.pts, packet.dts, packet.time_base
        told.duration, told.is_keyframe = packet.duration, packet.is_keyframe
        return told

    return rewrite(source, target, tell)


def test_what_cameras_write_into_pictures_goes(clean: Path, finish: Work, tmp_path: Path) -> None:
    """Drones put the place there, security cameras their serial number. Captions stay."""
    secret = (5, bytes(range(16)) + _PLACE.encode())
    told = _with_messages(clean, tmp_path / "told.mp4", (4, _CAPTIONS), secret)
    assert _PLACE.encode() in told.read_bytes()
    made = finish(told)
    assert made.action is Action.REMUX
    _silent(made.video)
    assert _pictures(made.video) == _pictures(_with_messages(clean, tmp_path / "wanted.mp4", (4, _CAPTIONS)))
    assert finish(made.video).action is Action.KEEP


def test_a_unit_that_only_tells_goes_as_a_whole(clean: Path, finish: Work, tmp_path: Path) -> None:
    """What is left is what the encoder wrote."""
    told = _with_messages(clean, tmp_path / "told.mp4", (5, bytes(range(16)) + _PERSON.encode()))
    assert _pictures(finish(told).video) == _pictures(clean)


def _pictures(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]
