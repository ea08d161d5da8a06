"""What to do with a file, and why: a pure function of its facts and the admin's choices. No PyAV, no clock, no files.

keep       it is served as it is: a web MP4 that starts at once and tells nothing private
remux      the picture is copied as it is into a new MP4; the sound is copied or encoded
transcode  the picture is encoded anew; the sound is copied where it is already right
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import msgspec

from server.media.facts import FileFacts, VideoFacts
from server.media.geometry import Size, target_size
from server.media.order import Order
from server.values.jobs import Action

MAX_RATE = 60
#: The longest stretch without a keyframe that still seeks well; x264's default of 250 frames is 10.4 s at 24
#: a second.
MAX_KEYFRAME_GAP_MS = 12_000
#: More than this per second is hard on a Wi-Fi with several viewers.
MAX_BITS_PER_S = 20_000_000
#: Small files are let through whatever their rate is.
_RATE_TEST_FROM_BYTES = 4 * 1024**2

#: Less than this that is missing at the end of the sound is not noticed: the last segments come close together.
_SOUND_MISSING_MS = 2_000

_WEB_PROFILES = frozenset(
    {"Baseline", "Constrained Baseline", "Main", "High", "Progressive High", "Constrained High"}
)
_MAX_LEVEL = 52
_DEFAULT_RATE = Fraction(25)


class VideoEncode(msgspec.Struct, frozen=True, kw_only=True):
    """How the picture is encoded: upright size, frames per second (nominal), and whether frames are thinned
    out to it.
    """

    size: Size
    frame_rate: Fraction
    thin_out: bool


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What will be done. `video` of None copies the picture (or, for a keep, leaves the file alone); `further` are the
    smaller renditions, which are always encoded.
    """

    action: Action
    reasons: tuple[str, ...]
    size: Size
    video: VideoEncode | None
    audio: Literal["copy", "encode", "none"]
    further: tuple[VideoEncode, ...] = ()

    @property
    def encodes(self) -> bool:
        """Whether any picture is encoded."""
        return self.video is not None or bool(self.further)


def decide(facts: FileFacts, order: Order) -> Plan:
    """Choose keep, remux or transcode, with the reasons in plain words, and which further renditions there will be."""
    plan = _decide(facts, order)
    further = (_encode(facts.video, lines) for lines in order.further_lines)
    smaller = tuple(each for each in further if each.size.height < plan.size.height)
    return msgspec.structs.replace(plan, further=smaller)


def _decide(facts: FileFacts, order: Order) -> Plan:
    against_copy = _against_copying_picture(facts, order)
    audio, audio_reason = _audio(facts)
    if against_copy:
        reasons, video = against_copy, _encode(facts.video, order.max_lines)
        if audio == "copy" and _sound_ends_early(facts):
            audio, audio_reason = "encode", "Its sound ends before its picture; silence is added."
        return Plan(
            action=Action.TRANSCODE,
            reasons=_with(reasons, audio_reason),
            size=video.size,
            video=video,
            audio=audio,
        )
    size = Size(facts.video.width, facts.video.height)
    against_keep = _against_keeping(facts, audio_reason)
    if against_keep:
        return Plan(action=Action.REMUX, reasons=tuple(against_keep), size=size, video=None, audio=audio)
    return Plan(
        action=Action.KEEP, reasons=("It already plays everywhere.",), size=size, video=None, audio=audio
    )


def _with(reasons: list[str], extra: str | None) -> tuple[str, ...]:
    return (*reasons, extra) if extra else tuple(reasons)


