"""How the owner's own programs steer the running server: a token in a file of the data folder that only they can read.

The command line uses it for what the running server itself has to do, such as ending a child.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

import msgspec

FILE_NAME = "running.json"


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A running server: where it is reached from this machine and by others, and the token it takes.

    `authority_path` is the certificate authority to trust, empty where connections are not encrypted.
    """

    local_address: str
    address: str
    token: str
    pid: int
    authority_path: str = ""


class LocalAccess:
    """The server's side. The token is a new one at each start."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME
        self._token = secrets.token_urlsafe(32)

    def open(self, *, local_address: str, address: str, authority_path: str = "") -> None:
        """Write the file. The data lock keeps a second server from doing the same."""
        running = Running(
            local_address=local_address,
            address=address,
            token=self._token,
            pid=os.getpid(),
            authority_path=authority_path,
        )
        staged = self._file.with_suffix(".new")
        staged.unlink(missing_ok=True)
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(msgspec.json.encode(running))
        staged.replace(self._file)

    def close(self) -> None:
        """Remove the file; harmless to repeat."""
        self._file.unlink(missing_ok=True)

    def admits(self, authorization: str | None) -> bool:
        """Whether an `Authorization` header holds the token."""
        scheme, _, given = (authorization or "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(
            given.strip().encode(), self._token.encode()
        )


def read(folder: Path) -> Running | None:
    """What the server running on `folder` has left for us, None when there is nothing to be read."""
    try:
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=Running)
    except (OSError, msgspec.MsgspecError):
        return None
