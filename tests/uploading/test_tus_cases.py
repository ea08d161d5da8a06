"""The cases that tusd, the reference server, tests itself with, as one table, with those of the checksum extension.

tusd, pkg/handler: options_test, post_test, head_test, patch_test, terminate_test, concat_test. Where we answer
otherwise, the line says why. What needs a second request at the same time, a restart or a clock is in `test_tus.py`.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from itertools import count

import pytest

from tests.conftest import Person, Server
from tests.uploading.tus import MP4_START, TUS, path_of, used_bytes

pytestmark = pytest.mark.database

_DATA = MP4_START + bytes(range(256)) * 4
_SIZE = len(_DATA)
_SENT = 100
_TYPE = {"Content-Type": "application/offset+octet-stream"}
_STANDS = {"Upload-Offset": str(_SENT)}


def _base64(text: bytes) -> str:
    return base64.b64encode(text).decode()


def _sum(algorithm: str, data: bytes) -> dict[str, str]:
    return {"Upload-Checksum": f"{algorithm} {_base64(hashlib.new(algorithm, data).digest())}"}


@dataclass(frozen=True)
class Case:
    """A request, and what is answered. `gives` are headers of the answer; None for one that must be missing."""

    method: str
    headers: dict[str, str]
    status: int
    gives: dict[str, str | None] = field(default_factory=dict)
    body: bytes = b""


_NAME = f"filename {_base64(b'clip.mp4')}"
_LENGTH = {"Upload-Length": str(_SIZE)}

OPTIONS = {
    "Discovery": Case(
        "OPTIONS",
        {},
        204,
        {
            "Tus-Version": "1.0.0",
            "Tus-Resumable": "1.0.0",
            "Tus-Extension": "creation,creation-with-upload,termination,checksum,expiration",
            "Tus-Checksum-Algorithm": "sha256,sha1",
            "Tus-Max-Size": str(2 * 1024**3),
        },
    ),
    "the version is not looked at": Case(
        "OPTIONS", {"Tus-Resumable": "0.2.2"}, 204, {"Tus-Version": "1.0.0"}
    ),
}

# on the collection
POST = {
    "InvalidVersion": Case(
        "POST", {**_LENGTH, "Tus-Resumable": "0.2.2"}, 412, {"Tus-Version": "1.0.0", "Location": None}
    ),
    "no version": Case("POST", {**_LENGTH, "Tus-Resumable": ""}, 412, {"Tus-Version": "1.0.0"}),
    "Create": Case("POST", {**_LENGTH, "Upload-Metadata": f"{_NAME}, is_ours"}, 201, {"Upload-Offset": "0"}),
    # an empty file is no video
    "CreateEmptyUpload": Case("POST", {"Upload-Length": "0"}, 422, {"Location": None}),
    "CreateExceedingMaxSizeFail": Case("POST", {"Upload-Length": str(3 * 1024**3)}, 413),
    "InvalidUploadLengthFail": Case("POST", {"Upload-Length": "-5"}, 400),
    "a length that is no number": Case("POST", {"Upload-Length": "many"}, 400),
    "a length with too many digits": Case("POST", {"Upload-Length": "9" * 40}, 400),
    # the quota is reserved when an upload begins, so its length must be known then: no creation-defer-length
    "deferred length": Case("POST", {"Upload-Defer-Length": "1"}, 400),
    "UploadLengthAndUploadDeferLengthFail": Case("POST", {**_LENGTH, "Upload-Defer-Length": "1"}, 400),
    "NeitherUploadLengthNorUploadDeferLengthFail": Case("POST", {}, 400),
    "InvalidUploadDeferLengthFail": Case("POST", {"Upload-Defer-Length": "bad"}, 400),
    # no concatenation: parts that belong together have one upload
    "ConcatPartial": Case("POST", {**_LENGTH, "Upload-Concat": "partial"}, 400),
    "ConcatFinal": Case("POST", {"Upload-Concat": "final; /api/uploads/a /api/uploads/b"}, 400),
    "metadata that is no base64": Case("POST", {**_LENGTH, "Upload-Metadata": "filename !!!"}, 400),
    "metadata in another script": Case("POST", {**_LENGTH, "Upload-Metadata": "naïf YQ=="}, 400),
    "metadata with a key twice": Case("POST", {**_LENGTH, "Upload-Metadata": "a YQ==,a YQ=="}, 400),
    "no such category": Case(
        "POST", {**_LENGTH, "Upload-Metadata": f"category_id {_base64(b'nonsense')}"}, 422
    ),
    "WithUpload: Create": Case("POST", {**_LENGTH, **_TYPE}, 201, {"Upload-Offset": "9"}, _DATA[:9]),
    "WithUpload: UploadToFinished": Case(
        "POST", {**_LENGTH, **_TYPE}, 201, {"Upload-Offset": str(_SIZE)}, _DATA
    ),
    "WithUpload: CreateExceedingUploadSize": Case(
        "POST", {"Upload-Length": "5", **_TYPE}, 413, {"Location": None}, _DATA
    ),
    "WithUpload: IncorrectContentType": Case(
        "POST", {**_LENGTH, "Content-Type": "text/plain"}, 415, {"Location": None}, _DATA
    ),
    "WithUpload: a wrong checksum": Case(
        "POST", {**_LENGTH, **_TYPE, **_sum("sha1", b"other")}, 460, {"Location": None}, _DATA[:9]
    ),
}

# on an upload of which 100 bytes have arrived
HEAD = {
    "Status": Case(
        "HEAD",
        {},
        200,
        {
            **_STANDS,
            **_LENGTH,
            "Cache-Control": "no-store",
            "Upload-Metadata": _NAME,
            "Upload-Defer-Length": None,
        },
    ),
    "InvalidVersion": Case("HEAD", {"Tus-Resumable": "2.0.0"}, 412, {"Tus-Version": "1.0.0"}),
}

PATCH = {
    "UploadChunk": Case("PATCH", {**_TYPE, **_STANDS}, 204, {"Upload-Offset": str(_SENT + 3)}, b"abc"),
    "UploadChunkToFinished": Case(
        "PATCH", {**_TYPE, **_STANDS}, 204, {"Upload-Offset": str(_SIZE)}, _DATA[_SENT:]
    ),
    "MethodOverriding": Case(
        "POST",
        {**_TYPE, **_STANDS, "X-HTTP-Method-Override": "patch"},
        204,
        {"Upload-Offset": str(_SENT + 3)},
        b"abc",
    ),
    "no bytes": Case("PATCH", {**_TYPE, **_STANDS}, 204, _STANDS),
    "MissmatchingOffsetFail": Case("PATCH", {**_TYPE, "Upload-Offset": "4"}, 409, {}, b"abc"),
    "no bytes at another offset": Case("PATCH", {**_TYPE, "Upload-Offset": "101"}, 409),
    "InvalidOffsetFail": Case("PATCH", {**_TYPE, "Upload-Offset": "-5"}, 400, {}, b"abc"),
    "an offset that is no number": Case("PATCH", {**_TYPE, "Upload-Offset": "zwei"}, 400, {}, b"abc"),
    "an offset with too many digits": Case("PATCH", {**_TYPE, "Upload-Offset": "9" * 40}, 400, {}, b"abc"),
    "no offset": Case("PATCH", _TYPE, 400, {}, b"abc"),
    "InvalidContentTypeFail": Case("PATCH", {**_STANDS, "Content-Type": "text/plain"}, 415, {}, b"abc"),
    "InvalidVersion": Case(
        "PATCH", {**_TYPE, **_STANDS, "Tus-Resumable": "0.2.2"}, 412, {"Tus-Version": "1.0.0"}, b"abc"
    ),
    "ExceedingMaxSizeFail": Case("PATCH", {**_TYPE, **_STANDS}, 413, {}, _DATA),
    # checksum
    "sha1": Case(
        "PATCH", {**_TYPE, **_STANDS, **_sum("sha1", b"abc")}, 204, {"Upload-Offset": str(_SENT + 3)}, b"abc"
    ),
    "sha256": Case(
        "PATCH",
        {**_TYPE, **_STANDS, **_sum("sha256", b"abc")},
        204,
        {"Upload-Offset": str(_SENT + 3)},
        b"abc",
    ),
    "sha1 of other bytes": Case("PATCH", {**_TYPE, **_STANDS, **_sum("sha1", b"other")}, 460, {}, b"abc"),
    "sha256 of other bytes": Case("PATCH", {**_TYPE, **_STANDS, **_sum("sha256", b"other")}, 460, {}, b"abc"),
    "an algorithm we do not have": Case(
        "PATCH", {**_TYPE, **_STANDS, **_sum("md5", b"abc")}, 400, {}, b"abc"
    ),
    "a checksum that is no base64": Case(
        "PATCH", {**_TYPE, **_STANDS, "Upload-Checksum": "sha1 !!!"}, 400, {}, b"abc"
    ),
}

DELETE = {
    "Termination": Case("DELETE", {}, 204),
    "Termination by override": Case("POST", {"X-HTTP-Method-Override": "DELETE"}, 204),
    "InvalidVersion": Case("DELETE", {"Tus-Resumable": "0.2.2"}, 412, {"Tus-Version": "1.0.0"}),
    # only POST may mean something else, and only what tus has
    "an override that is none of tus": Case("POST", {"X-HTTP-Method-Override": "PUT"}, 405),
}

# on an address where there is no upload: it has ended, has expired, is another member's, or never was
NOWHERE = {
    "UploadNotFoundFail (HEAD)": Case("HEAD", {}, 404, {"Upload-Offset": None}),
    "UploadNotFoundFail (PATCH)": Case("PATCH", {**_TYPE, "Upload-Offset": "0"}, 404, {}, b"abc"),
    "UploadNotFoundFail (DELETE)": Case("DELETE", {}, 404),
}

_numbers = count()


@pytest.fixture
def member(common_server: Server) -> Person:
    return common_server.member(f"tus{next(_numbers)}")


def _ask(person: Person, case: Case, path: str) -> int:
    """Ask and compare; the status."""
    headers = {name: value.encode("latin-1") for name, value in {**TUS, **case.headers}.items()}
    answer = person.request(case.method, path, headers=headers, content=case.body)
    assert answer.status_code == case.status, answer.text
    for name, value in {"Tus-Resumable": "1.0.0", **case.gives}.items():
        assert answer.headers.get(name) == value, name
    if case.status >= 400 and case.method != "HEAD":
        assert answer.json()["detail"].endswith("."), "a sentence says why"
    return answer.status_code


def _create(person: Person) -> str:
    headers = {**TUS, **_TYPE, **_LENGTH, "Upload-Metadata": _NAME}
    return path_of(person.post("/api/uploads", headers=headers, content=_DATA[:_SENT]))


@pytest.mark.parametrize("case", OPTIONS.values(), ids=OPTIONS)
def test_options(common_server: Server, member: Person, case: Case) -> None:
    _ask(common_server.stranger(), case, "/api/uploads")
    _ask(common_server.stranger(), case, _create(member))


@pytest.mark.parametrize("case", POST.values(), ids=POST)
def test_creation(common_server: Server, member: Person, case: Case) -> None:
    before = _incoming(common_server)
    if _ask(member, case, "/api/uploads") >= 400:
        assert (used_bytes(member), _incoming(common_server)) == (0, before), "nothing is reserved or left"
    else:
        assert used_bytes(member) == _SIZE


def _incoming(server: Server) -> set[str]:
    return {path.name for path in (server.data_dir / "videos" / "incoming").iterdir()}


@pytest.mark.parametrize("case", [*HEAD.values(), *PATCH.values()], ids=[*HEAD, *PATCH])
def test_an_upload_of_which_some_has_arrived(member: Person, case: Case) -> None:
    path = _create(member)
    refused = _ask(member, case, path) >= 400
    stands = member.head(path, headers=TUS)
    wanted = _SENT if refused else case.gives["Upload-Offset"]
    assert stands.headers["Upload-Offset"] == str(wanted), "what is refused changes nothing"


@pytest.mark.parametrize("case", DELETE.values(), ids=DELETE)
def test_termination(member: Person, case: Case) -> None:
    path = _create(member)
    ended = _ask(member, case, path) == 204
    assert member.head(path, headers=TUS).status_code == (404 if ended else 200)
    assert used_bytes(member) == (0 if ended else _SIZE)


@pytest.mark.parametrize("case", NOWHERE.values(), ids=NOWHERE)
def test_where_there_is_no_upload(common_server: Server, member: Person, case: Case) -> None:
    ended = _create(member)
    member.delete(ended, headers=TUS).raise_for_status()
    anothers = _create(common_server.member(f"tus{next(_numbers)}"))
    for path in (ended, anothers, "/api/uploads/00000000-0000-4000-8000-000000000000", "/api/uploads/none"):
        _ask(member, case, path)


def test_a_chunked_body_that_is_longer_than_announced(member: Person) -> None:
    path = _create(member)
    pieces = iter([_DATA[_SENT:], b"more"])
    answer = member.patch(path, headers={**TUS, **_TYPE, **_STANDS}, content=pieces)
    assert answer.status_code == 413
    assert int(member.head(path, headers=TUS).headers["Upload-Offset"]) in {_SENT, _SIZE}
