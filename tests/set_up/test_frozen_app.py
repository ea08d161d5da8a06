"""The packed app, started and used as people would: `python3 tasks.py build` packs it and runs this."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx
import pytest

from server import __version__
from server.database.engine import Database
from tests import first_version
from tests.watching.clips import clip
from tests.x_display import x_display

APP = os.environ.get("CLIPSET_FROZEN_APP", "")
ADMIN = {"username": "admin", "password": "a long enough password"}
#: For a machine that is busy with other things.
_PATIENCE_S = 120

pytestmark = [
    pytest.mark.skipif(not APP, reason="no packed app; `python3 tasks.py build` makes and tries it"),
    pytest.mark.timeout(300),
]


@contextmanager
def started(data: Path, *words: str, **environment: str):
    """The packed app with some arguments, on a free port: a client of it, once it says that it is ready.

    It is asked to stop in the end, and has to end well.
    """
    environment = {
        **os.environ,
        "CLIPSET_DATA_DIR": str(data),
        "CLIPSET_INITIAL_ADMIN_EMAIL": "admin@example.org",
        "CLIPSET_INITIAL_ADMIN_USERNAME": ADMIN["username"],
        "CLIPSET_INITIAL_ADMIN_PASSWORD": ADMIN["password"],
        **environment,
    }
    command = [APP, *words, "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        command, env=environment, cwd=data, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            ready = next((line for line in process.stdout if "is ready at " in line), None)
            assert ready, "the packed app ended before it was ready"
            with httpx.Client(base_url=ready.split()[-1], timeout=_PATIENCE_S) as client:
                yield client
        finally:
            process.terminate()
            code = process.wait(timeout=_PATIENCE_S)
    assert os.name == "nt" or code == 0  # Windows ends a process without asking it


def test_it_knows_its_version():
    answer = subprocess.run([APP, "--version"], capture_output=True, encoding="utf-8", check=True)
    assert answer.stdout.strip() == f"Clipset {__version__}"


def test_it_takes_up_an_older_library_and_is_uploaded_to_and_watched(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'clipset.db'}")
    first_version.make(database, ["Old"])
    database.close()
    with started(tmp_path, "serve") as client:
        assert client.get("/health").json() == {"status": "healthy", "version": __version__}
        assert "<script" in client.get("/").raise_for_status().text
        assert list((tmp_path / "backups").iterdir()), "a copy of the older database is put aside"

        token = client.post("/api/auth/login", json=ADMIN).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        video = upload(client, clip(tmp_path / "garden.avi", seconds=6))
        assert (video["status"], video["error"]) == ("completed", None)
        (job,) = client.get("/api/admin/jobs").json()["items"]
        assert job["action"] == "transcode", "a child process has encoded it"

        listed = client.get("/api/videos?sort_by=created_at&order=asc").json()["items"]
        assert [each["title"] for each in listed] == ["Old", "Garden"]
        address = f"/api/videos/{video['id']}"
        whole = client.get(f"{address}/download").raise_for_status().content
        assert whole[4:8] == b"ftyp"
        middle = len(whole) // 2
        parts = [
            client.get(f"{address}/stream", headers={"Range": f"bytes={asked}"})
            for asked in (f"0-{middle - 1}", f"{middle}-")
        ]
        assert [part.status_code for part in parts] == [206, 206]
        assert b"".join(part.content for part in parts) == whole
        assert client.get(f"{address}/thumbnail").raise_for_status().content[:2] == b"\xff\xd8"
        assert "#EXTM3U" in client.get(f"{address}/hls/master.m3u8").raise_for_status().text


def upload(client, path):
    """Upload a file by form and return the video when it is ready or has failed."""
    with path.open("rb") as file:
        form = {"data": {"title": "Garden"}, "files": {"file": (path.name, file)}}
        address = f"/api/videos/{client.post('/api/videos', **form).raise_for_status().json()['id']}"
    pause = threading.Event()
    while (video := client.get(address).json())["status"] in {"pending", "processing"}:
        pause.wait(0.2)
    return video


@pytest.mark.parametrize(
    "platform",
    ["offscreen", pytest.param("xcb", marks=pytest.mark.skipif(sys.platform != "linux", reason="X"))],
)
def test_its_window_opens_and_closes(tmp_path, platform):
    display = x_display() if platform == "xcb" else nullcontext("")
    with (
        display as name,
        started(tmp_path, QT_QPA_PLATFORM=platform, DISPLAY=name) as client,
    ):
        assert client.get("/health").json()["status"] == "healthy"
    assert (tmp_path / "window.ini").is_file(), "without a display there is no place of a window to remember"
