"""Backups and restores, also when the machine is switched off in the middle. Needs the media folder in part."""

from __future__ import annotations

import random
import shutil
import sqlite3
import stat
import subprocess
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from server.errors import Conflict, InvalidInput
from server.local_access import FILE_NAME as RUNNING
from server.services import backup_files
from server.services.restoring import complete, restore
from server.values.jobs import JobState
from tests.postgresql import about_sqlite

pytestmark = about_sqlite

#: How many real processes are killed: a sample here, all of them under `-m slow`.
_KILLS, _ALL_KILLS = 3, 60


def _upload(server, path, title):
    video = server.admin.upload(path, title=title)
    assert server.heard.job_of(video["id"]) is JobState.DONE
    return video["id"]


def _titles(server):
    return {video["title"] for video in server.admin.get("/api/videos").json()["items"]}


def test_a_backup_with_videos_brings_everything_back(start, terminal, media):
    server = start()
    kept = _upload(server, media("gr_a.mp4"), "Kept")
    member = server.member("max")
    made = terminal.answers("backup", "--with-videos")
    assert made["with_videos"] and Path(made["folder"]).parent == server.data_dir / "backups"
    bytes_before = server.admin.get(f"/api/videos/{kept}/stream").content

    server.admin.delete(f"/api/videos/{kept}").raise_for_status()
    _upload(server, media("gr_a.mp4"), "Later")
    server.member("mia")
    assert terminal.refuses("restore", made["folder"]).startswith("Another Clipset is running on")
    server.clipset.stop()

    said = terminal.says("restore", made["folder"])
    assert "Everybody has to sign in again." in said
    aside = Path(said.splitlines()[-1].removeprefix("What was there before is in ").rstrip("."))
    again = start()
    assert _titles(again) == {"Kept"}
    assert {row["username"] for row in again.admin.get("/api/users").json()["items"]} == {"anna", "max"}
    assert again.admin.get(f"/api/videos/{kept}/stream").content == bytes_before
    assert again.admin.get(f"/api/videos/{kept}/thumbnail").status_code == 200
    member.base_url = again.url
    assert member.get("/api/auth/me").status_code == 401
    with closing(sqlite3.connect(aside / "clipset.db")) as before:
        assert {title for (title,) in before.execute("SELECT title FROM videos")} == {"Later"}
    assert [file for file in again.files("videos") if "before-restore" in file], (
        "the later video is set aside"
    )


def test_a_backup_is_for_its_owner_alone_and_lists_itself(server, terminal):
    folder = Path(terminal.says("backup").strip())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert sorted(file.name for file in folder.iterdir()) == ["clipset.db", "manifest.json", "secret.key"]
    rows = terminal.answers("backup", "--list")
    assert [row["folder"] for row in rows] == [str(folder)]
    assert str(folder) in terminal.says("backup", "--list")


def test_a_backup_goes_where_it_is_told(server, terminal, tmp_path):
    (server.data_dir / ".env").write_text("CLIPSET_TRANSCODE_CRF=20\n")
    made = terminal.answers("backup", "--to", str(tmp_path / "elsewhere"))
    assert Path(made["folder"]).parent == tmp_path / "elsewhere"
    server.clipset.stop()
    (server.data_dir / ".env").write_text("CLIPSET_TRANSCODE_CRF=30\n")
    terminal.says("restore", made["folder"])
    assert (server.data_dir / ".env").read_text() == "CLIPSET_TRANSCODE_CRF=30\n"
    terminal.says("restore", made["folder"], "--settings")
    assert (server.data_dir / ".env").read_text() == "CLIPSET_TRANSCODE_CRF=20\n"


def test_a_restore_works_where_there_is_nothing_or_a_broken_database(server, start, terminal, tmp_path):
    folder = terminal.says("backup", "--to", str(tmp_path / "kept")).strip()
    server.clipset.stop()
    (server.data_dir / "clipset.db").write_bytes(b"broken " * 1000)
    terminal.says("restore", folder)
    start().clipset.stop()
    shutil.rmtree(server.data_dir)
    terminal.says("restore", folder)
    assert start().admin.get("/api/auth/me").json()["username"] == "anna"


def _spoil_database(folder):
    data = bytearray((folder / "clipset.db").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / "clipset.db").write_bytes(data)


def _newer(folder):
    text = (folder / "manifest.json").read_text()
    assert '"revision": "' in text
    head, _, rest = text.partition('"revision": "')
    (folder / "manifest.json").write_text(head + '"revision": "9999' + rest[rest.index('"') :])


_SPOILT = {
    "a changed database": (_spoil_database, "is not what was put there"),
    "a missing key": (lambda folder: (folder / "secret.key").unlink(), "cannot be read"),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "is no backup"),
    "half a manifest": (lambda folder: (folder / "manifest.json").write_text('{"format"'), "is no backup"),
    "a newer format": (
        lambda folder: (folder / "manifest.json").write_text(
            (folder / "manifest.json").read_text().replace('"format": 1', '"format": 2')
        ),
        "newer Clipset",
    ),
    "a newer database": (_newer, "newer Clipset"),
}


@pytest.mark.parametrize("name", _SPOILT)
def test_a_spoilt_backup_changes_nothing(server, start, terminal, name):
    spoil, reason = _SPOILT[name]
    folder = Path(terminal.says("backup").strip())
    server.clipset.stop()
    before = _state(server.data_dir)
    spoil(folder)
    assert reason in terminal.refuses("restore", str(folder))
    assert _state(server.data_dir) == before


def _state(data_dir):
    """Every file that matters, with its bytes."""
    return {
        path.relative_to(data_dir).as_posix(): path.read_bytes()
        for path in data_dir.rglob("*")
        if path.is_file() and "backups" not in path.parts and path.name not in {"clipset.lock", RUNNING}
    }


