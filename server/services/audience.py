"""Who is watching now, by name: the viewers that are counted in memory, with their accounts and videos looked up."""

from __future__ import annotations

from sqlalchemy import select

from server.database.engine import Database
from server.models import UserRow, VideoRow
from server.services.viewers import Viewers
from server.values.stats import Watcher


class Audience:
    """For admins."""

    def __init__(self, database: Database, viewers: Viewers) -> None:
        self._database = database
        self._viewers = viewers

    def now(self) -> list[Watcher]:
        """Everybody who watches, whoever came first above. A video or account that has gone is left out."""
        watched = self._viewers.now()
        if not watched:
            return []
        users = {each.viewing.user_id for each in watched}
        videos = {each.viewing.video_id for each in watched}
        with self._database.read() as db:
            names = dict(db.execute(select(UserRow.id, UserRow.username).where(UserRow.id.in_(users))).all())
            found = db.execute(
                select(VideoRow.id, VideoRow.title, VideoRow.height).where(VideoRow.id.in_(videos))
            )
            titles = {row.id: (row.title, row.height) for row in found}
        return [
            Watcher(
                viewer=viewing.viewer,
                username=names.get(viewing.user_id) if viewing.user_id else None,
                video_id=viewing.video_id,
                video_title=titles[viewing.video_id][0],
                lines=viewing.lines or titles[viewing.video_id][1],
                bytes_per_s=each.bytes_per_s,
                waits=each.waits,
            )
            for each in watched
            if (viewing := each.viewing).video_id in titles
        ]
