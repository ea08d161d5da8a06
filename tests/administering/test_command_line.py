"""The subcommands that do what the window does: on a data folder at rest, and beside a running server."""

from __future__ import annotations

import json
import os
import stat
from uuid import uuid4

from server.local_access import read
from server.values.jobs import JobState
from tests.conftest import PASSWORD
from tests.terminal import Terminal
from tests.transcoding.puppet import Puppet, no_look

_FILE = "gr_a.mp4"


def _sign_in(server, username, password):
    body = {"username": username, "password": password}
    return server.stranger().post("/api/auth/login", json=body).status_code


def test_people_beside_a_running_server(server, terminal):
    made = terminal.answers("users", "add", "max", "max@example.org")
    assert (made["username"], made["role"]) == ("max", "user")
    max_ = server.stranger()
    body = {"username": "max", "password": made["password"]}
    assert max_.post("/api/auth/login", json=body).status_code == 200
    assert [row["username"] for row in terminal.answers("users", "list")] == ["anna", "max"]
    table = terminal.says("users", "list").splitlines()
    assert table[0].split() == [
        "USERNAME",
        "EMAIL",
        "ROLE",
        "IS",
        "ACTIVE",
        "VIDEO",
        "COUNT",
        "CREATED",
        "AT",
    ]
    assert [line.index("example") for line in table[1:]] == [len("username  anna@")] * 1 + [
        len("username  max@")
    ]

    assert terminal.says("users", "role", "MAX", "admin") == "max is an admin now.\n"
    assert max_.get("/api/users").status_code == 200, "at once"
    terminal.says("users", "disable", "max@example.org")
    assert max_.get("/api/auth/me").status_code == 401
    terminal.says("users", "enable", "max")
    again = server.stranger()
    again.post("/api/auth/login", json=body).raise_for_status()
    terminal.says("users", "sign-out", "max")
    assert again.get("/api/auth/me").status_code == 401
    changed = terminal.answers("users", "password", "max")
    assert _sign_in(server, "max", made["password"]) == 401
    assert _sign_in(server, "max", changed["password"]) == 200
    assert terminal.says("users", "delete", "max", "--videos", "keep") == "The account of max is deleted.\n"
    assert [row["username"] for row in terminal.answers("users", "list")] == ["anna"]


def test_people_of_a_server_that_does_not_run(server, start, terminal):
    server.clipset.stop()
    shown = terminal.says("users", "add", "mia", "mia@example.org", "--role", "admin").splitlines()
    assert shown[0] == "mia can sign in now."
    password = shown[1].removeprefix("Password: ")
    terminal.says("users", "disable", "anna")
    assert terminal.refuses("users", "disable", "mia").startswith("This is the only active admin.")
    terminal.says("users", "enable", "anna")
    again = start()
    assert _sign_in(again, "mia", password) == 200
    assert _sign_in(again, "anna", PASSWORD) == 200


def test_a_command_in_a_process_of_its_own(server, terminal):
    with terminal.start("users", "list", "--json") as process:
        said, complained = process.communicate(timeout=120)
    assert (process.returncode, complained) == (0, "")
    assert [row["username"] for row in json.loads(said)] == ["anna"]
    with terminal.start("users", "role", "nobody", "admin") as process:
        said, complained = process.communicate(timeout=120)
    assert (process.returncode, said, complained) == (1, "", "There is nobody called nobody.\n")


def test_what_does_not_work_is_a_sentence(server, terminal, tmp_path, monkeypatch, capsys):
    assert terminal.refuses("users", "disable", "nobody") == "There is nobody called nobody."
    assert terminal.refuses("users", "add", "anna", "other@example.org").startswith("That name is taken.")
    assert terminal.refuses("users", "add", "max", "no-address")
    assert terminal.refuses("users", "disable", "anna").startswith("This is the only active admin.")
    assert terminal.refuses("jobs", "cancel", "0123").startswith("There is no job")
    assert terminal.refuses("invites", "revoke", "0123").startswith("There is no invitation")
    nowhere = Terminal(tmp_path / "nowhere", monkeypatch, capsys)
    assert nowhere.refuses("users", "list").startswith("There is no Clipset in")
    assert not (tmp_path / "nowhere").exists()
    assert terminal.run("users", "delete", "anna").code == 2, "what becomes of the videos has to be said"
    assert terminal.run("users").code == 2


