"""A finished video, to be watched by whoever may. Needs the media folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.values.jobs import JobState
from tests.conftest import Server


class Film:
    """A finished video of a member."""

    def __init__(self, server: Server, clip: Path, owner: str = "max") -> None:
        self.server = server
        self.owner = server.member(owner)
        self.id: str = self.owner.upload(clip)["id"]
        assert server.heard.job_of(self.id) is JobState.DONE
        server.heard.video_settled(self.id)
        self.path = f"/api/videos/{self.id}"
        self.file = server.data_dir / "videos" / "library" / self.id / "video.mp4"

    def link(self, **body: Any) -> dict[str, Any]:
        """A new link, with its token."""
        made: dict[str, Any] = self.owner.post(f"{self.path}/links", json=body).raise_for_status().json()
        return made

    def status(self, token: str, what: str = "stream") -> int:
        """What somebody without an account gets with a link's token."""
        params = {"link": token}
        return self.server.stranger().head(f"{self.path}/{what}", params=params).status_code


@pytest.fixture
def clip(media: Callable[[str], Path]) -> Path:
    """A short MP4 that is kept as it is."""
    return media("gr_a.mp4")


@pytest.fixture
def film(server: Server, clip: Path) -> Film:
    """A finished video of a member named `max`."""
    return Film(server, clip)
