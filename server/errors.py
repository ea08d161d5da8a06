"""Every failure Clipset expects, as a short list of exceptions with no HTTP and no Qt in them.

Each carries a sentence a person can act on, a stable `code` that programs may rely on, and, where one input field is
to blame, its name. The web maps a class to a status in one table; the desktop shows the sentence. Anything that is not
a `ClipsetError` is a bug of ours and is logged with its traceback.
"""


class ClipsetError(Exception):
    """An expected failure: `sentence` for people, `code` for programs, `field` where one input is to blame."""

    code = "error"

    def __init__(self, sentence: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        if code is not None:
            self.code = code


class InvalidInput(ClipsetError):
    """The request is understood and cannot be carried out as it stands."""

    code = "invalid_input"


class NotSignedIn(ClipsetError):
    """No session, or one that has ended."""

    code = "not_signed_in"


class WrongCredentials(NotSignedIn):
    """The name or the password is wrong; which of them is not said."""

    code = "wrong_credentials"


class NotAllowed(ClipsetError):
    """Signed in, but this is somebody else's to do."""

    code = "not_allowed"


class NotFound(ClipsetError):
    """There is no such thing, or none this person may know of."""

    code = "not_found"


class Conflict(ClipsetError):
    """It clashes with what is already there."""

    code = "conflict"


class Gone(ClipsetError):
    """It was there and has expired."""

    code = "gone"


class TooLarge(ClipsetError):
    """More bytes than one file may have."""

    code = "file_too_large"


class QuotaExceeded(TooLarge):
    """More bytes than this member has left this week."""

    code = "quota_exceeded"


class UnsupportedMedia(ClipsetError):
    """The bytes are no video that Clipset takes."""

    code = "unsupported_media"


class TooManyRequests(ClipsetError):
    """Asked too often; `retry_after_s` says when to come back."""

    code = "too_many_requests"

    def __init__(self, sentence: str, *, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class Locked(ClipsetError):
    """Another request is writing the same upload just now."""

    code = "upload_locked"


class OutOfSpace(ClipsetError):
    """The disk has no room for it."""

    code = "out_of_space"


class Unavailable(ClipsetError):
    """It will work again shortly: the database is busy, or the server is stopping."""

    code = "unavailable"


class CannotStart(ClipsetError):
    """The program cannot start as things are: a taken port, a read-only folder, a newer database."""

    code = "cannot_start"


class AlreadyRunning(CannotStart):
    """Another process has the data folder."""

    code = "already_running"
