"""One file from probe to checked result, inside the child. The order of steps and the fallbacks live here,
nothing else.

probe → decide → keep:      check the source
               → remux:     copy → check ┐ does not hold: decide again, without copying
               → transcode: encode → check; where the graphics card fails, encode in software
"""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable
from pathlib import Path

import av
import msgspec
from av.video.frame import VideoFrame

from server.media.beside import Beside
from server.media.check import Expected, Proven, check, look_through
from server.media.checkpoint import forget
from server.media.decision import Plan, decide
from server.media.encoders import SOFTWARE
from server.media.facts import FileFacts
from server.media.hardware import choose_encoder
from server.media.inspection import Inspection, NotSoundError, SourceNotSoundError, blamed_on_source
from server.media.kept import index_kept
from server.media.messages import Decided, Finished, Message, RefusalCode, Refused
from server.media.order import Order
from server.media.pipeline import Made, produce
from server.media.probe import probe
from server.media.progress import Meter
from server.media.refusals import UnplayableError, refused
from server.media.thumbnail import Poster
from server.media.tracks import CheckpointLostError
from server.media.wire import clip
from server.values.jobs import Action
from server.values.renditions import MAIN
from server.values.sidecars import Sidecars

Send = Callable[[Message], None]

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: How much of the whole making it is worth; the rest is checking.
_ENCODING_SHARE = 0.97
_COPYING_SHARE = 0.3

_HARDWARE_FAILED = "The graphics card failed at it, so the processor does it."


def work(order: Order, send: Send) -> Finished | Refused:
    """Do what `order` asks, telling `send` on the way, and return how it ended. Raises nothing."""
    code: RefusalCode
    try:
        return _work(order, send)
    except UnplayableError as error:
        return refused(error.code, clip(error.detail))
    except MemoryError as error:
        return refused("too_much_memory", clip(repr(error)))
    except (OSError, av.error.FFmpegError) as error:
        code = "out_of_space" if error.errno in _NO_ROOM else "failed"
        return refused(code, clip("".join(traceback.format_exception(error, limit=-4))))
    except Exception as error:  # a bug of ours: one job fails, and the admin's log says where
        return refused("failed", clip("".join(traceback.format_exception(error, limit=-4))))


def _work(order: Order, send: Send) -> Finished:
    facts = probe(order)
    plan = decide(facts, order)
    meter = Meter(send)
    _announce(plan, facts, send)
    folder = order.work / "beside"
    folder.mkdir(exist_ok=True)
    beside = Beside(facts, folder)
    beside.write_words(order.source)
    while True:
        try:
            order = _with_encoder(plan, order)
            finished = _carry_out(facts, plan, order, meter, beside)
            sidecars = beside.finish(finished.duration_ms)
            return msgspec.structs.replace(
                finished, beside=folder if sidecars != Sidecars() else None, sidecars=sidecars
            )
        except CheckpointLostError:
            order, meter = msgspec.structs.replace(order, resume=False), Meter(send)
            beside.start_over()
        except (NotSoundError, av.error.FFmpegError) as error:
            encoder_failed = plan.encodes and not isinstance(error, SourceNotSoundError)
            if encoder_failed and order.encoder != SOFTWARE:
                order = msgspec.structs.replace(order, encoder=SOFTWARE)
                plan = msgspec.structs.replace(plan, reasons=(*plan.reasons, _HARDWARE_FAILED))
                meter = Meter(send)
                beside.start_over()
                _announce(plan, facts, send)
                continue
            if isinstance(error, MemoryError) or getattr(error, "errno", None) in _NO_ROOM:
                raise
            lower = _next_rung(facts, plan, error)
            if lower is None and not isinstance(error, NotSoundError):
                raise
            if lower is None:
                raise UnplayableError("failed", f"the result does not hold: {error}") from error
            facts, meter = lower, Meter(send)
            beside.start_over()
            plan = decide(facts, order)
            _announce(plan, facts, send)


def _with_encoder(plan: Plan, order: Order) -> Order:
    """The order with the encoder that is really used, once something is to be encoded."""
    if not plan.encodes:
        return order
    return msgspec.structs.replace(order, encoder=choose_encoder(order, plan.size))


