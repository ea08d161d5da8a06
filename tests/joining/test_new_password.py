"""An admin helps somebody who forgot their password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from server.database.engine import Database
from tests.conftest import PASSWORD

pytestmark = pytest.mark.database

_NEW = "a quite new password"


def _address(server, person):
    user = person.get("/api/auth/me").raise_for_status().json()["id"]
    return server.admin.post(f"/api/users/{user}/password-reset").raise_for_status().json()


def _set(person, token, password=_NEW):
    return person.post("/api/auth/reset", json={"token": token, "password": password})


def test_a_new_password_is_set_once_and_ends_every_session(server):
    phone = server.member("max")
    made = _address(server, phone)
    assert made["url"] == f"{server.url}/reset/{made['token']}"
    laptop = server.stranger()
    assert phone.get("/api/auth/me").status_code == 200, "nothing has happened yet"

    answer = _set(laptop, made["token"])

    assert (answer.status_code, answer.json()["user"]["username"]) == (200, "max")
    assert laptop.get("/api/auth/me").status_code == 200
    assert phone.get("/api/auth/me").status_code == 401
    old = server.stranger().post("/api/auth/login", json={"username": "max", "password": PASSWORD})
    new = server.stranger().post("/api/auth/login", json={"username": "max", "password": _NEW})
    assert (old.status_code, new.status_code) == (401, 200)
    again = _set(server.stranger(), made["token"])
    assert (again.status_code, again.json()["code"]) == (404, "reset_unusable")


def test_addresses_that_cannot_be_used_answer_alike(start):
    now = datetime.now(UTC)
    server = start(clock=lambda: now)
    people = {name: server.member(name) for name in ("early", "twice", "out", "changed", "late")}
    made = {name: _address(server, person)["token"] for name, person in people.items() if name != "late"}
    replacement = _address(server, people["twice"])["token"]
    user = people["out"].get("/api/auth/me").json()["id"]
    server.admin.patch(f"/api/users/{user}/active", json={"is_active": False}).raise_for_status()
    changes = {"current_password": PASSWORD, "password": "my own new password"}
    people["changed"].patch("/api/auth/me", json=changes).raise_for_status()
    answers = [_set(server.stranger(), made[name]) for name in ("twice", "out", "changed")] + [
        _set(server.stranger(), token) for token in ("", "nonsense", "ä" * 500)
    ]
    now += timedelta(hours=24)
    answers.append(_set(server.stranger(), made["early"]))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert _set(server.stranger(), replacement).status_code == 404, "a day is over for this one, too"


def test_a_bad_password_leaves_the_address_usable(server):
    token = _address(server, server.member("max"))["token"]
    for password in ("short", "x" * 129):
        refused = _set(server.stranger(), token, password)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "password")
    assert _set(server.stranger(), token).status_code == 200


def test_only_its_hash_is_kept(server):
    token = _address(server, server.member("max"))["token"]
    database = Database(server.clipset.settings.host.effective_database_url)
    with database.read() as db:
        row = db.execute(text("SELECT * FROM password_resets")).one()
    database.close()
    assert token not in str(row)


def test_guessing_is_slowed_down(server):
    token = _address(server, server.member("max"))["token"]
    guesser = server.stranger()
    statuses = [_set(guesser, f"guess{number}").status_code for number in range(61)]
    assert statuses == [404] * 60 + [429]
    assert _set(guesser, token).status_code == 429


def test_guessing_the_current_password_is_slowed_down(server):
    max_ = server.member("max")

    def change(current):
        return max_.patch("/api/auth/me", json={"current_password": current, "password": _NEW})

    assert [change(f"guess {number}").status_code for number in range(11)] == [422] * 10 + [429]
    assert change(PASSWORD).status_code == 429


@pytest.mark.parametrize("keep", [True, False])
def test_all_sessions_are_ended_at_once(server, keep):
    phone, laptop, tablet = server.member("max"), server.signed_in("max"), server.signed_in("max")
    other = server.member("mia")
    params = {"keep": "current"} if keep else {}
    assert phone.delete("/api/auth/sessions", params=params).status_code == 204
    assert [each.get("/api/auth/me").status_code for each in (laptop, tablet)] == [401, 401]
    assert phone.get("/api/auth/me").status_code == (200 if keep else 401)
    assert phone.cookies.get("clipset_session") is not None if keep else not phone.cookies
    assert other.get("/api/auth/me").status_code == 200
    assert server.signed_in("max").delete("/api/auth/sessions?keep=all").status_code == 422


def test_an_admin_signs_somebody_out_everywhere(server):
    phone, laptop = server.member("max"), server.signed_in("max")
    user = phone.get("/api/auth/me").json()["id"]
    assert server.admin.delete(f"/api/users/{user}/sessions").status_code == 204
    assert [each.get("/api/auth/me").status_code for each in (phone, laptop)] == [401, 401]
    assert server.signed_in("max").get("/api/auth/me").status_code == 200
    nobody = "00000000-0000-4000-8000-000000000000"
    assert server.admin.delete(f"/api/users/{nobody}/sessions").status_code == 404
    assert server.admin.post(f"/api/users/{nobody}/password-reset").status_code == 404
