"""Somebody is invited, joins, signs in and out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from server.database.engine import Database
from server.services.sessions import Sessions
from server.services.tokens import Tokens
from tests.conftest import PASSWORD

pytestmark = pytest.mark.database


def _join(person, token, username="mia", email="mia@example.org", password=PASSWORD):
    body = {"token": token, "email": email, "username": username, "password": password}
    return person.post("/api/auth/register", json=body)


def _invite(server, **body):
    return server.admin.post("/api/invitations", json=body).raise_for_status().json()


def test_an_invited_person_joins_and_is_signed_in(server):
    invitation = _invite(server, note="for Mia")
    assert invitation["url"] == f"{server.url}/join/{invitation['token']}"
    mia = server.stranger()
    assert mia.get(f"/api/invitations/validate/{invitation['token']}").json()["valid"] is True

    answer = _join(mia, invitation["token"])

    assert answer.status_code == 201
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["user"]["role"] == "user"
    assert "HttpOnly" in answer.headers["set-cookie"] and "SameSite=Lax" in answer.headers["set-cookie"]
    assert mia.get("/api/auth/me").json()["username"] == "mia"
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert server.stranger().get("/api/auth/me", headers=bearer).json()["email"] == "mia@example.org"


def test_an_invitation_is_used_once_also_when_fifty_try_at_once(server):
    token = _invite(server)["token"]
    people = [server.stranger() for _ in range(50)]

    def join(number):
        return _join(people[number], token, f"mia{number}", f"mia{number}@example.org").status_code

    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(join, range(50)))

    assert statuses.count(201) == 1
    assert set(statuses) == {201, 404}
    assert server.admin.get("/api/users").json()["total"] == 2
    listed = server.admin.get("/api/invitations").json()["items"][0]
    assert listed["state"] == "used" and listed["used_by_name"].startswith("mia")


def test_wrong_used_expired_and_revoked_invitations_answer_alike(start):
    now = datetime.now(UTC)
    server = start(clock=lambda: now)
    used, revoked, expired = _invite(server), _invite(server), _invite(server, expires_in_days=1)
    _join(server.stranger(), used["token"])
    server.admin.delete(f"/api/invitations/{revoked['id']}").raise_for_status()
    now += timedelta(days=1, seconds=1)

    mia = server.stranger()
    for token in ("nonsense", used["token"], revoked["token"], expired["token"]):
        assert mia.get(f"/api/invitations/validate/{token}").json() == {
            "valid": False,
            "email": None,
            "expires_at": None,
        }
        answer = _join(mia, token, "other", "other@example.org")
        assert (answer.status_code, answer.json()["code"]) == (404, "invitation_unusable")


def test_an_invitation_for_one_address_takes_no_other(server):
    token = _invite(server, email="Mia@Example.org")["token"]
    refused = _join(server.stranger(), token, email="max@example.org")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "email")
    assert _join(server.stranger(), token, email="mia@example.org").status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "a b@example.org"),
        ("email", "x" * 250 + "@example.org"),
        ("username", "m"),
        ("username", "m" * 41),
        ("username", "mia@home"),
        ("username", "mi\u0000a<b>"),
        ("password", "short"),
        ("password", "x" * 129),
        ("username", 7),
        ("password", None),
    ],
)
def test_a_bad_field_is_named_and_the_invitation_stays_open(server, field, value):
    token = _invite(server)["token"]
    body = {"token": token, "email": "mia@example.org", "username": "mia", "password": PASSWORD, field: value}
    answer = server.stranger().post("/api/auth/register", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    assert _join(server.stranger(), token).status_code == 201


@pytest.mark.parametrize(
    ("username", "email", "field"),
    [("MAX", "new@example.org", "username"), ("new", "Max@Example.org", "email")],
)
def test_names_and_addresses_are_unique_whatever_their_case(server, username, email, field):
    server.member("max")
    token = _invite(server)["token"]
    answer = _join(server.stranger(), token, username, email)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, field)
    assert _join(server.stranger(), token).status_code == 201, "the invitation was not used up by the clash"


@pytest.mark.parametrize("identifier", ["max", "MAX", "max@example.org", " Max@Example.Org "])
def test_signing_in_by_name_or_address(server, identifier):
    server.member("max")
    answer = server.stranger().post("/api/auth/login", json={"username": identifier, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "max"


def test_unknown_wrong_and_disabled_answer_alike(server, monkeypatch):
    """The check of a hash is nearly all of the time that an answer takes: each is made to cost one."""
    max_ = server.member("max")
    server.member("mia")
    mia = next(user for user in server.admin.get("/api/users").json()["items"] if user["username"] == "mia")
    server.admin.patch(f"/api/users/{mia['id']}/active", json={"is_active": False}).raise_for_status()
    verify, checked = PasswordHasher.verify, []
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: checked.append("one") or verify(*given))
    answers = []
    for name, password in [
        ("nobody", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("max", "wrong password"),
        ("mia", PASSWORD),
        ("max", "x" * 4000),
    ]:
        body = {"username": name, "password": password}
        answers.append(server.stranger().post("/api/auth/login", json=body))
        assert len(checked) == len(answers)
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert max_.get("/api/auth/me").status_code == 200


def test_signing_out_ends_this_session_alone(server):
    phone = server.member("max")
    laptop = server.signed_in("max")
    token = laptop.cookies["clipset_session"]
    assert laptop.post("/api/auth/logout").status_code == 204
    bearer = {"Authorization": f"Bearer {token}"}
    assert server.stranger().get("/api/auth/me", headers=bearer).status_code == 401
    assert phone.get("/api/auth/me").status_code == 200


def test_ending_another_session_stops_it_at_once(server):
    phone, laptop = server.member("max"), server.signed_in("max")
    sessions = phone.get("/api/auth/sessions").json()["items"]
    other = next(session for session in sessions if not session["current"])
    assert phone.delete(f"/api/auth/sessions/{other['id']}").status_code == 204
    assert laptop.get("/api/videos").status_code == 401
    assert phone.delete(f"/api/auth/sessions/{other['id']}").status_code == 404


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(server):
    phone, laptop = server.member("max"), server.signed_in("max")
    wrong = phone.patch("/api/auth/me", json={"current_password": "no", "password": "a new password"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "current_password")
    right = phone.patch("/api/auth/me", json={"current_password": PASSWORD, "password": "a new password"})
    assert right.status_code == 200
    assert phone.get("/api/auth/me").status_code == 200
    assert laptop.get("/api/auth/me").status_code == 401
    old = server.stranger().post("/api/auth/login", json={"username": "max", "password": PASSWORD})
    assert old.status_code == 401


@pytest.mark.parametrize("spoil", ["x", "a.b.c", "tampered", "none"])
def test_a_token_that_is_not_ours_is_worth_nothing(server, spoil):
    token = server.admin.cookies["clipset_session"]
    head, payload, signature = token.split(".")
    if spoil == "tampered":
        token = ".".join([head, payload, signature[::-1]])
    elif spoil == "none":
        token = f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}."
    else:
        token = spoil
    answer = server.stranger().get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="clipset"')


def test_a_session_ends_by_itself(start):
    now = datetime.now(UTC)
    server = start(clock=lambda: now, access_token_expire_minutes=60)
    max_ = server.member("max")
    assert max_.get("/api/auth/me").status_code == 200
    now += timedelta(minutes=61)
    assert max_.get("/api/auth/me").status_code == 401


def test_sessions_that_ended_or_expired_long_ago_are_forgotten(start):
    now = datetime.now(UTC)
    server = start(clock=lambda: now, access_token_expire_minutes=60 * 24 * 100)
    phone, laptop = server.member("max"), server.signed_in("max")
    database = Database(server.clipset.settings.host.effective_database_url)
    sessions = Sessions(
        database, Tokens("k" * 32), timedelta(days=100), publish=lambda _: None, clock=lambda: now
    )
    phone.post("/api/auth/logout").raise_for_status()
    now += timedelta(days=30)
    assert sessions.purge() == 0, "who looks into what happened finds them for a month"
    now += timedelta(seconds=1)
    assert sessions.purge() == 1
    assert laptop.get("/api/auth/me").status_code == 200
    now += timedelta(days=100)
    assert sessions.purge() == 2, "those of laptop and admin have expired"
    database.close()


def test_guessing_a_password_is_slowed_down_and_its_owner_is_not_kept_out(server):
    server.member("max")
    guesser = server.stranger()

    def sign_in(password):
        return guesser.post("/api/auth/login", json={"username": "max", "password": password})

    assert [sign_in(f"guess {number}").status_code for number in range(11)] == [401] * 10 + [429]
    blocked = sign_in(PASSWORD)
    assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(blocked.headers["retry-after"]) <= 300
    by_mail = guesser.post("/api/auth/login", json={"username": "max@example.org", "password": PASSWORD})
    assert by_mail.status_code == 200, "what is counted is what was guessed at"
    assert server.signed_in("anna").get("/api/auth/me").status_code == 200


def test_guessing_invitations_is_slowed_down(server):
    token = _invite(server)["token"]
    guesser = server.stranger()
    statuses = [guesser.get(f"/api/invitations/validate/guess{number}").status_code for number in range(61)]
    assert statuses == [200] * 60 + [429]
    assert _join(guesser, token).status_code == 429
