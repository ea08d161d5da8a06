"""How a video looks as a row, what it says of itself in plain words, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from clipset_desktop.widgets.rows import Action, Badge, Row, RowsModel
from clipset_desktop.words import ago, duration, sentence, size, tr, trn
from server.values.videos import Video, VideoStatus

OPEN = "open"
PLAY = "play"
MOVE = "move"
DELETE = "delete"


class VideosModel(RowsModel[Video]):
    """Videos, in the order that was asked for."""

    def __init__(self) -> None:
        super().__init__(lambda video: video.id, _row)


def _row(video: Video) -> Row:
    ready = video.status is VideoStatus.COMPLETED
    parts = (
        state_line(video),
        video.uploader_name or tr("Nobody's"),
        ago(video.created_at),
        trn("{n} view", "{n} views", video.view_count) if ready else "",
    )
    facts = (duration(video.duration_ms) if video.duration_ms else "", size(video.size_bytes))
    return Row(
        strong=video.title,
        quiet=" · ".join(filter(None, parts)),
        trailing=" · ".join(filter(None, facts)),
        icon="video",
        picture=video.id,
        wide_picture=True,
        badges=(Badge(text=tr("Failed"), tone="bad"),) if video.status is VideoStatus.FAILED else (),
        progress=video.progress if video.status is VideoStatus.PROCESSING else None,
        tone="bad" if video.status is VideoStatus.FAILED else "plain",
        actions=actions([video]),
    )


def state_line(video: Video) -> str:
    """Where a video stands that is not ready; empty for one that is."""
    if video.status is VideoStatus.PENDING:
        return tr("Waiting to be made ready")
    if video.status is VideoStatus.PROCESSING:
        return tr("Getting ready, {percent} %", percent=int(video.progress * 100))
    if video.status is VideoStatus.FAILED:
        return sentence(video.error) if video.error else tr("It could not be made ready.")
    return ""


def actions(videos: Sequence[Video]) -> tuple[Action, ...]:
    """What can be done with the chosen videos; only one at a time can be watched."""
    watch: tuple[Action, ...] = ()
    if len(videos) == 1:
        watch = (Action(key=OPEN, text=tr("Open in the browser"), icon="external", shortcut="Ctrl+O"),)
        if videos[0].status is VideoStatus.COMPLETED:
            watch += (Action(key=PLAY, text=tr("Play here"), icon="play", shortcut="Return"),)
    return (*watch, Action(key=DELETE, text=tr("Delete"), icon="trash", shortcut="Del", danger=True))
