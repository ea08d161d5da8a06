"""How uploads are described in the OpenAPI document: the form, and the headers of tus 1.0.0."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from server.web.operation import Header, Received
from server.web.uploads.headers import PATCH_TYPE

Bytes = Annotated[int, Meta(ge=0)]


class VideoForm(msgspec.Struct, frozen=True, kw_only=True):
    """A video sent by form; the title is made from the file's name when none is given."""

    file: Annotated[
        str,
        Meta(
            description="The video, as a part with a file name.",
            extra_json_schema={"contentMediaType": "application/octet-stream"},
        ),
    ]
    title: str = ""
    description: str = ""
    category_id: Annotated[str, Meta(description="A category's id, or nothing.")] = ""


FORM = Received("multipart/form-data", VideoForm)
PIECE = Received(PATCH_TYPE)
FIRST_PIECE = Received(PATCH_TYPE, required=False)

VERSION = Header("Tus-Resumable", "The protocol's version.", Literal["1.0.0"], required=True)
OFFSET = Header("Upload-Offset", "How many bytes the server has.", Bytes)
WANTED_OFFSET = Header(
    "Upload-Offset", "Where these bytes belong; the upload must stand there.", Bytes, required=True
)
LENGTH = Header("Upload-Length", "The size of the whole file in bytes.", Bytes)
WANTED_LENGTH = Header("Upload-Length", "The size of the whole file in bytes.", Bytes, required=True)
METADATA = Header(
    "Upload-Metadata", "filename, filetype, title, description, category_id; each value in base64, by commas."
)
CHECKSUM = Header("Upload-Checksum", "sha256 or sha1, a space, and the digest of this body in base64.")
EXPIRES = Header("Upload-Expires", "When an upload that nobody goes on with is given up.")
LOCATION = Header("Location", "The address of what was made.")
VIDEO_ID = Header("Clipset-Video-Id", "The video, once the last byte has arrived.", UUID)
ABILITIES = (
    Header("Tus-Version", "The versions of the protocol."),
    Header("Tus-Extension", "The extensions of the protocol."),
    Header("Tus-Checksum-Algorithm", "What checksums may be made with."),
    Header("Tus-Max-Size", "The size of the largest file in bytes.", Bytes),
)
