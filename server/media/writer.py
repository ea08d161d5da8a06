"""Writes the MP4: declares tracks, and holds packets back until every track has been declared."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import av
from av.packet import Packet


class Mp4Writer:
    """One MP4 with `moov` in front. A track encoded anew is known only once its first picture is, so packets
    wait.

    Raises OSError when the disk fails and av.FFmpegError when the muxer refuses.
    """

    def __init__(self, path: Path, *, tracks: int) -> None:
        self.output = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        self._missing = tracks
        self._waiting: list[Packet[Any]] = []

    def __enter__(self) -> Mp4Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.output.close()

    def declared(self) -> None:
        """Say that a track has been added to `output` and its codec is set up."""
        self._missing -= 1
        if self._missing == 0:
            waiting, self._waiting = self._waiting, []
            self.write(waiting)

    def write(self, packets: Iterable[Packet[Any]]) -> None:
        """Mux packets, each of which names its track."""
        if self._missing:
            self._waiting.extend(packets)
            return
        for packet in packets:
            self.output.mux_one(packet)