class _Killed(BaseException):
    """What a `kill -9` looks like from inside: nothing is cleaned up."""


def test_a_restore_cut_at_any_rename_is_gone_on_with_or_has_not_happened(
    server, start, terminal, monkeypatch
):
    server.admin.post("/api/categories", json={"name": "Before"}).raise_for_status()
    folder = Path(terminal.says("backup", "--with-videos").strip())
    server.admin.post("/api/categories", json={"name": "After"}).raise_for_status()
    server.clipset.stop()
    host = server.clipset.settings.host
    pristine = server.data_dir.with_name("pristine")
    shutil.copytree(server.data_dir, pristine)
    replace = Path.replace
    outcomes = []
    for cut_at in count():
        shutil.rmtree(server.data_dir)
        shutil.copytree(pristine, server.data_dir)
        renames = count()

        def cut(self, target, cut_at=cut_at, renames=renames):
            if next(renames) == cut_at:
                raise _Killed
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", cut)
        try:
            restore(host, folder)
        except _Killed:
            was_cut = True
        else:
            was_cut = False
        monkeypatch.setattr(Path, "replace", replace)
        complete(host)
        with closing(sqlite3.connect(server.data_dir / "clipset.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found = [name for (name,) in database.execute("SELECT name FROM categories ORDER BY name")]
        assert (server.data_dir / "secret.key").read_bytes() == (pristine / "secret.key").read_bytes()
        assert not list(server.data_dir.rglob("restoring*"))
        outcomes.append(found)
        if not was_cut:
            break
    assert outcomes[0] == ["After", "Before"], "before the journal is there, nothing has happened"
    assert outcomes[-1] == ["Before"]
    assert {tuple(found) for found in outcomes} == {("After", "Before"), ("Before",)}
    assert len(outcomes) > 3
    assert start().admin.get("/api/categories").json()["total"] == 1


@pytest.mark.parametrize(
    "kills", [_KILLS, pytest.param(_ALL_KILLS, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
)
def test_killed_backups_and_restores_leave_a_usable_state(server, start, terminal, tmp_path, kills):
    library = server.data_dir / "videos" / "library"
    for number in range(20):
        (library / f"filler-{number}").mkdir()
        (library / f"filler-{number}" / "video.mp4").write_bytes(bytes(1_000_000))
    good = terminal.says("backup", "--with-videos", "--to", str(tmp_path / "good")).strip()
    server.clipset.stop()
    chance = random.Random(5)
    whole = _seconds(terminal, "backup", "--with-videos", "--to", str(tmp_path / "timed"))
    for _ in range(kills):
        for command in (
            ("backup", "--with-videos", "--to", str(tmp_path / "killed")),
            ("restore", good),
        ):
            with terminal.start(*command) as process:
                # somewhere between its beginning and what a whole one takes; each moment must do
                with suppress(subprocess.TimeoutExpired):
                    process.wait(chance.uniform(0.3, 1.0) * whole)
                process.kill()
        complete(server.clipset.settings.host)
        with closing(sqlite3.connect(server.data_dir / "clipset.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for row in terminal.answers("backup", "--list", "--to", str(tmp_path / "killed")):
            folder = Path(row["folder"])
            backup_files.check_files(folder, backup_files.read_manifest(folder))
    assert start().admin.get("/api/auth/me").json()["username"] == "anna"


def _seconds(terminal, *command):
    started = time.monotonic()
    with terminal.start(*command) as process:
        assert process.wait(120) == 0
    return time.monotonic() - started


class _Clock:
    def __init__(self):
        self.now = datetime(2026, 1, 1, 3, tzinfo=UTC)

    def __call__(self):
        return self.now


def test_backups_are_made_by_the_clock_and_the_oldest_go(start, terminal):
    clock = _Clock()
    server = start(clock=clock, backup_schedule="daily", backups_kept=2)
    backups = server.clipset.backups
    by_hand = backups.create().folder
    made = []
    for _ in range(4):
        clock.now += timedelta(hours=24)
        made.append(backups.make_if_due().folder)
        clock.now += timedelta(minutes=30)
        assert backups.make_if_due() is None, "once a day"
        clock.now -= timedelta(minutes=30)
    assert [backup.folder for backup in backups.list()] == [made[3], made[2], by_hand]
    assert [backup.manifest.scheduled for backup in backups.list()] == [True, True, False]


@pytest.mark.parametrize(
    ("schedule", "days", "due"), [("off", 99, False), ("weekly", 6, False), ("weekly", 7, True)]
)
def test_what_the_schedule_says(start, schedule, days, due):
    clock = _Clock()
    server = start(clock=clock, backup_schedule=schedule)
    backups = server.clipset.backups
    backups.create(scheduled=True)
    clock.now += timedelta(days=days)
    assert (backups.make_if_due() is not None) is due


def test_two_backups_at_once_do_not_meet(server, monkeypatch):
    backups = server.clipset.backups
    copy = backup_files.copy_database
    seen = []

    def meanwhile(source, target):
        monkeypatch.setattr(backup_files, "copy_database", copy)
        with pytest.raises(Conflict, match="Another backup"):
            backups.create()
        seen.append("refused")
        copy(source, target)

    monkeypatch.setattr(backup_files, "copy_database", meanwhile)
    backups.create()
    assert seen == ["refused"]


def test_a_damaged_database_makes_no_backup(server, tmp_path):
    server.clipset.stop()
    file = server.data_dir / "clipset.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("UPDATE sessions SET user_id = '00000000000000000000000000000000'")
    with pytest.raises(InvalidInput, match="damaged"):
        server.clipset.backups.create(tmp_path / "none")
    assert list((tmp_path / "none").glob("*clipset-*")) == []
