"""Which files are to be made of a video, and what an earlier child has made of each."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from server.media.chapters import Chapter, chapters_box
from server.media.checkpoint import Checkpoint, made_for, restore
from server.media.decision import Plan, VideoEncode
from server.media.facts import FileFacts
from server.media.movie import room_for_movie
from server.media.order import Order
from server.media.writer import RenditionWriter, Wanted
from server.values.jobs import Action
from server.values.renditions import MAIN

#: Room in front of a file is kept for so many pictures a second where it does not say, for an hour where it does not
#: say how long it is, and always for a tenth more. Sound comes in packets of 1024 samples.
_USUAL_RATE = Fraction(60)
_UNKNOWN_MS = 3_600_000
_SOME_MORE = 1.1
_SOUNDS_A_SECOND = 47


class Rendition:
    """One file to make: what it is to be, how its picture is encoded (None: copied), and what there is of it."""

    writer: RenditionWriter

    def __init__(self, wanted: Wanted, encode: VideoEncode | None, checkpoint: Checkpoint | None) -> None:
        self.wanted = wanted
        self.encode = encode
        self.checkpoint = checkpoint


def renditions_of(
    facts: FileFacts, plan: Plan, order: Order, chapters: Sequence[Chapter] = ()
) -> list[Rendition]:
    """The main one first, unless it is the source itself."""
    user_data = chapters_box(chapters)
    encodes = [(str(each.size.height), each) for each in plan.further]
    chosen: list[tuple[str, VideoEncode | None]] = [*encodes]
    if plan.action is not Action.KEEP:
        chosen.insert(0, (MAIN, plan.video))
    renditions = []
    for name, encode in chosen:
        wanted = _wanted(facts, plan, order, name, encode, user_data)
        resumes = encode is not None and order.resume
        checkpoint = restore(order.work / f"{name}.mp4", wanted.made_for) if resumes else None
        renditions.append(Rendition(wanted, encode, checkpoint))
    return renditions


def _wanted(
    facts: FileFacts, plan: Plan, order: Order, name: str, encode: VideoEncode | None, user_data: bytes
) -> Wanted:
    """What the writer has to know beforehand. Files that do not say how long they are get room for an hour."""
    rate = encode.frame_rate if encode is not None else facts.video.frame_rate or _USUAL_RATE
    lasting_ms = max(facts.duration_ms or 0, facts.video.duration_ms or 0) or _UNKNOWN_MS
    lasting_s = lasting_ms / 1000 * _SOME_MORE + 1
    room_bytes = len(user_data) + room_for_movie(
        pictures=round(lasting_s * rate),
        sounds=round(lasting_s * _SOUNDS_A_SECOND),
        segments=round(lasting_s),
    )
    return Wanted(
        name=name,
        frame_rate=float(rate),
        has_sound=plan.audio != "none",
        room_bytes=room_bytes,
        made_for=made_for(facts, plan, order, encode, room_bytes),
        user_data=user_data,
    )
