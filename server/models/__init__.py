"""The tables. Rows stay inside services and the queue's store; what leaves is a value of `server.values`."""

from server.models.accounts import InvitationRow, PasswordResetRow, SessionRow, UserRow
from server.models.config import ConfigRow
from server.models.jobs import JobRow
from server.models.links import LinkRow
from server.models.uploads import LedgerRow, UploadRow
from server.models.videos import (
    FINISHED,
    NOBODY,
    CategoryRow,
    PositionRow,
    VideoCountRow,
    VideoRow,
    VideoTextRow,
    ViewRow,
)

__all__ = [
    "FINISHED",
    "NOBODY",
    "CategoryRow",
    "ConfigRow",
    "InvitationRow",
    "JobRow",
    "LedgerRow",
    "LinkRow",
    "PasswordResetRow",
    "PositionRow",
    "SessionRow",
    "UploadRow",
    "UserRow",
    "VideoCountRow",
    "VideoRow",
    "VideoTextRow",
    "ViewRow",
]
