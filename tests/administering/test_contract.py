"""The API keeps to its own description: schemathesis calls every operation, as an admin and as a member.

What is sent is made from the document; what comes back must be one of the documented answers, in its documented shape,
and never a failure of ours.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import av
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.config import SchemathesisConfig

from server import __version__
from server.values.accounts import Client
from server.web.app import routes
from server.web.openapi import describe
from server.web.operation import methods_of
from tests.conftest import PASSWORD, Server, make_settings, running
from tests.postgresql import VARIABLE

pytestmark = pytest.mark.database

ROUTES = routes(Mock())
DOCUMENT = describe(ROUTES, version=__version__)
_REFUSALS = [400, 401, 403, 404, 405, 409, 412, 413, 415, 416, 422, 423, 429]
_UNKNOWN_HEADER = "x-schemathesis-unknown-property"
_CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "negative_data_rejection": {"expected-statuses": [str(status) for status in _REFUSALS]},
            # tus 1.0.0 has 412 for a missing version
            "missing_required_header": {"expected-statuses": [str(status) for status in _REFUSALS]},
            # what a value means (a password too short, a name that is taken) is judged by the services: 422
            "positive_data_acceptance": {"enabled": False},
        }
    }
)

api = schemathesis.openapi.from_dict(DOCUMENT, config=_CONFIG)


@schemathesis.serializer("application/offset+octet-stream")
def bare_bytes(_context, value):
    return value if isinstance(value, bytes) else str(value).encode()


class World:
    """A server with people and things in it."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self._people = {"anna": server.admin, "max": server.member("max")}
        self._tokens: dict[str, str] = {}
        self._stranger = server.stranger()
        self.ids = self._fill(folder)

    def token(self, name: str) -> str:
        """What proves to be `name`; anew when an operation has ended the session."""
        held = {"Authorization": f"Bearer {self._tokens.get(name)}"}
        if self._stranger.get("/api/auth/me", headers=held).status_code != 200:
            # from a device of its own, where nobody has tried wrong passwords
            signed_in = self.server.clipset.accounts.sign_in(
                name, PASSWORD, Client(address="::1", user_agent="")
            )
            self._tokens[name] = signed_in.access_token
        return self._tokens[name]

    def _fill(self, folder: Path) -> dict[str, list[str]]:
        anna, max_ = self._people["anna"], self._people["max"]
        # neither of the callers, whom an admin could shut out
        others = [self.server.member("mia"), self.server.member("tom")]
        category = anna.post("/api/categories", json={"name": "Trips"}).raise_for_status().json()
        clip = _clip(folder / "clip.mp4")
        videos = [person.upload(clip, title="A trip")["id"] for person in (anna, max_)]
        for video in videos:
            self.server.heard.video_settled(video)
        upload = max_.post("/api/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10"})
        jobs = anna.get("/api/admin/jobs").raise_for_status().json()["items"]
        people = [person.get("/api/auth/me").raise_for_status().json() for person in others]
        return {
            "video_id": videos,
            "category_id": [category["id"]],
            "upload_id": [upload.headers["Location"].rpartition("/")[2]],
            "job_id": [job["id"] for job in jobs],
            "user_id": [person["id"] for person in people],
            "session_id": [person["session_id"] for person in people],
            "link_id": [anna.post(f"/api/videos/{videos[0]}/links", json={}).raise_for_status().json()["id"]],
            "invitation_id": [anna.post("/api/invitations", json={}).raise_for_status().json()["id"]],
        }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("contract")
    with running(make_settings(folder / "data")) as server:
        yield World(server, folder)


def test_the_document_is_valid_openapi_3_1():
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_every_route_is_in_the_document():
    described = {(path, method.upper()) for path, item in DOCUMENT["paths"].items() for method in item}
    mounted = {(path, method) for path, resource in ROUTES.items() for method in methods_of(resource)}
    assert described == {(re.sub(r":\w+}", "}", path), method) for path, method in mounted}
    names = [item["operationId"] for path in DOCUMENT["paths"].values() for item in path.values()]
    assert len(set(names)) == len(names) == len(mounted)


def test_the_server_hands_it_out(world):
    stranger = world.server.stranger()
    answer = stranger.get("/api/openapi.json")
    assert answer.json() == DOCUMENT
    again = stranger.get("/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def _every_operation(max_examples):
    """A test that calls every operation, some times over, as an admin and as a member."""

    @pytest.mark.parametrize("who", ["anna", "max"])
    @api.exclude(
        path="/api/events"
    ).parametrize()  # an answer without an end; see watching/test_live_events.py
    @settings(
        max_examples=max_examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def answers_as_described(case, world, who):
        if _UNKNOWN_HEADER in (case.headers or {}):
            return  # sent to see it refused, but unknown headers are ignored (RFC 9110 section 5.1)
        _name_what_is_there(case, world.ids)
        case.call_and_validate(
            base_url=world.server.url,
            headers={"Authorization": f"Bearer {world.token(who)}"},
        )

    return answers_as_described


# what is there besides what is made up is the same on both databases: on the second one fewer will do
test_every_operation_answers_as_described = _every_operation(3 if VARIABLE in os.environ else 5)
test_every_operation_answers_as_described_many_times = pytest.mark.slow(_every_operation(200))


def _name_what_is_there(case: schemathesis.Case, ids: dict[str, list[str]]) -> None:
    """Let about every second made-up id be one of a thing that exists."""
    for name, value in case.path_parameters.items():
        try:
            made_up = uuid.UUID(str(value)).int
        except ValueError:
            continue
        known = ids.get(name, ())
        if known and made_up % 2:
            case.path_parameters[name] = known[made_up // 2 % len(known)]


def _clip(path: Path) -> Path:
    """One second of grey."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(stream.encode())
    return path
