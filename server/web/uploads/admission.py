"""Decides from the headers alone who may send which body: nothing unadmitted is read, let alone written to disk."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from uuid import UUID

from python_multipart.multipart import parse_options_header

from server.errors import ClipsetError, InvalidInput, Locked, NotFound, TooLarge
from server.services.endings import Endings
from server.services.sessions import Sessions
from server.services.upload_limits import UploadLimits
from server.services.upload_writer import Writer
from server.services.uploads import Uploads
from server.values.accounts import Caller
from server.values.uploads import UploadRequest
from server.web import identity
from server.web.listener.admission import Buffered, Refusal, RequestHead, Sink, Streamed, Verdict
from server.web.middleware import SameSite
from server.web.uploads import headers as tus
from server.web.uploads.refusals import refusal_of
from server.web.uploads.sinks import FormSink, TusSink

#: JSON bodies are small; everything larger is an upload.
_MAX_JSON_BYTES = 64 * 1024
_MADE_WAY = refusal_of(Locked("Another request goes on with this upload, or has ended it."))
_VERDICT = f"{tus.ADDRESS}/check"
"""Beside the uploads, and none of them."""
_AROUND_BYTES = 64 * 1024
"""What a form may bring besides its file: fields, and the lines between the parts."""
_MAX_BOUNDARY = 70
"""RFC 2046, section 5.1.1."""


#: Ends what arrives for these owners and answers it with the refusal; see `Listener.cut`.
CutUploads = Callable[[Iterable[Hashable], Refusal], None]


class UploadAdmission:
    """The application's say about request bodies. Called on worker threads."""

    def __init__(
        self,
        sessions: Sessions,
        endings: Endings,
        uploads: Uploads,
        limits: UploadLimits,
        same_site: SameSite,
        cut: CutUploads,
    ) -> None:
        self._sessions = sessions
        self._endings = endings
        self._uploads = uploads
        self._limits = limits
        self._same_site = same_site
        self._cut = cut

    def admit(self, head: RequestHead) -> Verdict:
        """Refuse, buffer a small body, or stream an upload into its file."""
        try:
            self._same_site.check(head.method, head.headers.get("Host", ""), head.headers.get("Origin"))
            # one slash, as Falcon has it: what is streamed here must reach the responder that ends the upload
            path = head.path.removesuffix("/")
            method = tus.method_of(head.method, path, head.headers.get("X-HTTP-Method-Override"))
            if method == "PATCH" and path.startswith(f"{tus.ADDRESS}/") and path != _VERDICT:
                return self._patch(head, path.removeprefix(f"{tus.ADDRESS}/"))
            if head.method == "POST" and path == tus.ADDRESS:
                return self._creation(head)
            if head.method == "POST" and path == "/api/videos":
                return self._form(head)
            if head.content_length is not None and head.content_length > _MAX_JSON_BYTES:
                raise TooLarge("The request is too large.", code="request_too_large")
        except ClipsetError as error:
            return refusal_of(error)
        return Buffered(_MAX_JSON_BYTES)

    def _caller(self, head: RequestHead) -> Caller:
        return identity.authenticate(
            self._sessions, head.headers.get("Authorization"), head.headers.get("Cookie")
        )

    def _patch(self, head: RequestHead, last_segment: str) -> Streamed:
        caller = self._caller(head)
        tus.require_version(head.headers)
        _require_patch_type(head)
        offset = tus.byte_count(head.headers, "Upload-Offset")
        checksum = tus.checksum(head.headers)
        writer = self._uploads.open_writer(caller, upload_id(last_segment), offset, head.content_length)
        return self._streamed(TusSink(self._uploads, writer, checksum, fresh=False), writer, caller)

    def _creation(self, head: RequestHead) -> Streamed:
        caller = self._caller(head)
        tus.require_version(head.headers)
        _require_patch_type(head)
        request, checksum = tus.creation_request(head.headers), tus.checksum(head.headers)
        if head.content_length is not None and head.content_length > request.size_bytes:
            raise TooLarge("These are more bytes than this upload was announced with.")
        writer = self._uploads.begin_with_body(caller, request)
        return self._streamed(TusSink(self._uploads, writer, checksum, fresh=True), writer, caller)

    def _form(self, head: RequestHead) -> Streamed:
        caller = self._caller(head)
        kind, options = parse_options_header(head.headers.get("Content-Type", ""))
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 1 <= len(boundary) <= _MAX_BOUNDARY:
            raise InvalidInput("Send the video as a form: multipart/form-data with a part named file.")
        request = UploadRequest(filename="video", size_bytes=self._form_bytes(caller, head.content_length))
        writer = self._uploads.begin_with_body(caller, request)
        return self._streamed(FormSink(self._uploads, caller, writer, boundary), writer, caller)

    def _form_bytes(self, caller: Caller, content_length: int | None) -> int:
        """What to set aside for the file of a form; its true size is noted at the end.

        Where only what stands around it may be too much, the file is as large as it may be.
        """
        most_bytes = self._limits.most_bytes(caller)
        if content_length is None or most_bytes < content_length <= most_bytes + _AROUND_BYTES:
            return most_bytes
        return content_length

    def _streamed(self, sink: Sink, writer: Writer, caller: Caller) -> Streamed:
        """Take the body until it ends, the session does, or another request needs the upload."""
        writer.interrupted_by(lambda: self._cut([writer], _MADE_WAY))
        return Streamed(sink, frozenset({*self._endings.owners(caller), writer}))


def upload_id(text: str) -> UUID:
    """The id in an upload's address. Raises `NotFound`."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such upload. It may have expired; start it again.") from None


def _require_patch_type(head: RequestHead) -> None:
    if head.headers.get("Content-Type", "").partition(";")[0].strip().lower() != tus.PATCH_TYPE:
        raise tus.ProtocolError(f"Send the bytes as {tus.PATCH_TYPE}.", 415)
