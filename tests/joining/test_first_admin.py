"""The first account: from the environment, or from the one-time set-up address."""

from __future__ import annotations

import pytest

from server.composition import Clipset
from server.errors import CannotStart
from tests.conftest import PASSWORD

pytestmark = pytest.mark.database

_NOBODY = {"initial_admin_email": "", "initial_admin_username": "", "initial_admin_password": ""}
_ANNA = {"email": "anna@example.org", "username": "anna", "password": PASSWORD}


@pytest.fixture
def fresh(load_settings):
    with Clipset(load_settings(**_NOBODY)) as clipset:
        yield clipset


def _post(clipset, path, body):
    import httpx

    return httpx.post(f"{clipset.local_address}{path}", json=body, timeout=30)


def test_the_set_up_address_makes_the_admin_once(fresh):
    token = fresh.setup.path.removeprefix("/setup/")
    made = _post(fresh, "/api/setup", {"token": token, **_ANNA})
    assert made.status_code == 201
    assert made.json()["user"]["role"] == "admin"
    again = _post(
        fresh, "/api/setup", {"token": token, **_ANNA, "username": "eve", "email": "eve@example.org"}
    )
    assert again.status_code == 409


@pytest.mark.parametrize("token", ["", "wrong", "ü\ud83c"])
def test_a_wrong_token_makes_nobody(fresh, token):
    import json

    body = json.dumps({"token": token, **_ANNA})
    import httpx

    answer = httpx.post(
        f"{fresh.local_address}/api/setup",
        content=body.encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in {400, 403, 422}
    assert fresh.setup.is_needed()


def test_everything_else_waits_for_the_admin(fresh):
    import httpx

    assert httpx.get(f"{fresh.local_address}/api/server").json()["setup_needed"] is True
    assert httpx.get(f"{fresh.local_address}/api/videos").status_code == 401


def test_the_environment_makes_the_admin_once(load_settings, start):
    server = start()
    assert server.admin.get("/api/auth/me").json()["role"] == "admin"
    server.clipset.stop()
    again = start(initial_admin_username="somebody", initial_admin_email="else@example.org")
    assert again.admin.get("/api/users").json()["total"] == 1


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"initial_admin_password": "short"}, "CLIPSET_INITIAL_ADMIN_PASSWORD"),
        ({"initial_admin_email": "nobody"}, "CLIPSET_INITIAL_ADMIN_EMAIL"),
        ({"initial_admin_username": ""}, "CLIPSET_INITIAL_ADMIN_EMAIL"),
    ],
)
def test_a_bad_first_admin_stops_the_start_in_words(load_settings, given, named):
    clipset = Clipset(load_settings(**given))
    with pytest.raises(CannotStart, match=named):
        clipset.start()
