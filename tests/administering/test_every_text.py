"""Every text that can be typed or sent: its limits, and sixty hostile ones, which are kept unharmed or refused.

What a page and the window make of them is tested with those.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from server.values.jobs import JobState
from tests.conftest import PASSWORD, make_settings, running
from tests.hostile_strings import HOSTILE

_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x00" * 100
_TUS = {"Tus-Resumable": "1.0.0"}
_NUMBER = count(1)
_DISPOSITION = re.compile(
    r'attachment; filename="([^"\\\x00-\x1f\x7f-\uffff]+)"(?:; filename\*=UTF-8\'\'([\w%.~-]+))?', re.A
)
"""RFC 6266 as narrowly as we write it: two parameters at most, and nothing that could end one early."""


@dataclass(frozen=True)
class Field:
    """A text, the way to send it, and where it can be read again: `send` answers with what it was kept as."""

    name: str
    send: Callable[[Any, str], tuple[httpx.Response, str | None]]
    minimum: int = 0
    maximum: int = 0
    lines: bool = False

    def __str__(self) -> str:
        return self.send.__name__.strip("_")


def _got(answer, *keys):
    if answer.status_code >= 400:
        return answer, None
    value = answer.json()
    for key in keys:
        value = value[key]
    return answer, value


def _join(world, **fields):
    number = next(_NUMBER)
    token = world.server.admin.post("/api/invitations", json={}).json()["token"]
    usual = {"email": f"a{number}@example.org", "username": f"a{number}", "password": PASSWORD}
    body = {"token": token, **usual, **fields}
    return world.server.stranger().post("/api/auth/register", json=body)


def _username(world, text):
    return _got(_join(world, username=text), "user", "username")


def _email(world, text):
    return _got(_join(world, email=text), "user", "email")


def _password(world, text):
    answer = _join(world, password=text)
    if answer.status_code == 201 and text in HOSTILE[::10]:  # each costs a hash
        login = {"username": answer.json()["user"]["username"], "password": text}
        assert world.server.stranger().post("/api/auth/login", json=login).status_code == 200
    return answer, None


def _invitation_note(world, text):
    made = world.server.admin.post("/api/invitations", json={"note": text})
    return _got(made, "note")


def _category_name(world, text):
    answer = world.server.admin.post("/api/categories", json={"name": text})
    if answer.status_code == 201:
        assert world.server.admin.delete(f"/api/categories/{answer.json()['id']}").status_code == 204
        slug = answer.json()["slug"]
        assert slug and all(char == "-" or char.isalnum() for char in slug), slug
    return _got(answer, "name")


def _category_description(world, text):
    path = f"/api/categories/{world.category}"
    return _got(world.server.admin.patch(path, json={"description": text}), "description")


def _title(world, text):
    return _got(world.owner.patch(world.path, json={"title": text}), "title")


def _description(world, text):
    return _got(world.owner.patch(world.path, json={"description": text}), "description")


def _link_note(world, text):
    answer = world.owner.post(f"{world.path}/links", json={"note": text})
    if answer.status_code == 201:
        world.owner.delete(f"{world.path}/links/{answer.json()['id']}").raise_for_status()
    return _got(answer, "note")


def _server_name(world, text):
    return _got(world.server.admin.patch("/api/admin/config", json={"server_name": text}), "server_name")


_FIELDS = [
    Field("username", _username, 2, 40),
    Field("email", _email),
    Field("password", _password, 8, 128),
    Field("note", _invitation_note, 0, 200),
    Field("name", _category_name, 1, 60),
    Field("description", _category_description, 0, 500, lines=True),
    Field("title", _title, 1, 200),
    Field("description", _description, 0, 5000, lines=True),
    Field("note", _link_note, 0, 200),
    Field("server_name", _server_name, 1, 60),
]


class World:
    """A server with a finished video and a category."""

    def __init__(self, server, clip):
        self.server = server
        self.owner = server.member("max")
        self.video = self.owner.upload(clip)["id"]
        assert server.heard.job_of(self.video) is JobState.DONE
        server.heard.video_settled(self.video)
        self.path = f"/api/videos/{self.video}"
        self.category = server.admin.post("/api/categories", json={"name": "Sea"}).json()["id"]


@pytest.fixture(scope="module")
def world(tmp_path_factory, media):
    # nobody is being made ready but the first: what is uploaded here is no video
    with running(make_settings(tmp_path_factory.mktemp("texts") / "data")) as server:
        yield World(server, media("gr_a.mp4"))


def _kept(text, *, lines):
    """What `text` is kept as: the same letters, without what is no letter and turns lines around."""
    keep = "\n\t" if lines else ""
    turns = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n") if lines else text)
    plain = "".join(
        char
        if char in keep or not (unicodedata.category(char) in {"Cc", "Cs", "Cn"} or char in turns)
        else " "
        for char in plain
    )
    return plain.strip() if lines else " ".join(plain.split())


def _is_answered_in_good_form(answer):
    assert answer.status_code < 500, answer.text
    if answer.content:
        kinds = {"application/json", "application/problem+json"}
        assert answer.headers["content-type"] in kinds
        answer.json()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("field", _FIELDS, ids=str)
def test_hostile_texts_are_kept_unharmed_or_refused(world, field):
    for text in HOSTILE:
        answer, kept = field.send(world, text)
        _is_answered_in_good_form(answer)
        if answer.status_code >= 400:
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field.name), repr(text)
        elif kept is not None:
            assert unicodedata.normalize("NFC", kept) == _kept(text, lines=field.lines), repr(text)


@pytest.mark.parametrize("field", [each for each in _FIELDS if each.maximum], ids=str)
@pytest.mark.parametrize("letter", ["x", "\U0001d54f"], ids=["one byte", "four bytes"])
def test_the_limits_of_every_text(world, field, letter):
    for length, fits in [
        (field.maximum, True),
        (field.maximum + 1, False),
        (2 * field.maximum, False),
        (max(0, field.minimum), True),
        (field.minimum - 1, False),
    ]:
        if length < 0:
            continue
        answer, kept = field.send(world, letter * length)
        if fits and answer.status_code != 409:
            assert answer.status_code in {200, 201}, (length, answer.text)
            assert kept in {letter * length, None}
        elif not fits:
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field.name), length


@pytest.mark.parametrize("name", ["title", "description", "filename"])
def test_hostile_texts_of_an_upload(world, name):
    for text in HOSTILE:
        values = {"filename": "clip.mp4", name: text}
        metadata = ",".join(
            f"{key} {base64.b64encode(value.encode('utf-8', 'surrogatepass')).decode()}"
            for key, value in values.items()
        )
        headers = {**_TUS, "Upload-Length": "1000", "Upload-Metadata": metadata}
        answer = world.owner.post("/api/uploads", headers=headers)
        _is_answered_in_good_form(answer)
        assert answer.status_code in {201, 422}, repr(text)
        if answer.status_code == 201:
            assert world.owner.delete(answer.headers["location"], headers=_TUS).status_code == 204
        check = world.owner.post("/api/uploads/check", json={"filename": text, "size": 1000})
        _is_answered_in_good_form(check)


def test_hostile_names_and_texts_in_a_form(world):
    for number, text in enumerate(HOSTILE):
        plain = text.encode("utf-8", "replace")
        quoted = (
            plain.replace(b"\\", b"\\\\").replace(b'"', b"%22").replace(b"\r", b"%0D").replace(b"\n", b"%0A")
        )
        boundary = b"------boundary"
        body = b"".join(
            (
                b'--%s\r\nContent-Disposition: form-data; name="title"\r\n\r\n%s\r\n' % (boundary, plain),
                b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n'
                % (boundary, quoted, _MP4),
                b"--%s--\r\n" % boundary,
            )
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary.decode()}"}
        answer = world.owner.post("/api/videos", content=body, headers=headers)
        _is_answered_in_good_form(answer)
        assert answer.status_code in {201, 422}, (number, answer.text)
        if answer.status_code == 201:
            video = answer.json()
            assert video["title"] == _kept(text, lines=False) or not _kept(text, lines=False)
            name = video["original_filename"]
            assert name and not set(name) & set("/\\\r\n\0"), name
            assert world.owner.delete(f"/api/videos/{video['id']}").status_code == 204
    assert world.server.files("videos/incoming") == []


def test_a_title_becomes_a_file_name_in_a_header_that_says_nothing_else(world):
    for text in HOSTILE:
        answer = world.owner.patch(world.path, json={"title": text})
        if answer.status_code == 422:
            continue
        title = answer.json()["title"]
        head = world.owner.head(f"{world.path}/download")
        assert head.status_code == 200
        assert "set-cookie" not in head.headers
        (raw,) = head.headers.get_list("content-disposition")
        parsed = _DISPOSITION.fullmatch(raw)
        assert parsed, raw
        name = unquote(parsed[2]) if parsed[2] else parsed[1]
        expected = " ".join(title.translate(dict.fromkeys(map(ord, "/\\:"), "-")).split()) + ".mp4"
        assert name == expected or not expected.isprintable(), (raw, expected)
        assert name.endswith(".mp4") and not set(name) & set("/\\\r\n\0"), raw


def test_hostile_words_to_look_for(world):
    for text in HOSTILE:
        answer = world.owner.get("/api/videos", params={"q": text})
        _is_answered_in_good_form(answer)
        assert answer.status_code == 200
    assert world.owner.get("/api/videos", params={"q": "x" * 201}).status_code == 422


def test_a_hostile_title_is_found_by_itself(world):
    for text in HOSTILE:
        answer = world.owner.patch(world.path, json={"title": text})
        words = [word for word in _kept(text, lines=False).split() if any(map(str.isalnum, word))]
        if answer.status_code == 200 and words:
            found = world.owner.get("/api/videos", params={"q": _kept(text, lines=False)}).json()
            assert world.video in {item["id"] for item in found["items"]}, repr(text)


def test_hostile_names_and_secrets_sign_nobody_in(server):
    for number, text in enumerate(HOSTILE):
        stranger = server.stranger()
        for path, body in (
            ("/api/auth/login", {"username": text, "password": text}),
            (
                "/api/auth/register",
                {"token": text, "email": "e@e.e", "username": f"u{number}", "password": PASSWORD},
            ),
            ("/api/auth/reset", {"token": text, "password": PASSWORD}),
            ("/api/setup", {"token": text, "email": "e@e.e", "username": "ee", "password": PASSWORD}),
        ):
            answer = stranger.post(path, json=body)
            _is_answered_in_good_form(answer)
            assert answer.status_code in {401, 403, 404, 409, 422, 429}, (path, answer.text)
        stranger.close()


def test_hostile_devices_are_listed(world):
    device = world.server.stranger()
    for text in HOSTILE:
        agent = (
            "".join(char for char in text if char >= " " and char != "\x7f")
            .encode("utf-8", "replace")
            .strip()
        )
        answer = device.post(
            "/api/auth/login",
            json={"username": "max", "password": PASSWORD},
            headers={"User-Agent": agent},
        )
        assert answer.status_code == 200, agent
    listed = world.owner.get("/api/auth/sessions", params={"page_size": 100})
    _is_answered_in_good_form(listed)
    assert listed.json()["total"] > 60


@pytest.mark.parametrize(
    "body",
    [b'{"name": "\\ud800"}', b'{"name": "\xff"}', b'{"name": "\xed\xa0\x80"}', b'{"name": "a', b"\x00", b""],
)
def test_what_is_no_text_is_refused(world, body):
    headers = {"Content-Type": "application/json"}
    answer = world.server.admin.post("/api/categories", content=body, headers=headers)
    _is_answered_in_good_form(answer)
    assert answer.status_code in {400, 422}, json.dumps(answer.json())
