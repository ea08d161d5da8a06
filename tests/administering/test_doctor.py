"""`clipset doctor` says what is wrong and what to do, and repairs only what loses nobody anything."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import stat
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from server.services.doctor import Doctor
from server.values.jobs import JobState
from tests.postgresql import about_sqlite


def _look(terminal, *options):
    done = terminal.run("doctor", "--json", *options)
    assert done.complained == ""
    found = json.loads(done.said)
    problems = [each for each in found if each["level"] == "problem"]
    assert done.code == (1 if problems else 0)
    assert [each for each in found if not each["sentence"].endswith((".", "?"))] == []
    return found


def _of(found, subject, *levels):
    return [each["sentence"] for each in found if each["subject"] == subject and each["level"] in levels]


@pytest.fixture(autouse=True)
def _roomy(monkeypatch):
    """Whatever disk the tests run on has room."""
    monkeypatch.setattr("server.services.doctor.LEAST_FREE_BYTES", 0)
    monkeypatch.setattr("server.services.doctor._LITTLE_FREE_BYTES", 0)


def test_a_well_server(server, terminal):
    found = _look(terminal)
    assert [each for each in found if each["level"] == "problem"] == []
    assert {each["subject"] for each in found} == {
        "folders", "disk", "database", "files", "network", "clock", "media", "sleep"
    }  # fmt: skip
    assert f"Clipset is running at {server.clipset.address}." in _of(found, "network", "well")
    assert "Only this machine can open it." in _of(found, "network", "note")[0], "these tests listen there"
    shown = terminal.says("doctor").splitlines()
    assert len(shown) == len(found)
    assert not any(line.startswith("PROBLEM") for line in shown)


@about_sqlite
def test_files_without_rows_and_rows_without_files(server, start, terminal, media):
    video = server.admin.upload(media("gr_a.mp4"), title="Lost one")
    assert server.heard.job_of(video["id"]) is JobState.DONE
    shutil.rmtree(server.data_dir / "videos" / "library" / video["id"])
    stranger = server.data_dir / "videos" / "library" / "stranger"
    stranger.mkdir()
    (stranger / "video.mp4").write_bytes(b"precious")
    found = _look(terminal)
    assert "“Lost one”" in _of(found, "files", "problem")[0]
    assert "1 folders" in _of(found, "files", "note")[0]

    _look(terminal, "--repair")
    assert stranger.exists(), "not beside a running server"
    server.clipset.stop()
    found = _look(terminal, "--repair")
    assert server.files("videos/orphans") == ["stranger/video.mp4"]
    assert "Lost one" in _of(found, "files", "problem")[0], "nothing is deleted because it is gone"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_a_key_that_others_can_read(server, terminal):
    key = server.data_dir / "secret.key"
    key.chmod(0o644)
    assert "Others on this machine can read" in _of(_look(terminal), "folders", "problem")[0]
    _look(terminal, "--repair")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert _of(_look(terminal), "folders", "problem") == []


@about_sqlite
def test_a_damaged_database(server, terminal):
    server.clipset.stop()
    file = server.data_dir / "clipset.db"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 6] = bytes(4096 * 3)
    file.write_bytes(content)
    assert "damaged" in _of(_look(terminal), "database", "problem")[0]


@about_sqlite
@pytest.mark.parametrize(("revision", "level"), [("9999", "problem"), ("0001", "note")])
def test_a_database_of_another_version(server, terminal, revision, level):
    server.clipset.stop()
    with closing(sqlite3.connect(server.data_dir / "clipset.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    assert "version" in (_of(_look(terminal), "database", level)[0] + "Install that version")


def test_a_taken_port(server, terminal):
    server.clipset.stop()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        (server.data_dir / ".env").write_text(
            f"CLIPSET_HOST=127.0.0.1\nCLIPSET_PORT={other.getsockname()[1]}\n"
        )
        assert "cannot be used" in _of(_look(terminal), "network", "problem")[0]
    assert _of(_look(terminal), "network", "problem") == []


def test_a_data_folder_that_is_not_there(terminal):
    found = _look(terminal)
    assert "is not there" in _of(found, "folders", "problem")[0]
    assert not terminal.data_dir.exists()


def test_a_full_disk(server, terminal, monkeypatch):
    monkeypatch.setattr("server.services.doctor.LEAST_FREE_BYTES", 2**80)
    assert "Nothing can be uploaded" in _of(_look(terminal), "disk", "problem")[0]


def test_a_clock_that_was_set_back(server):
    doctor = Doctor(server.clipset.settings.host, None, clock=lambda: datetime(1970, 1, 1, tzinfo=UTC))
    found = [each for each in doctor.look() if each.subject == "clock"]
    assert [(each.level.value, "too early" in each.sentence) for each in found] == [("problem", True)]


def test_one_check_that_fails_keeps_no_other_from_being_made(server, terminal, monkeypatch):
    def fail():
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("server.services.doctor.ffmpeg_build", fail)
    found = _look(terminal)
    assert _of(found, "media", "problem") == ["This could not be looked at: a bug of ours."]
    assert _of(found, "sleep", "well", "note")
