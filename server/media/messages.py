"""What a child tells its parent. Frozen values; the last message is `Finished` or `Refused`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from server.values.jobs import Action
from server.values.sidecars import Sidecars


class Decided(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The file was read and this is what will be done with it, and why."""

    action: Action
    reasons: tuple[str, ...]
    duration_ms: int | None
    width: int
    height: int


class Progressed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """`progress` 0 to 1 of the whole job, `speed` as a multiple of playing time, `watchable_ms` how much of the video
    can be watched already. At most five a second, and one whenever there is more to watch.
    """

    progress: float
    speed: float | None
    eta_ms: int | None
    watchable_ms: int = 0


class Finished(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The checked result, waiting in the work folder; `thumbnail` is None if no picture could be made.

    `beside` is the folder of the `sidecars`, None if there are none.
    """

    video: Path
    thumbnail: Path | None
    action: Action
    duration_ms: int
    width: int
    height: int
    size_bytes: int
    renditions: tuple[int, ...] = ()
    """The heights that can be asked for, the main one first."""
    moved_source: bool = False
    """True for a keep: `video` is the source itself."""
    beside: Path | None = None
    sidecars: Sidecars = Sidecars()


#: Why a file cannot become a video. Each has one sentence, in `server.media.refusals`.
RefusalCode = Literal[
    "not_a_video",
    "format_not_accepted",
    "only_sound",
    "only_subtitles",
    "only_a_picture",
    "encrypted",
    "no_frames",
    "incomplete",
    "damaged",
    "picture_too_large",
    "unknown_codec",
    "out_of_space",
    "too_much_memory",
    "failed",
]


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It cannot be done. `sentence` is for the uploader, `detail` for the admin's log."""

    code: RefusalCode
    sentence: str
    detail: str
    retry_may_help: bool = False
    """False when the file itself is to blame: trying again would end the same."""


class Crashed(msgspec.Struct, frozen=True, kw_only=True):
    """The child ended without a last word, or was ended. Made by the parent, never sent. `code` is a signal's
    number or an exit code. `stopped` is what `should_stop` asked for.
    """

    cause: Literal["signal", "exit", "silent", "too_long", "stopped"]
    detail: str
    code: int | None = None


Message = Decided | Progressed | Finished | Refused