def test_invitations(server, terminal):
    made = terminal.answers("invites", "create", "--note", "For Max", "--days", "3")
    assert made["url"] == f"{server.clipset.address}/join/{made['token']}"
    assert server.stranger().get(f"/api/invitations/validate/{made['token']}").json()["valid"]
    address = terminal.says("invites", "create").splitlines()[0]
    assert address.startswith(server.clipset.address)
    assert [row["state"] for row in terminal.answers("invites", "list")] == ["open", "open"]
    assert "For Max" in terminal.says("invites", "list")
    terminal.says("invites", "revoke", made["id"][:8])
    assert not server.stranger().get(f"/api/invitations/validate/{made['token']}").json()["valid"]
    assert terminal.refuses("invites", "create", "--days", "999") == "An invitation lasts 1 to 365 days."


def test_an_invitation_made_while_nothing_runs_names_the_address_of_the_next_start(server, terminal):
    server.clipset.stop()
    settings = "CLIPSET_HTTPS=yes\nCLIPSET_ADVERTISED_HOST=videos.example\nCLIPSET_PORT=8443\n"
    (server.data_dir / ".env").write_text(settings)
    assert terminal.answers("invites", "create")["url"].startswith("https://videos.example:8443/join/")


def _states(terminal):
    return {row["video_id"]: row["state"] for row in terminal.answers("jobs", "list")}


def _job_ids(terminal):
    return {row["video_id"]: row["id"] for row in terminal.answers("jobs", "list")}


def test_jobs_of_a_running_server_are_steered_by_that_server(start, terminal, media):
    puppet = Puppet()
    server = start(run_child=puppet, look=no_look, transcode_workers=1)
    running, first, second = (server.admin.upload(media(_FILE))["id"] for _ in range(3))
    server.heard.job_of(running, JobState.RUNNING)
    ids = _job_ids(terminal)
    assert terminal.answers("jobs", "next", ids[second])["place"] == 1
    assert terminal.says("jobs", "cancel", ids[running]).endswith(("cancelling.\n", "cancelled.\n"))
    assert server.heard.job_of(running) is JobState.CANCELLED
    server.heard.job_of(second, JobState.RUNNING)
    terminal.says("jobs", "pause", ids[second])
    server.heard.job_of(second, JobState.PAUSED)
    terminal.says("jobs", "resume", ids[second])
    terminal.says("jobs", "retry", ids[running])
    puppet.let_go(4)
    for video_id in (running, first, second):
        assert server.heard.job_of(video_id, JobState.DONE) is JobState.DONE
    assert set(_states(terminal).values()) == {"done"}
    assert terminal.refuses("jobs", "pause", ids[first]) == "This job is over, so there is nothing to pause."


def test_jobs_of_a_server_that_does_not_run_wait_for_it(start, terminal, media):
    server = start(run_child=Puppet(), look=no_look, transcode_workers=1)
    first, second = (server.admin.upload(media(_FILE))["id"] for _ in range(2))
    server.heard.job_of(first, JobState.RUNNING)
    server.clipset.stop()
    ids = _job_ids(terminal)
    assert terminal.answers("jobs", "pause", ids[first][:8])["state"] == "paused"
    assert terminal.answers("jobs", "cancel", ids[second])["state"] == "cancelled"
    table = terminal.says("jobs", "list")
    assert "paused" in table and ids[first][:8] in table and ids[first] not in table
    again = start()
    assert {job["video_id"]: job["state"] for job in again.admin.get("/api/admin/jobs").json()["items"]} == {
        first: "paused",
        second: "cancelled",
    }


def test_a_title_cannot_steer_the_terminal(server, terminal, media):
    title = "\x1b[2Jgone\u202eevil 旅行"
    with media(_FILE).open("rb") as file:
        server.admin.post("/api/videos", files={"file": ("a.mp4", file)}, data={"title": title})
    shown = terminal.says("jobs", "list")
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "旅行" in shown


def test_the_running_servers_token_is_for_its_owner_and_ends_with_it(server):
    file = server.data_dir / "running.json"
    running = read(server.data_dir)
    assert running.local_address == server.url and running.pid == os.getpid()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    host = server.stranger()
    host.headers["Authorization"] = f"Bearer {running.token}"
    assert host.get("/api/admin/jobs").status_code == 200
    assert host.get("/api/auth/me").status_code == 401, "it is nobody's account"
    host.headers["Authorization"] = f"Bearer {running.token[:-1]}"
    assert host.get("/api/admin/jobs").status_code == 401
    server.clipset.stop()
    assert not file.exists()


def test_a_server_that_cannot_be_asked_is_told_from_none(server, terminal):
    (server.data_dir / "running.json").unlink()
    assert terminal.refuses("jobs", "list").startswith("Another Clipset is running on")
    (server.data_dir / "running.json").write_text("{")
    assert terminal.refuses("jobs", "cancel", str(uuid4())).startswith("Another Clipset is running on")
