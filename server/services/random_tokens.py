"""Random tokens that are handed out once, in an address: invitations, links, new passwords. Only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 24


def new_token() -> str:
    """192 random bits, in letters that an address takes as they are."""
    return secrets.token_urlsafe(_BYTES)


def token_hash(token: str) -> str:
    """The SHA-256 of a token, whatever somebody sent as one. No salt: nobody guesses 192 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
