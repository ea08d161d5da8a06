"""Access tokens: signed claims that name a session. Whether that session still holds, the database says."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import jwt
import msgspec

from server.errors import CannotStart, NotSignedIn
from server.settings import SECRET_KEY_MIN_BYTES

_ALGORITHM = "HS256"
_AUDIENCE = "clipset"
#: So many tokens are known again: that one was signed by us stays true, and finding it out takes 0.3 ms.
_KNOWN_MAX = 2048


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a valid token says."""

    user_id: UUID
    session_id: UUID


class Tokens:
    """Signs and reads tokens with one key. Thread-safe."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._verified = lru_cache(_KNOWN_MAX)(self._verify)

    def sign(self, claims: Claims, *, issued_at: datetime, expires_at: datetime) -> str:
        """A token for `claims` that ends at `expires_at`."""
        payload = {
            "sub": str(claims.user_id),
            "sid": str(claims.session_id),
            "iat": int(issued_at.timestamp()),
            "exp": int(expires_at.timestamp()),
            "aud": _AUDIENCE,
        }
        return jwt.encode(payload, self._key, algorithm=_ALGORITHM)

    def read(self, token: str, now: datetime) -> Claims:
        """The claims of a token; raises `NotSignedIn` for any that is not wholly ours and current at `now`.

        `iat` must be there and is not compared: a host whose clock was set back must not throw everybody out.
        """
        claims, expires_at_s = self._verified(token)
        if expires_at_s <= now.timestamp():
            raise NotSignedIn("Please sign in again.")
        return claims

    def _verify(self, token: str) -> tuple[Claims, int]:
        """What a token of ours says, and the Unix time in seconds at which it ends, be that over or not."""
        try:
            payload = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={
                    "require": ["sub", "sid", "iat", "exp", "aud"],
                    "enforce_minimum_key_length": True,
                    "verify_exp": False,  # by our own clock, each time
                    "verify_iat": False,
                },
            )
            claims = Claims(user_id=UUID(payload["sub"]), session_id=UUID(payload["sid"]))
            return claims, int(payload["exp"])
        except (jwt.InvalidTokenError, ValueError, TypeError) as error:
            raise NotSignedIn("Please sign in again.") from error


def load_or_create_key(file: Path) -> str:
    """The signing key kept in `file`, made at the first start and readable by its owner alone.

    Raises `CannotStart` when there is something else in it.
    """
    if file.exists():
        return _read_key(file)
    key = secrets.token_urlsafe(48)
    # by a rename: a crash half-way must not leave an empty key, with which no start would succeed
    staged = file.with_suffix(".new")
    staged.unlink(missing_ok=True)
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(key + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    staged.replace(file)
    return key


def _read_key(file: Path) -> str:
    try:
        key = file.read_bytes().strip()
    except OSError as error:
        raise CannotStart(
            f"The key in {file} cannot be read ({error.strerror}). "
            "Change the file's rights, or put it back from a backup."
        ) from error
    if len(key) < SECRET_KEY_MIN_BYTES or not key.isascii():
        raise CannotStart(
            f"There is no usable key in {file}. "
            "Put the file back from a backup, or delete it; then everybody has to sign in again."
        )
    return key.decode()
