"""Writes one rendition so that it can be watched while it grows: samples in, an MP4 and its segments out.

    ftyp │ free (room for moov) │ mdat: segment 0 │ segment 1 │ …        NAME.mp4, see `segment_index`

Within a segment the sound comes first, then the picture: a player that reads on has both at hand. At the end `moov` is
written into the room in front, so nothing is copied; a file whose `moov` does not fit there is copied once.
"""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import msgspec

from server.media.checkpoint import Checkpoint
from server.media.cuts import Cuts
from server.media.describing import codecs
from server.media.fragments import Run, TrackPart, fragment
from server.media.lanes import Lane
from server.media.movie import file_type, finished_movie, init_segment
from server.media.segment_index import (
    Head,
    Segment,
    pack_boxes,
    pack_end,
    pack_head,
    pack_segment,
    record_offset,
)

_MDAT_HEADER = struct.Struct(">I4sQ")
_FREE_HEADER = struct.Struct(">I4s")
#: A segment that the sound has not caught up with is closed without it once this many more are complete.
_MOST_WAITING = 8


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a rendition is to be. `room_bytes` is kept free for its `moov`; `made_for` see `segment_index.Head`;
    `user_data` see `finished_movie`.
    """

    name: str
    frame_rate: float
    has_sound: bool
    room_bytes: int
    made_for: str = ""
    user_data: bytes = b""


class RenditionWriter:
    """One rendition in `folder`. Give `picture` and `sound` their samples, end both, then `finish`.

    `on_grown` is told the milliseconds that can be watched whenever a segment is closed. Raises OSError when the disk
    fails.
    """

    def __init__(
        self,
        folder: Path,
        wanted: Wanted,
        on_grown: Callable[[int], None],
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.path = folder / f"{wanted.name}.mp4"
        self.picture = Lane(self._changed)
        self.sound = Lane(self._changed) if wanted.has_sound else None
        self._wanted = wanted
        self._on_grown = on_grown
        self._type = file_type(fragmented=False)
        self._media_at = len(self._type) + _FREE_HEADER.size + wanted.room_bytes
        mode = "wb" if checkpoint is None else "r+b"
        self._file = self.path.open("w+b" if checkpoint is None else "r+b", buffering=0)
        self._boxes = self.path.with_suffix(".boxes").open(mode, buffering=0)
        self._index = self.path.with_suffix(".index").open(mode, buffering=0)
        self._seen = 0
        self._pending: list[tuple[int, int]] = []
        """(number of pictures before it, time) of each cut whose segment is not closed yet."""
        self._next_cut = 0
        self._closed = 0
        self._end_ms = 0
        if checkpoint is None:
            self._begin()
        else:
            self._go_on(checkpoint)

    def __enter__(self) -> RenditionWriter:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for file in (self._file, self._boxes, self._index):
            file.close()

    def finish(self) -> None:
        """Close the last segment and make the file a finished MP4."""
        if self.picture.waiting:
            self._close(len(self.picture.waiting), None)
        end = self._file.tell()
        self._file.seek(self._media_at)
        self._file.write(_MDAT_HEADER.pack(1, b"mdat", end - self._media_at))
        tracks = [(lane.head, lane.table) for lane in self._lanes() if lane.head is not None]
        room = self._media_at - len(self._type)
        movie = finished_movie(tracks, self._wanted.user_data)
        left = room - len(movie)
        if left == 0 or left >= _FREE_HEADER.size:
            self._file.seek(len(self._type))
            self._file.write(movie + (_FREE_HEADER.pack(left, b"free") if left else b""))
            self._index.write(pack_end(0, end))
            return
        # larger offsets may need wider numbers, which move everything once more
        roomier = finished_movie(tracks, self._wanted.user_data, len(movie) - room)
        self._move(finished_movie(tracks, self._wanted.user_data, len(roomier) - room), end)

    def _move(self, movie: bytes, end: int) -> None:
        """Write the file anew with a `moov` that does not fit into the room.

        The index says so first: whoever opens the MP4 and then reads the index sees by its size which one it holds.
        """
        staged = self.path.with_suffix(".moved")
        with staged.open("wb") as target:
            target.write(self._type + movie)
            self._file.seek(self._media_at)
            shutil.copyfileobj(self._file, target, 1 << 20)
        shift = len(self._type) + len(movie) - self._media_at
        self._index.write(pack_end(shift, end + shift))
        self._file.close()
        staged.replace(self.path)

    def _begin(self) -> None:
        """Keep the room for `moov` free. Until the end this is no whole MP4, and nobody reads it as one."""
        self._file.write(self._type + _FREE_HEADER.pack(self._media_at - len(self._type), b"free"))
        self._file.seek(self._media_at + _MDAT_HEADER.size)

    def _go_on(self, checkpoint: Checkpoint) -> None:
        """Cut off what is behind the last closed segment."""
        self._closed, self._end_ms = checkpoint.segments, checkpoint.end_ms
        ends = (
            (self._index, record_offset(checkpoint.segments)),
            (self._boxes, checkpoint.boxes_end),
            (self._file, checkpoint.media_end),
        )
        for file, end in ends:
            file.truncate(end)
            file.seek(end)
        media_at = self._media_at + _MDAT_HEADER.size
        self.picture.restore(checkpoint.heads[0], checkpoint.pictures, media_at)
        if self.sound is not None and len(checkpoint.heads) > 1:
            self.sound.restore(checkpoint.heads[1], checkpoint.sounds, media_at)
        self._on_grown(self._end_ms)

    def _changed(self) -> None:
        """A lane has a new sample, knows when the next one comes, or has ended: close what is complete."""
        picture = self.picture
        if picture.taken > self._seen:
            self._seen = picture.taken
            newest = picture.waiting[-1]
            if newest.keyframe and newest.shown >= self._next_cut:
                self._next_cut = Cuts(picture.timescale).after(newest.shown)
                if self._seen > 1:  # the first one begins a segment, but ends none
                    self._pending.append((self._seen - 1, newest.shown))
        if picture.promised is not None and picture.promised >= self._next_cut and self._seen:
            self._next_cut = Cuts(picture.timescale).after(picture.promised)
            self._pending.append((self._seen, picture.promised))
        while self._pending and self._sound_has_come(self._pending[0][1] / picture.timescale):
            before, at = self._pending.pop(0)
            self._close(before - (self._seen - len(picture.waiting)), at / picture.timescale)

    def _sound_has_come(self, until_s: float) -> bool:
        """Whether the sound up to there is at hand, will not come, or has been waited for long enough."""
        sound = self.sound
        if sound is None or sound.ended or len(self._pending) > _MOST_WAITING:
            return True
        return bool(sound.waiting) and sound.waiting[-1].shown >= until_s * sound.timescale

    def _close(self, pictures: int, end_s: float | None) -> None:
        """Write the next segment: so many pictures, and the sound up to `end_s` (what is left of it at the end)."""
        if self._closed == 0:
            self._announce()
        at = self._file.tell()
        parts: list[TrackPart] = []
        pieces: list[bytes] = []
        lead_in = self._put_sound(end_s, at, parts, pieces)
        shown = self.picture.next(pictures)
        decode, timed = self.picture.timed(shown)
        before = sum(map(len, pieces))
        self.picture.table.add(decode, at + before, timed)
        pieces += [sample.data for sample in shown]
        run = Run(before - lead_in, timed)
        delay = self.picture.head.delay if self.picture.head is not None else 0
        parts.insert(0, TrackPart(number=1, sound=False, decode=decode, delay=delay, runs=[run]))
        data = b"".join(pieces)
        self._file.write(data)
        self._note(at + lead_in, data[lead_in:], parts, end_s)

    def _put_sound(self, end_s: float | None, at: int, parts: list[TrackPart], pieces: list[bytes]) -> int:
        """Add the sound of a segment to its pieces; returns how many bytes of them are an encoder's lead-in.

        What lies before 0 only fills the decoder. The MP4 hides it with an edit list; players differ in what they make
        of those in fragments, so there it is left out.
        """
        if self.sound is None or self.sound.head is None:
            return 0
        sounds = self.sound.until(end_s)
        if not sounds:
            return 0
        decode, timed = self.sound.timed(sounds)
        self.sound.table.add(decode, at, timed)
        pieces += [sample.data for sample in sounds]
        hidden = sum(sample.shown < 0 for sample in sounds)
        lead_in = sum(len(sample.data) for sample in sounds[:hidden])
        if hidden < len(sounds):
            run = Run(0, timed[hidden:])
            parts.append(TrackPart(number=2, sound=True, decode=sounds[hidden].shown, runs=[run]))
        return lead_in

    def _announce(self) -> None:
        """Write the initialisation segment and the head of the index."""
        heads = [lane.head for lane in self._lanes() if lane.head is not None]
        init = init_segment(heads)
        self._boxes.write(init)
        head = Head(
            width=heads[0].width,
            height=heads[0].height,
            frame_rate=self._wanted.frame_rate,
            codecs=codecs([each.sample_description for each in heads]),
            init_bytes=len(init),
            tracks=tuple(heads),
            made_for=self._wanted.made_for,
        )
        self._index.write(pack_head(head))

    def _note(self, at: int, media: bytes, parts: list[TrackPart], end_s: float | None) -> None:
        """Write a segment's boxes, and then its record: from now on it can be watched."""
        packed = pack_boxes([(at, len(media))], fragment(self._closed, parts))
        end_ms = round((self._longest_s() if end_s is None else end_s) * 1000)
        segment = Segment(
            start_ms=self._end_ms,
            duration_ms=max(1, end_ms - self._end_ms),
            boxes_at=self._boxes.tell(),
            boxes_bytes=len(packed),
            checksum=zlib.crc32(media, zlib.crc32(packed)),
            media_bytes=len(media),
        )
        self._boxes.write(packed)
        self._index.write(pack_segment(segment))
        self._closed += 1
        self._end_ms = end_ms
        self._on_grown(end_ms)

    def _longest_s(self) -> float:
        return max(lane.table.end_shown / lane.timescale for lane in self._lanes() if len(lane.table))

    def _lanes(self) -> list[Lane]:
        return [self.picture, *([self.sound] if self.sound is not None else [])]
