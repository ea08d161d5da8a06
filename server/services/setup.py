"""The very first account: from the environment, the desktop's wizard, or a one-time set-up address."""

from __future__ import annotations

import hmac
import secrets
import threading
from uuid import uuid4

from sqlalchemy import func, select

from server.database.engine import Database
from server.errors import CannotStart, Conflict, InvalidInput, NotAllowed
from server.events import Publish, UserChanged
from server.models import UserRow
from server.services import text
from server.services.accounts import add_user
from server.services.passwords import Passwords
from server.services.sessions import Sessions
from server.settings import HostSettings
from server.values.accounts import Client, Role, SignedIn, User
from server.values.clock import Clock


class Setup:
    """Makes the first admin; of no use once there is an account. The token lives in memory only."""

    def __init__(
        self, database: Database, passwords: Passwords, sessions: Sessions, publish: Publish, clock: Clock
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._publish = publish
        self._clock = clock
        self._lock = threading.Lock()
        self._token = secrets.token_urlsafe(24)

    @property
    def path(self) -> str:
        """The path of the one-time set-up page."""
        return f"/setup/{self._token}"

    def is_needed(self) -> bool:
        """Whether there is no account yet."""
        with self._database.read() as db:
            return not db.scalar(select(func.count()).select_from(UserRow))

    def create_admin(self, email: str, username: str, password: str) -> User:
        """The first admin, made at the host. Raises `Conflict` when there is an account, `InvalidInput`."""
        email, username, password = text.email(email), text.username(username), text.password(password)
        password_hash = self._passwords.hash(password)
        with self._lock:
            if not self.is_needed():
                raise Conflict("Clipset is already set up. Sign in instead.")
            with self._database.write() as db:
                user = add_user(db, uuid4(), email, username, password_hash, Role.ADMIN, self._clock())
        self._publish(UserChanged(user_id=user.id))
        return user

    def create_admin_with_token(
        self, token: str, email: str, username: str, password: str, client: Client
    ) -> SignedIn:
        """The first admin, made from the set-up page. Raises `NotAllowed` for a wrong token."""
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self._token.encode()):
            raise NotAllowed(
                "This set-up address is not valid. Use the one that Clipset printed when it started."
            )
        user = self.create_admin(email, username, password)
        with self._database.write() as db:
            return self._sessions.open(db, user, client)

    def from_environment(self, settings: HostSettings) -> None:
        """Make the admin that the environment names, if there is no account. `CannotStart` when half is given."""
        given = (
            settings.initial_admin_email,
            settings.initial_admin_username,
            settings.initial_admin_password,
        )
        if not any(given) or not self.is_needed():
            return
        if not all(given):
            raise CannotStart(
                "The first admin needs all of CLIPSET_INITIAL_ADMIN_EMAIL, _USERNAME and _PASSWORD."
            )
        try:
            self.create_admin(*given)
        except InvalidInput as error:
            raise CannotStart(
                f"CLIPSET_INITIAL_ADMIN_{(error.field or '').upper()}: {error.sentence}"
            ) from error
