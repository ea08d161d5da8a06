"""The plug is pulled: `kill -9` of the whole server while it encodes. Needs the media folder."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys

import av
import httpx
import psutil
import pytest

from tests.conftest import PASSWORD
from tests.watching.clips import clip

_ANNA = {
    "CLIPSET_INITIAL_ADMIN_EMAIL": "anna@example.org",
    "CLIPSET_INITIAL_ADMIN_USERNAME": "anna",
    "CLIPSET_INITIAL_ADMIN_PASSWORD": PASSWORD,
}


class Host:
    """`clipset serve` as a process of its own."""

    def __init__(self, data_dir, preset):
        command = [sys.executable, "-m", "clipset_desktop.main", "serve", "--data-dir", data_dir]
        command += ["--host", "127.0.0.1", "--port", "0"]
        environment = {**os.environ, **_ANNA, "CLIPSET_TRANSCODE_PRESET": preset}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        ready = self.process.stdout.readline()
        assert ready.startswith("Clipset is ready at http://127.0.0.1:"), ready
        self.person = httpx.Client(base_url=ready.split()[-1], timeout=60)
        body = {"username": "anna", "password": PASSWORD}
        self.person.post("/api/auth/login", json=body).raise_for_status()

    def progress(self, video_id):
        return self.person.get(f"/api/videos/{video_id}/progress").raise_for_status().json()

    def poll(self, video_id, until):
        """Ask until the progress is as wanted; each question goes through the whole server, so this is no spin."""
        while not until(progress := self.progress(video_id)):
            assert progress["state"] not in {"failed", "cancelled"}, progress
        return progress

    def end(self, number):
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(number)
        code = self.process.wait(60)
        self.process.stdout.close()
        self.person.close()
        _, alive = psutil.wait_procs(children, timeout=60)
        assert not alive, "a child outlived its server"
        return code


@pytest.fixture
def host(tmp_path):
    started = []

    def start(preset="ultrafast"):
        started.append(Host(str(tmp_path / "data"), preset))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end(signal.SIGKILL)


def test_kill_minus_nine_during_an_encode(host, media, tmp_path):
    before = host(preset="slower")
    with media("gen_bench_1080p30_h264_aac_28s.mp4").open("rb") as file:
        video_id = before.person.post("/api/videos", files={"file": ("long.mp4", file)}).json()["id"]
    before.poll(video_id, lambda progress: progress["percent"] > 3)
    before.end(signal.SIGKILL)

    after = host()
    after.poll(video_id, lambda progress: progress["state"] == "done")
    video = after.person.get(f"/api/videos/{video_id}").json()
    assert (video["status"], video["duration"]) == ("completed", pytest.approx(28.0, abs=0.1))
    # "done" is written before the folder is tidied; a server that has stopped has done both
    assert after.end(signal.SIGTERM) == 0
    library = tmp_path / "data" / "videos" / "library" / video_id
    assert {path.name for path in library.iterdir()} == {
        "video.mp4",
        "video.index",
        "video.boxes",
        "beside",
    }


def test_an_encode_goes_on_from_its_last_segment(host, tmp_path):
    """What could be watched before the power went can be watched again at once, and is not made twice."""
    before = host(preset="slower")
    source = clip(tmp_path / "source.mkv", seconds=40, size=(640, 360))
    with source.open("rb") as file:
        video_id = before.person.post("/api/videos", files={"file": ("long.mkv", file)}).json()["id"]
    seen_ms = before.poll(video_id, lambda progress: progress["watchable_ms"] >= 2000)["watchable_ms"]
    before.end(signal.SIGKILL)

    after = host(preset="slower")
    assert after.progress(video_id)["watchable_ms"] >= seen_ms
    running = after.poll(video_id, lambda progress: progress["percent"] > 0)
    assert running["percent"] >= 100 * seen_ms / 40_000 * 0.9
    after.poll(video_id, lambda progress: progress["state"] == "done")
    stream = after.person.get(f"/api/videos/{video_id}/stream").content
    with av.open(io.BytesIO(stream), options={"err_detect": "explode"}) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([number / 25 for number in range(1000)], abs=0.001)
    assert after.end(signal.SIGTERM) == 0


def test_a_second_server_on_the_same_folder_refuses_in_words(host, tmp_path):
    host()
    command = [sys.executable, "-m", "server", "--data-dir", str(tmp_path / "data"), "--port", "0"]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert "Another Clipset is running" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_stop_it_cleanly(host, number):
    assert host().end(number) == 0
