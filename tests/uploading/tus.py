"""What a client of tus 1.0.0 says, for the tests that need an upload and are not about the protocol."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

TUS = {"Tus-Resumable": "1.0.0"}
PATCH = {**TUS, "Content-Type": "application/offset+octet-stream"}
MP4_START = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"
"""By what begins like this the server takes a file for a video."""


def create(person: httpx.Client, size: int, **headers: str) -> str:
    """Begin an upload of `size` bytes; its path."""
    return path_of(person.post("/api/uploads", headers={**TUS, "Upload-Length": str(size), **headers}))


def path_of(created: httpx.Response) -> str:
    """The path of the upload that an answer says was made."""
    assert created.status_code == 201, created.text
    return urlsplit(created.headers["location"]).path


def patch(person: httpx.Client, path: str, offset: int, data: bytes, **headers: str) -> httpx.Response:
    """Send `data` for `offset`."""
    return person.patch(path, content=data, headers={**PATCH, "Upload-Offset": str(offset), **headers})


def offset_of(person: httpx.Client, path: str) -> int:
    """How much of an upload the server has."""
    stands = person.head(path, headers=TUS)
    assert stands.status_code == 200, path
    return int(stands.headers["upload-offset"])


def used_bytes(person: httpx.Client) -> int:
    """What the person has used of their week."""
    used: int = person.get("/api/auth/me").raise_for_status().json()["quota"]["used_bytes"]
    return used
