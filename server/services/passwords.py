"""Hashing passwords: argon2id with OWASP's least parameters (19 MiB, t=2, p=1; about 20 ms), two at a time."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.services.text import PASSWORD_MAX


class Passwords:
    """Hashes and checks. Blocks while two others are at it, so that a flood of sign-ins cannot eat the memory."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._slots = threading.BoundedSemaphore(2)
        self._dummy = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The argon2id hash of `password`, with its parameters and salt."""
        with self._slots:
            return self._hasher.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether `password` belongs to the hash; for None as much time passes, and the answer is no."""
        if len(password) > PASSWORD_MAX:
            password_hash, password = None, ""
        with self._slots:
            try:
                return (
                    self._hasher.verify(password_hash or self._dummy, password) and password_hash is not None
                )
            except (VerificationError, InvalidHashError):
                return False
