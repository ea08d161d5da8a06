"""The tracks of a growing rendition: coded samples that wait until the segment they belong to is complete."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec

from server.media.tracks import CheckpointLostError, RestoredRun, SampleTable, Timed, TrackHead


class Sample(msgspec.Struct, gc=False):
    """A coded picture or piece of sound, in ticks of its track on the result's timeline.

    `decode` is None for what we encoded ourselves; its decode times are chosen here, so that they do not depend on an
    encoder's delay, and a second encoder can go on where a first one stopped.
    """

    shown: int
    decode: int | None
    duration: int
    keyframe: bool
    data: bytes


class Lane:
    """One track. `changed` is called after each sample and promise, and when the track has ended."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.waiting: deque[Sample] = deque()
        self.head: TrackHead | None = None
        self.ended = False
        self.promised: int | None = None
        """When the next sample, which has not come yet, will be shown, if that is known."""
        self.taken = 0
        self._reached = 0
        self.table = SampleTable()
        self._changed = changed
        self._restored: list[RestoredRun] = []
        self._known = 0
        self._lead_in: list[Sample] = []
        self._media_at = 0

    @property
    def timescale(self) -> int:
        """Ticks a second; known once the track is declared."""
        if self.head is None:
            raise ValueError("a sample came before its track was declared")
        return self.head.timescale

    @property
    def reached_s(self) -> float:
        """Playing time up to which samples have come: what is made, and not only read or still in an encoder."""
        return self._reached / self.head.timescale if self.head is not None else 0.0

    def declare(self, head: TrackHead) -> None:
        """Say what the track is. Raises `CheckpointLostError` when an encoder that goes on comes to something else."""
        if self.head is not None and self.head != head:
            raise CheckpointLostError
        self.head = head

    def restore(self, head: TrackHead, runs: list[RestoredRun], media_at: int) -> None:
        """Go on after samples that are in closed segments.

        A track that is made from its start again, as the sound is, hands them over once more; they are left out. Those
        before 0 tell what no segment does: the size of the lead-in, which lies at `media_at`.
        """
        self.head = head
        self._restored = runs
        self._known = sum(len(run.samples) for run in runs) if head.sound else 0
        self._media_at = media_at
        if not head.sound:
            self._put_restored()

    def take(self, sample: Sample) -> None:
        """Add a sample."""
        if self._restored:
            if sample.shown < 0:
                self._lead_in.append(sample)
                return
            if self._known:
                self._known -= 1
                return
            self._put_restored()
        self.promised = None
        self.waiting.append(sample)
        self.taken += 1
        self._reached = max(self._reached, sample.shown + sample.duration)
        self._changed()

    def promise(self, shown: int) -> None:
        """Say when the next sample, a keyframe, will be shown: all before it have come."""
        self.promised = shown
        self._changed()

    def end(self) -> None:
        """No more will come."""
        self._put_restored()
        self.ended = True
        self._changed()

    def _put_restored(self) -> None:
        lead_in = [Timed(len(each.data), each.duration, 0, keyframe=True) for each in self._lead_in]
        if lead_in:
            self.table.add(self._lead_in[0].shown, self._media_at, lead_in)
        for run in self._restored:
            self.table.add(run.decode, run.offset, run.samples)
        self._restored, self._lead_in = [], []

    def next(self, count: int) -> list[Sample]:
        """Take out the next `count` samples."""
        return [self.waiting.popleft() for _ in range(count)]

    def until(self, end_s: float | None) -> list[Sample]:
        """Take out the samples that are shown before `end_s`, or all."""
        if end_s is None:
            return self.next(len(self.waiting))
        end = end_s * self.timescale
        taken = []
        while self.waiting and self.waiting[0].shown < end:
            taken.append(self.waiting.popleft())
        return taken

    def timed(self, samples: Sequence[Sample]) -> tuple[int, list[Timed]]:
        """The first sample's decode time, and all of them on the decode timeline, up to the next one that waits."""
        if not samples:
            return 0, []
        if samples[0].decode is None:
            decodes = self._decodes(samples)
            last = max(samples, key=lambda sample: sample.shown)
            following = self.waiting[0].shown if self.waiting else self.promised
            end = last.shown + last.duration if following is None else following
        else:
            decodes = [sample.decode or 0 for sample in samples]
            following = self.waiting[0].decode if self.waiting else None
            end = decodes[-1] + samples[-1].duration if following is None else following
        timed = [
            Timed(len(sample.data), after - decode, sample.shown - decode, sample.keyframe)
            for sample, (decode, after) in zip(samples, pairwise([*decodes, end]), strict=True)
        ]
        return decodes[0], timed

    def _decodes(self, samples: Sequence[Sample]) -> list[int]:
        """Decode times for a closed group of pictures: its times of showing in order, none later than its own picture
        is shown, but for the delay.
        """
        delay = self.head.delay if self.head is not None else 0
        decodes = sorted(sample.shown for sample in samples)
        latest = decodes[-1] + 1
        for number in range(len(samples) - 1, -1, -1):
            latest = min(decodes[number], samples[number].shown + delay, latest - 1)
            decodes[number] = latest
        return decodes
