"""Files that try to make the server read or reach something else."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from server.media.messages import Finished, Refused
from server.media.source import open_source
from server.media.work import work
from tests.transcoding.media.conftest import MakeOrder

Media = Callable[[str], Path]


@pytest.mark.parametrize("name", ["gen_ffconcat_named.mp4", "gen_hls_playlist_named.mp4"])
def test_scripts_are_refused(media: Media, order_for: MakeOrder, name: str) -> None:
    """By their first bytes, before FFmpeg sees them."""
    outcome = work(order_for(media(name)), lambda _: None)
    assert isinstance(outcome, Refused)
    assert outcome.code == "not_a_video"


def test_a_script_opens_no_neighbour(media: Media, tmp_path: Path) -> None:
    """FFmpeg itself has no demuxer for it either, though a plain open would read the file beside it."""
    shutil.copy(media("gr_a.mp4"), tmp_path / "gr_a.mp4")
    shutil.copy(media("gen_ffconcat_named.mp4"), tmp_path / "script.mp4")
    with av.open(str(tmp_path / "script.mp4")) as plain:
        assert plain.streams.video[0].width == 1920
    with pytest.raises(av.error.FFmpegError), open_source(tmp_path / "script.mp4"):
        pass


def test_a_playlist_makes_no_connection(tmp_path: Path) -> None:
    """Not even one that is named like a video and points at a server that listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        playlist = tmp_path / "list.mp4"
        playlist.write_text(
            f"#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n", encoding="ascii"
        )
        with pytest.raises(av.error.FFmpegError), open_source(playlist):
            pass
        with pytest.raises(BlockingIOError):
            listener.accept()


_SCRIPTS = {
    "playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n",
    "playlist of files": "#EXTM3U\n#EXTINF:2,\nfile://{neighbour}\n#EXT-X-ENDLIST\n",
    "marked playlist": "\ufeff\n#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:{port}/a.ts\n",
    "concat": "ffconcat version 1.0\nfile {neighbour}\nfile http://127.0.0.1:{port}/a.mp4\n",
    "session description": (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {udp} RTP/AVP 96\n"
        "a=rtpmap:96 H264/90000\n"
    ),
    "manifest": (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><BaseURL>'
        "http://127.0.0.1:{port}/</BaseURL></MPD>"
    ),
    "address": "http://127.0.0.1:{port}/a.mp4",
    "reference": "RTSPtext\nrtsp://127.0.0.1:{port}/a\n",
    "subtitles with an address": "[Script Info]\n[Events]\nDialogue: http://127.0.0.1:{port}/\n",
}


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.m3u8", "clip.sdp"])
@pytest.mark.parametrize("script", _SCRIPTS)
def test_a_script_reaches_nothing(
    media: Media, tmp_path: Path, order_for: MakeOrder, script: str, name: str
) -> None:
    """Neither the network nor the file beside it, under whatever name, by work or by a bare opening."""
    neighbour = tmp_path / "neighbour.mp4"
    shutil.copy(media("ax_sample_portrait.mp4"), neighbour)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard,
    ):
        listener.setblocking(False)
        heard.bind(("127.0.0.1", 0))
        heard.setblocking(False)
        port, udp = listener.getsockname()[1], heard.getsockname()[1]
        source = tmp_path / name
        source.write_text(_SCRIPTS[script].format(port=port, udp=udp, neighbour=neighbour), encoding="utf-8")
        order = order_for(source)
        outcome = work(order, lambda _: None)
        assert isinstance(outcome, Refused)
        assert outcome.code == "not_a_video"
        with pytest.raises(av.error.FFmpegError), open_source(source):
            pass
        with pytest.raises(BlockingIOError):
            listener.accept()
        with pytest.raises(BlockingIOError):
            heard.recv(1)
    assert list(order.work.rglob("*.mp4")) == []


def test_only_absolute_paths_are_opened() -> None:
    """A name that could be taken for an address is none."""
    with pytest.raises(ValueError, match="absolute"), open_source(Path("http:/127.0.0.1/a.mp4")):
        pass


def test_private_metadata_is_gone(media: Media, order_for: MakeOrder) -> None:
    """Place, names and hostile tags do not reach whoever downloads the video."""
    outcome = work(order_for(media("gen_metadata_xss_gps.mp4")), lambda _: None)
    assert isinstance(outcome, Finished)
    made = outcome.video.read_bytes()
    for secret in (b"+37.3349", b"onerror", b"DROP TABLE", b"loci", b"\xa9xyz"):
        assert secret in media("gen_metadata_xss_gps.mp4").read_bytes() or secret == b"\xa9xyz"
        assert secret not in made


def test_a_bomb_is_refused_before_it_is_decoded(media: Media, order_for: MakeOrder) -> None:
    """250 kB that would unpack to 256 million pixels."""
    outcome = work(order_for(media("gen_huge_png_16000x16000_1frame.mkv")), lambda _: None)
    assert isinstance(outcome, Refused)
    assert outcome.code == "picture_too_large"


@pytest.mark.parametrize("depth", [200, 20_000])
def test_deeply_nested_boxes_are_harmless(tmp_path: Path, order_for: MakeOrder, depth: int) -> None:
    """Boxes in boxes in boxes end in a sentence."""
    nested = b""
    for _ in range(depth):
        nested = (len(nested) + 8).to_bytes(4, "big") + b"trak" + nested
    moov = (len(nested) + 8).to_bytes(4, "big") + b"moov" + nested
    path = tmp_path / "nested.mp4"
    path.write_bytes(b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00" + moov)
    outcome = work(order_for(path), lambda _: None)
    assert isinstance(outcome, Refused)
    assert outcome.code != "failed"