def _next_rung(facts: FileFacts, plan: Plan, error: Exception) -> FileFacts | None:
    """The facts with one more thing known not to work: what was copied is encoded, sound that cannot be is left out.

    None when there is nothing left to try.
    """
    why = str(error) if isinstance(error, NotSoundError) else "it does not fit into an MP4"
    in_sound = isinstance(error, NotSoundError) and error.in_sound
    if facts.audio is not None and plan.audio == "copy" and (in_sound or plan.video is not None):
        return msgspec.structs.replace(facts, audio=msgspec.structs.replace(facts.audio, fault=why))
    if facts.audio is not None and plan.audio == "encode" and in_sound:
        return msgspec.structs.replace(facts, audio=msgspec.structs.replace(facts.audio, unreadable=True))
    copy = facts.video.copy
    if plan.video is not None or copy is None:
        return None
    copy = msgspec.structs.replace(copy, fault=why, damaged=True)
    return msgspec.structs.replace(facts, video=msgspec.structs.replace(facts.video, copy=copy))


def _announce(plan: Plan, facts: FileFacts, send: Send) -> None:
    send(
        Decided(
            action=plan.action,
            reasons=plan.reasons,
            duration_ms=facts.duration_ms,
            width=plan.size.width,
            height=plan.size.height,
        )
    )


def _carry_out(facts: FileFacts, plan: Plan, order: Order, meter: Meter, beside: Beside) -> Finished:
    poster = Poster()

    def watch(frame: VideoFrame) -> None:
        poster.look(frame)
        beside.look(frame)

    made: Made | None = None
    inspection = Inspection(plan.size) if plan.video is None and plan.further else None
    making_share = _ENCODING_SHARE if plan.encodes else _COPYING_SHARE
    if plan.action is Action.KEEP and not plan.encodes:
        forget(order.work)
        making_share = 0.0
    if plan.action is Action.KEEP:
        # it can be watched while it is being proven, and while smaller renditions are made of it
        meter.grown(index_kept(order.source, order.work / f"{MAIN}.index"))
    if making_share:
        meter.stage(making_share)
        length_s = (facts.duration_ms or facts.video.duration_ms or 0) / 1000

        def on_time(media_s: float, steady: bool) -> None:
            meter.tell(media_s / length_s if length_s else 0.0, media_s, steady=steady)

        made = produce(
            facts,
            plan,
            order,
            on_time=on_time,
            on_grown=meter.grown,
            on_resumed=lambda made_ms: meter.resumed(made_ms / 1000 / length_s if length_s else 0.0),
            watch=watch if plan.encodes else None,
            inspection=inspection,
            chapters=beside.chapters,
        )
    target = order.source if plan.action is Action.KEEP else order.work / f"{MAIN}.mp4"
    if made is not None and made.resumed:
        # the pictures before were seen by another child; the keyframes of the result do for small copies
        poster = Poster()
        beside.start_over()
        look_through(target, watch)
        inspection = None  # neither did it see them all
    meter.stage(1 - making_share)
    expected = Expected(
        size=plan.size,
        picture_ms=made.picture_ms if made and plan.action is not Action.KEEP else facts.video.end_ms,
        has_audio=plan.audio != "none",
        copied=plan.video is None,
        sound_copied=plan.audio == "copy",
        max_lines=order.max_lines,
    )
    with blamed_on_source(plan.video is None):
        proven = check(target, expected, meter.tell, None if plan.encodes else watch, inspection)
    for further in plan.further:
        smaller = msgspec.structs.replace(
            expected, size=further.size, picture_ms=None, copied=False, sound_copied=False
        )
        check(order.work / f"{further.size.height}.mp4", smaller, lambda _share: None)
    return _finished(target, plan, proven, poster, order.work / "thumbnail.jpg")


def _finished(video: Path, plan: Plan, proven: Proven, poster: Poster, thumbnail: Path) -> Finished:
    return Finished(
        video=video,
        thumbnail=thumbnail if poster.save(thumbnail) else None,
        action=plan.action,
        duration_ms=proven.duration_ms,
        width=proven.width,
        height=proven.height,
        size_bytes=proven.size_bytes,
        renditions=(proven.height, *(further.size.height for further in plan.further)),
        moved_source=plan.action is Action.KEEP,
    )