def _against_copying_picture(facts: FileFacts, order: Order) -> list[str]:
    video = facts.video
    found = []
    if order.always_transcode:
        found.append("Every video is to be encoded anew.")
    if video.codec != "h264":
        return [*found, f"Not every device plays a picture recorded as {video.codec.upper()}."]
    if video.profile not in _WEB_PROFILES or video.pixel_format not in ("yuv420p", "yuvj420p"):
        found.append("Browsers do not play its kind of H.264.")
    elif video.full_range or video.pixel_format == "yuvj420p":
        found.append("Its brightness uses a range that some players show wrongly.")
    if video.level > _MAX_LEVEL:
        found.append("It asks more of a decoder than phones can do.")
    found += _against_shape(video, order)
    if video.interlaced:
        found.append("Its picture is interlaced.")
    if video.transfer != "sdr":
        found.append("Its picture is HDR, which most screens show too dark or too pale.")
    if facts.edited:
        found.append("It is cut by an edit list that browsers ignore.")
    if video.copy is None:
        return [*found, "Its pictures could not be read through."]
    if video.copy.fault:
        found.append(f"The picture cannot be taken over as it is: {video.copy.fault}.")
    if video.copy.keyframe_gap_ms > MAX_KEYFRAME_GAP_MS:
        found.append("Jumping to another place in it would be slow.")
    if _bits_per_s(facts) > MAX_BITS_PER_S and video.copy.bytes > _RATE_TEST_FROM_BYTES:
        found.append("It needs more of the network than it has to.")
    return found


def _against_shape(video: VideoFacts, order: Order) -> list[str]:
    found = []
    wanted = target_size(video.width, video.height, video.pixel_aspect, video.quarter_turns, order.max_lines)
    if video.quarter_turns or video.mirrored:
        found.append("It has to be turned upright.")
    if video.pixel_aspect != 1:
        found.append("Its pixels are not square.")
    elif not video.quarter_turns and wanted != Size(video.width, video.height):
        larger = video.height > order.max_lines or video.width > wanted.width + 1
        found.append(
            "Its picture is larger than needed." if larger else "Its size is an odd number of pixels."
        )
    if video.frame_rate is not None and video.frame_rate > MAX_RATE + 1:
        found.append("It has more pictures a second than screens show.")
    return found


def _bits_per_s(facts: FileFacts) -> float:
    duration_ms = facts.video.duration_ms or facts.duration_ms
    if not duration_ms or facts.video.copy is None:
        return 0.0
    return facts.video.copy.bytes * 8 / (duration_ms / 1000)


def _audio(facts: FileFacts) -> tuple[Literal["copy", "encode", "none"], str | None]:
    """AAC-LC in mono or stereo is copied. MP3 is encoded, because Safari does not play it inside an MP4."""
    audio = facts.audio
    if audio is None:
        return "none", None
    if audio.unreadable:
        return "none", "Nothing of its sound can be read."
    if audio.codec != "aac" or audio.profile != "LC":
        return "encode", f"Not every device plays sound recorded as {audio.codec.upper()}."
    damaged = facts.video.copy is not None and facts.video.copy.damaged
    if audio.fault or damaged:
        return "encode", "The sound cannot be taken over as it is."
    if audio.channels > 2:
        return "encode", "Its sound has more channels than two."
    return "copy", None


def _sound_ends_early(facts: FileFacts) -> bool:
    """Whether a player of the growing video would have to wait for sound that never comes."""
    video, audio = facts.video, facts.audio
    if audio is None or audio.duration_ms is None or video.end_ms is None:
        return False
    return audio.start_ms + audio.duration_ms < video.end_ms - _SOUND_MISSING_MS


def _against_keeping(facts: FileFacts, audio_reason: str | None) -> list[str]:
    found = []
    if facts.container != "mp4":
        found.append("Its kind of file does not play everywhere.")
    elif facts.fragmented:
        found.append("It is stored in fragments.")
    elif not facts.faststart:
        found.append("It could only play after it has been loaded to its end.")
    if not facts.whole:
        found.append("Its structure is not sound.")
    # a fragment's marks are known only once it is read
    if facts.video.copy is not None and facts.video.copy.wrongly_marked and not facts.fragmented:
        found.append("Its marks for places to jump to mislead browsers.")
    if facts.private_metadata or (facts.video.copy is not None and facts.video.copy.tells):
        found.append("It carries information that is nobody's business, such as a place or a name.")
    if facts.extra_tracks:
        found.append("It has more tracks than a browser plays.")
    if audio_reason:
        found.append(audio_reason)
    return found


def _encode(video: VideoFacts, max_lines: int) -> VideoEncode:
    size = target_size(video.width, video.height, video.pixel_aspect, video.quarter_turns, max_lines)
    rate = video.frame_rate or _DEFAULT_RATE
    divisor = -(-rate // (MAX_RATE + 1)) if rate > MAX_RATE + 1 else 1
    return VideoEncode(size=size, frame_rate=rate / divisor, thin_out=divisor > 1)
