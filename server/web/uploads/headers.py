"""What upload requests say in their headers: tus metadata, offsets, lengths, checksums. Pure; expects hostile input."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from server.errors import ClipsetError, InvalidInput
from server.values.uploads import UploadRequest

if TYPE_CHECKING:
    from hashlib import _Hash

TUS_VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
CHECKSUM_ALGORITHMS = ("sha256", "sha1")
PATCH_TYPE = "application/offset+octet-stream"
ADDRESS = "/api/uploads"
_OVERRIDDEN = frozenset({"PATCH", "DELETE", "HEAD"})
_MAX_DIGITS = 16


class ProtocolError(ClipsetError):
    """The request breaks the tus protocol; `status` is what the protocol answers."""

    code = "tus_protocol"

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Checksum(msgspec.Struct, frozen=True):
    """What the body of a PATCH must hash to."""

    algorithm: str
    digest: bytes

    def start(self) -> _Hash:
        """A hash to feed the body to."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def method_of(method: str, path: str, override: str | None) -> str:
    """What a request means: some networks let only GET and POST through, so a POST may say `X-HTTP-Method-Override`.

    tus 1.0.0, core protocol. Here for uploads alone; any other method stays what it is.
    """
    wanted = (override or "").strip().upper()
    overridden = method == "POST" and path.startswith(f"{ADDRESS}/") and wanted in _OVERRIDDEN
    return wanted if overridden else method


def require_version(headers: Mapping[str, str]) -> None:
    """Raise 412 unless the client speaks tus 1.0.0."""
    if headers.get("Tus-Resumable") != TUS_VERSION:
        raise ProtocolError(f"This server speaks tus {TUS_VERSION}.", 412)


def byte_count(headers: Mapping[str, str], name: str) -> int:
    """A non-negative number of bytes. Raises 400 when it is missing or none."""
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        raise ProtocolError(f"{name} must be a number of bytes.", 400)
    return int(text)


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """The announced checksum of the body, if any. Raises 400 for one that cannot be checked."""
    header = headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    if algorithm not in CHECKSUM_ALGORITHMS:
        raise ProtocolError(f"Checksums may be {' or '.join(CHECKSUM_ALGORITHMS)}.", 400)
    return Checksum(algorithm, _decode_base64(encoded))


def creation_request(headers: Mapping[str, str]) -> UploadRequest:
    """The upload that a creation asks for. Raises 400 for a broken header, `InvalidInput` for a bad value."""
    if "Upload-Defer-Length" in headers:
        raise ProtocolError("Say how long the file is: Upload-Length is missing.", 400)
    if "Upload-Concat" in headers:
        raise ProtocolError("Uploads in several parts are not taken; send one.", 400)
    metadata = headers.get("Upload-Metadata", "")
    values = _metadata(metadata)
    return UploadRequest(
        filename=values.get("filename", "video"),
        size_bytes=byte_count(headers, "Upload-Length"),
        title=values.get("title", ""),
        description=values.get("description", ""),
        category_id=category_id(values.get("category_id", "")),
        metadata=metadata,
    )


def category_id(text: str) -> UUID | None:
    """A category's id as typed into a form or metadata; empty for none. Raises `InvalidInput`."""
    if not text.strip():
        return None
    try:
        return UUID(text.strip())
    except ValueError:
        raise InvalidInput("There is no such category.", field="category_id") from None


def _metadata(header: str) -> dict[str, str]:
    """`key base64value, …` as texts; a key without a value is empty. Undecodable bytes become replacement marks."""
    if not (header.isascii() and header.isprintable()):
        raise ProtocolError("Upload-Metadata cannot be read.", 400)
    values: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, encoded = pair.partition(" ")
        if key in values:
            raise ProtocolError("Upload-Metadata names a key twice.", 400)
        values[key] = _decode_base64(encoded).decode("utf-8", "replace")
    return values


def _decode_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise ProtocolError("A base64 value in the headers cannot be read.", 400) from None
