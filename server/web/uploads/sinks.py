"""Where upload bodies go: straight into the upload's file. Called by the listener's writer threads, one at a time.

A failure is answered by the listener itself, with the refusal that the exception carries; the lock on the upload is
given back whatever happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from server.errors import ClipsetError, InvalidInput, TooLarge
from server.services.upload_writer import Writer
from server.services.uploads import Uploads
from server.values.accounts import Caller
from server.values.uploads import UploadRequest
from server.web.listener.admission import BodyRefused
from server.web.uploads.headers import Checksum, category_id
from server.web.uploads.refusals import checksum_mismatch, refusal_of

_MAX_FIELD_BYTES = 32 * 1024
_MAX_FIELDS = 32
_FIELDS = frozenset({"title", "description", "category_id"})


class TusSink:
    """The body of a PATCH, or of a creation that brings its first bytes along."""

    def __init__(self, uploads: Uploads, writer: Writer, checksum: Checksum | None, *, fresh: bool) -> None:
        self.upload_id = writer.upload_id
        self._uploads = uploads
        self._writer = writer
        self._start_bytes = writer.offset_bytes
        self._checksum = checksum
        self._hash = checksum.start() if checksum else None
        self._fresh = fresh

    @property
    def offset_bytes(self) -> int:
        """Where the upload stands."""
        return self._writer.offset_bytes

    def write(self, data: bytes) -> None:
        """Append; what arrived is kept even if the connection breaks right after."""
        with _refusing():
            self._writer.write(data)
        if self._hash is not None:
            self._hash.update(data)

    def complete(self) -> None:
        """The body is whole: check its sum, see it to the disk, let the next writer in."""
        try:
            with _refusing():
                if self._hash is not None and self._checksum and self._hash.digest() != self._checksum.digest:
                    self._writer.rewind(self._start_bytes)
                    raise BodyRefused(checksum_mismatch())
                self._writer.sync()
                if self._fresh:
                    self._uploads.keep(self.upload_id)
        except BaseException:
            self._abandon_if_fresh()
            raise
        finally:
            self._writer.close()

    def abort(self) -> None:
        """The connection broke: keep what arrived. With a checksum nothing can be trusted until it has been checked."""
        try:
            if self._checksum is not None:
                self._writer.rewind(self._start_bytes)
            self._writer.sync()
        finally:
            self._abandon_if_fresh()
            self._writer.close()

    def _abandon_if_fresh(self) -> None:
        """The client was never told where this upload is, so nobody can go on with it."""
        if self._fresh:
            self._uploads.abandon(self._writer)


class FormSink:
    """The body of a form upload: the file part goes to the upload's file as it comes, the fields are kept in memory."""

    def __init__(self, uploads: Uploads, caller: Caller, writer: Writer, boundary: bytes) -> None:
        self.upload_id = writer.upload_id
        self._uploads = uploads
        self._caller = caller
        self._writer = writer
        self._form = _Form(boundary, writer)

    def write(self, data: bytes) -> None:
        """Parse what arrived."""
        with _refusing():
            self._form.feed(data)

    def complete(self) -> None:
        """The form is whole: note the file's true size and the fields."""
        try:
            with _refusing():
                request = self._form.finish()
                self._writer.sync()
                self._uploads.set_size(self._caller, self.upload_id, request.size_bytes, request)
        except BaseException:
            self._uploads.abandon(self._writer)
            raise
        self._writer.close()

    def abort(self) -> None:
        """A form cannot be resumed: give it up."""
        self._uploads.abandon(self._writer)


class _Form:
    """Takes a multipart/form-data body apart (RFC 7578). The part named `file` with a filename is the file."""

    def __init__(self, boundary: bytes, writer: Writer) -> None:
        self._writer = writer
        self._fields: dict[str, bytearray] = {}
        self._filename: str | None = None
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._disposition = b""
        self._target: bytearray | None = None
        self._in_file = False
        self._parts = 0
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": lambda data, start, end: self._header_name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header_value.extend(data[start:end]),
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_end": self._on_end,
            },
        )

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except MultipartParseError:
            raise InvalidInput("This form cannot be read. Send it as multipart/form-data.") from None

    def finish(self) -> UploadRequest:
        if not self._ended:
            raise InvalidInput("This form is incomplete.")
        if self._filename is None:
            raise InvalidInput("There is no file in this form.", field="file")
        texts = {name: bytes(value).decode("utf-8", "replace") for name, value in self._fields.items()}
        return UploadRequest(
            filename=self._filename,
            size_bytes=self._writer.offset_bytes,
            title=texts.get("title", ""),
            description=texts.get("description", ""),
            category_id=category_id(texts.get("category_id", "")),
        )

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > _MAX_FIELDS:
            raise InvalidInput("This form has too many fields.")
        self._disposition, self._target, self._in_file = b"", None, False
        self._header_name.clear()
        self._header_value.clear()

    def _on_header_end(self) -> None:
        if bytes(self._header_name).lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name == "file" and b"filename" in options:
            if self._filename is not None:
                raise InvalidInput("Send one file at a time: this form has several.", field="file")
            self._filename = options[b"filename"].decode("utf-8", "replace") or "video"
            self._in_file = True
        elif name in _FIELDS:
            # of a field that is sent twice the last one counts, as in JSON and in queries
            self._target = self._fields[name] = bytearray()

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            try:
                self._writer.write(memoryview(data)[start:end])
            except TooLarge:
                raise TooLarge(
                    "This file is larger than this server takes, or than what you have left this week."
                ) from None
        elif self._target is not None:
            if len(self._target) + end - start > _MAX_FIELD_BYTES:
                raise InvalidInput("A field of this form is too long.")
            self._target.extend(data[start:end])

    def _on_end(self) -> None:
        self._ended = True


@contextmanager
def _refusing() -> Iterator[None]:
    """Expected failures become the listener's refusal."""
    try:
        yield
    except ClipsetError as error:
        raise BodyRefused(refusal_of(error)) from error
