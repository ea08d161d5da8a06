"""The packed app, started and used as a person would: `python3 tasks.py build` packs it and runs this."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from server import __version__
from server.database.engine import Database

ROOT = Path(__file__).resolve().parents[2]
APP = os.environ.get("CLIPSET_FROZEN_APP", "")
MEDIA = Path(os.environ.get("CLIPSET_TEST_MEDIA", ROOT.parent / "shared" / "media"))
ADMIN = {"username": "admin", "password": "a long enough password"}

pytestmark = [
    pytest.mark.skipif(not APP, reason="no packed app; `python3 tasks.py build` makes and tries it"),
    pytest.mark.timeout(300),
]


@contextmanager
def served(data: Path):
    """The packed headless host on a free port: a client of it, and its process, which is stopped in the end."""
    environment = {
        **os.environ,
        "CLIPSET_DATA_DIR": str(data),
        "CLIPSET_INITIAL_ADMIN_EMAIL": "admin@example.org",
        "CLIPSET_INITIAL_ADMIN_USERNAME": ADMIN["username"],
        "CLIPSET_INITIAL_ADMIN_PASSWORD": ADMIN["password"],
    }
    start = [APP, "serve", "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(start, env=environment, cwd=data, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        for line in process.stdout:
            if "is ready at " in line:
                break
        else:
            pytest.fail("the packed app ended before it was ready")
        with httpx.Client(base_url=line.split()[-1], timeout=30) as client:
            yield client, process
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_it_knows_its_version():
    answer = subprocess.run([APP, "--version"], capture_output=True, encoding="utf-8", check=True)
    assert answer.stdout.strip() == f"Clipset {__version__}"


def test_its_qt_starts():
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    tried = subprocess.run([APP, "--try-display"], env=environment, capture_output=True, check=False)
    assert tried.returncode == 0, tried.stderr


def test_it_serves_the_web_client_and_stops_cleanly(tmp_path):
    with served(tmp_path) as (client, process):
        assert client.get("/health").json() == {"status": "healthy", "version": __version__}
        page = client.get("/")
        assert page.status_code == 200
        assert "<script" in page.text
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert (tmp_path / "clipset.db").is_file()


@pytest.mark.skipif(not MEDIA.is_dir(), reason=f"no test media in {MEDIA}")
@pytest.mark.parametrize("name", ["ax_bear-vp9-odd-dimensions.webm", "pymv_trailer_bbb.mp4"])
def test_it_makes_a_video_ready_in_a_child_process(tmp_path, name):
    with served(tmp_path) as (client, _):
        token = client.post("/api/auth/login", json=ADMIN).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        with (MEDIA / name).open("rb") as file:
            made = client.post("/api/videos", data={"title": "Trial"}, files={"file": (name, file)})
        assert made.status_code == 201, made.text
        pause = threading.Event()
        while (video := client.get(f"/api/videos/{made.json()['id']}").json())["status"] in (
            "pending",
            "processing",
        ):
            pause.wait(0.2)
        assert video["status"] == "completed", video
        start = client.get(f"/api/videos/{video['id']}/stream", headers={"Range": "bytes=0-99"})
        assert (start.status_code, start.content[4:8]) == (206, b"ftyp")


def test_it_takes_up_the_library_of_the_first_version(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'clipset.db'}")
    config = Config()
    config.set_main_option("script_location", str(ROOT / "server" / "models" / "migrations"))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    insert = text(
        "INSERT INTO videos (id, title, description, original_filename, size_bytes, status, progress, view_count,"
        " has_thumbnail, created_at) VALUES (:id, 'Old', '', 'a.mp4', 1, 'completed', 1, 0, 0, :now)"
    )
    with database.write() as db:
        db.execute(insert, {"id": uuid4().hex, "now": datetime(2024, 1, 1, tzinfo=UTC)})
    database.close()
    with served(tmp_path) as (client, _):
        token = client.post("/api/auth/login", json=ADMIN).raise_for_status().json()["access_token"]
        listed = client.get("/api/videos", headers={"Authorization": f"Bearer {token}"}).json()
        assert [video["title"] for video in listed["items"]] == ["Old"]
    assert list((tmp_path / "backups").iterdir()), "a copy of the older database is put aside"
