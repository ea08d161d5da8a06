"""Programs that nobody here wrote watch and fetch: curl, aria2c, ffprobe; by session and link, as MP4 and by HLS."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Server
from tests.watching.conftest import Film

Program = Callable[[str], str]

_PACKETS = 209
"""Of the clip, as its own tables say."""


@pytest.fixture(scope="module")
def shown(common_server: Server, media: Callable[[str], Path]) -> Film:
    """A finished video."""
    return Film(common_server, media("gr_a.mp4"), owner="shows-others")


@pytest.fixture(scope="module")
def long(common_server: Server, media: Callable[[str], Path]) -> Film:
    """A finished video that is large enough to be fetched in parts."""
    film = Film(common_server, media("gr_a.mp4"), owner="shows-long-ones")
    with film.file.open("ab") as out:
        # a box that players skip (ISO/IEC 14496-12, 8.1.2)
        out.write(b"\0\x80\0\0free" + bytes((8 << 20) - 8))
    return film


def _bearer(film: Film) -> str:
    return f"Authorization: Bearer {film.owner.cookies['clipset_session']}"


def _cookie(film: Film) -> str:
    return f"Cookie: clipset_session={film.owner.cookies['clipset_session']}"


def _ways(film: Film, what: str) -> list[tuple[str, list[str]]]:
    """Address and headers of each way to show that one may watch."""
    address = f"{film.server.url}{film.path}/{what}"
    by_link = (f"{address}?link={film.link()['token']}", [])
    return [(address, [_bearer(film)]), (address, [_cookie(film)]), by_link]


def test_curl_resumes(long: Film, tmp_path: Path, program: Program) -> None:
    content = long.file.read_bytes()
    for address, headers in _ways(long, "stream"):
        place = tmp_path / "film"
        place.write_bytes(content[:100_000])
        command = [program("curl"), "--silent", "--fail", "--continue-at", "-", "--output", str(place)]
        command += [part for header in headers for part in ("--header", header)]
        subprocess.run([*command, address], check=True, timeout=120)
        assert place.read_bytes() == content


def test_curl_fetches_every_segment(shown: Film, tmp_path: Path, program: Program) -> None:
    """What a playlist names is there under the address it is named by, and makes the whole film."""
    for number, (address, headers) in enumerate(_ways(shown, "hls/1080/playlist.m3u8")):
        curl = [program("curl"), "--silent", "--fail"]
        curl += [part for header in headers for part in ("--header", header)]
        playlist = subprocess.run([*curl, address], check=True, capture_output=True, timeout=120, text=True)
        links = [line for line in playlist.stdout.splitlines() if line and not line.startswith("#")]
        (start,) = (line for line in playlist.stdout.splitlines() if line.startswith("#EXT-X-MAP"))
        film = tmp_path / f"{number}.mp4"
        with film.open("wb") as out:
            for link in (start.split('"')[1], *links):
                subprocess.run(
                    [*curl, address.partition("playlist.m3u8")[0] + link], check=True, stdout=out, timeout=120
                )
        assert _read_by_ffprobe(program, str(film), []) == ("h264", _PACKETS)


def test_aria2c_fetches_in_parts(long: Film, tmp_path: Path, program: Program) -> None:
    content = long.file.read_bytes()
    options = ["--quiet", "--split=8", "--min-split-size=1M", "--max-connection-per-server=8"]
    for number, (address, headers) in enumerate(_ways(long, "download")):
        command = [program("aria2c"), *options, "--dir", str(tmp_path), "--out", f"film{number}"]
        command += [f"--header={header}" for header in headers]
        subprocess.run([*command, address], check=True, timeout=120)
        assert (tmp_path / f"film{number}").read_bytes() == content


@pytest.mark.parametrize("what", ["stream", "hls/master.m3u8", "hls/1080/playlist.m3u8"])
def test_ffprobe_reads_every_packet_over_http(shown: Film, program: Program, what: str) -> None:
    for address, headers in _ways(shown, what):
        assert _read_by_ffprobe(program, address, headers) == ("h264", _PACKETS), address


def _read_by_ffprobe(program: Program, address: str, headers: list[str]) -> tuple[str, int]:
    """The codec of the picture, and how many packets of it came."""
    command = [program("ffprobe"), "-v", "error", "-count_packets", "-select_streams", "v:0", "-of", "json"]
    command += ["-show_entries", "stream=codec_name,nb_read_packets"]
    if headers:
        command += ["-headers", "".join(f"{header}\r\n" for header in headers)]
    done = subprocess.run([*command, address], capture_output=True, check=True, timeout=120)
    assert done.stderr == b""
    (stream,) = json.loads(done.stdout)["streams"]
    return stream["codec_name"], int(stream["nb_read_packets"])
