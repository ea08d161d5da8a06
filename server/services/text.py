"""The rules for what people type: names, e-mail addresses, titles. Pure; raises `InvalidInput` naming the field."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

from server.errors import InvalidInput

PASSWORD_MIN, PASSWORD_MAX = 8, 128
USERNAME_MIN, USERNAME_MAX = 2, 40
EMAIL_MAX = 254
TITLE_MAX = 200
FILENAME_MAX = 255
DESCRIPTION_MAX = 5000

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def one_line(text: str, *, field: str, label: str, minimum: int = 0, maximum: int) -> str:
    """`text` in one line: normalised, without control characters, runs of white space as one space."""
    clean = " ".join(_printable(text, keep="").split())
    if all(unicodedata.category(letter) == "Cf" for letter in clean):
        clean = ""  # joiners and marks alone, which nobody can see
    if len(clean) < minimum:
        raise InvalidInput(f"{label} is too short: give at least {minimum} characters.", field=field)
    if len(clean) > maximum:
        raise InvalidInput(f"{label} is too long: at most {maximum} characters.", field=field)
    return clean


def paragraphs(text: str, *, field: str, label: str, maximum: int) -> str:
    """`text` with its line breaks: normalised, without other control characters."""
    clean = _printable(text.replace("\r\n", "\n"), keep="\n\t").strip()
    if len(clean) > maximum:
        raise InvalidInput(f"{label} is too long: at most {maximum} characters.", field=field)
    return clean


def email(text: str) -> str:
    """A plausible e-mail address; whether it exists is not our business."""
    clean = one_line(text, field="email", label="The e-mail address", minimum=3, maximum=EMAIL_MAX)
    if not _EMAIL.fullmatch(clean):
        raise InvalidInput("That is no e-mail address. It needs a name, an @ and a host.", field="email")
    require_short_key(clean, field="email", label="The e-mail address", maximum=EMAIL_MAX)
    return clean


def username(text: str) -> str:
    """A name to sign in with: letters and digits of any script, and . _ - between them; never an @."""
    clean = one_line(text, field="username", label="The name", minimum=USERNAME_MIN, maximum=USERNAME_MAX)
    if not all(
        char.isalnum() or unicodedata.category(char).startswith("M") or char in "._- " for char in clean
    ):
        raise InvalidInput(
            "A name may have letters, digits, spaces, dots, hyphens and underscores.", field="username"
        )
    require_short_key(clean, field="username", label="The name", maximum=2 * USERNAME_MAX)
    return clean


def password(text: str) -> str:
    """A password of usable length; it is taken as typed."""
    if len(text) < PASSWORD_MIN:
        raise InvalidInput(
            f"The password is too short: at least {PASSWORD_MIN} characters.", field="password"
        )
    if len(text) > PASSWORD_MAX:
        raise InvalidInput(f"The password is too long: at most {PASSWORD_MAX} characters.", field="password")
    return text


def filename(text: str) -> str:
    """The last part of a file's name as sent by a browser; only ever shown, never used as a path."""
    last = PureWindowsPath(PurePosixPath(text).name).name
    clean = " ".join(_printable(last, keep="").split())
    return clean[:FILENAME_MAX] or "video"


def title(text: str, *, fallback_filename: str = "") -> str:
    """A title; made from the file's name when none is given."""
    clean = one_line(text, field="title", label="The title", maximum=TITLE_MAX)
    if not clean and fallback_filename:
        stem = PurePosixPath(filename(fallback_filename)).stem
        clean = " ".join(stem.replace("_", " ").split())[:TITLE_MAX] or stem[:TITLE_MAX]
    if not clean:
        raise InvalidInput("Give the video a title.", field="title")
    return clean


def description(text: str) -> str:
    """A description of any number of lines."""
    return paragraphs(text, field="description", label="The description", maximum=DESCRIPTION_MAX)


def key(text: str) -> str:
    """What two names are compared by: equal whatever their case or way of writing."""
    return unicodedata.normalize("NFKC", text).casefold()


def require_short_key(text: str, *, field: str, label: str, maximum: int) -> None:
    """Refuse what is short as typed and not as compared: NFKC writes one letter out as up to 18 (U+FDFA)."""
    if len(key(text)) > maximum:
        raise InvalidInput(f"{label} is too long. Write it with simpler letters.", field=field)


def slug(text: str) -> str:
    """`text` for an address: lower case, words joined by hyphens, letters of any script kept."""
    parts = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
    return "-".join(parts)[:100] or "category"


def _printable(text: str, *, keep: str) -> str:
    """Without control characters, surrogates and the marks that turn the direction of a line around."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        char
        if char in keep or (unicodedata.category(char) not in {"Cc", "Cs", "Cn"} and char not in _DIRECTION)
        else " "
        for char in composed
    )


_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
