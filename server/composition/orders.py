"""What a child is told to do with a video's file: the settings of the moment put into an order."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from server.media.order import Order
from server.services.configuration import Configuration
from server.settings import HostSettings
from server.storage import Storage


class Orders:
    """Makes orders from the host's settings and what the admin has set by then. Any thread."""

    def __init__(self, host: HostSettings, configuration: Configuration, storage: Storage) -> None:
        self._host = host
        self._configuration = configuration
        self._storage = storage
        # the encoders of several jobs share the processors; three threads for two of these, as x264 itself has it,
        # because one waits for another's lines now and then (0.90x the time of two for two)
        self._threads = max(1, 3 * (os.cpu_count() or 1) // (2 * host.effective_workers))

    def to_encode(self, video_id: UUID, always_transcode: bool) -> Order:
        """The order of a job."""
        return self._order(
            self._storage.ready_source(video_id), self._storage.work(video_id), always_transcode
        )

    def to_look(self, video_id: UUID, always_transcode: bool, folder: Path) -> Order:
        """The order to look at a file that waits for its turn; `folder` takes its picture."""
        return self._order(self._storage.source(video_id), folder, always_transcode)

    def choices(self) -> Order:
        """What the admin has chosen, of no video: as long as it is equal, orders differ by their files alone."""
        return self._order(Path(), Path(), False)

    def _order(self, source: Path, work: Path, always_transcode: bool) -> Order:
        config = self._configuration.get()
        return Order(
            source=source,
            work=work,
            accepted_formats=config.accepted_video_formats,
            max_lines=config.renditions[0],
            further_lines=config.renditions[1:],
            preset=self._host.transcode_preset,
            crf=self._host.transcode_crf,
            encoder=self._host.hardware_encoder,
            always_transcode=always_transcode or config.always_transcode,
            threads=self._threads,
            audio_language=config.audio_language,
        )
