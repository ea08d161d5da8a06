"""What is taken over as it is plays in the browser, from wherever one jumps to, and not only in FFmpeg."""

import pytest

from server.values.jobs import Action
from tests.conftest import make_settings, running
from tests.journeys.conftest import play, sign_in
from tests.transcoding.media.films import OPEN_GROUPS, moving
from tests.transcoding.media.test_every_file import TABLE, Made

_TAKEN_OVER = [
    name
    for name, made in TABLE.items()
    if isinstance(made, Made) and made.action is not Action.TRANSCODE and made.ms < 100_000
]
#: Jumps to twelve places, back and forth; tells where it failed.
_JUMP_ABOUT = """async video => {
    for (let number = 0; number < 12; number++) {
        const place = (number * 0.37 % 1) * video.duration
        const jumped = new Promise((resolve, reject) => {
            video.addEventListener("seeked", resolve, {once: true})
            video.addEventListener("error", () => reject(`${place} s: ${video.error.message}`), {once: true})
        })
        video.currentTime = place
        await jumped
    }
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(make_settings(tmp_path_factory.mktemp("taken-over") / "data")) as server:
        yield server


@pytest.mark.parametrize("name", _TAKEN_OVER)
def test_a_file_of_the_media_folder(server, device, media, name):
    _jump_about(server, device, media(name))


def test_a_film_with_marks_that_mislead(server, device, tmp_path):
    """Jumping to a keyframe of an open group ends Chromium's player; to the one before it does not."""
    _jump_about(server, device, moving(tmp_path / "film.mkv", OPEN_GROUPS, seconds=8))


def _jump_about(server, device, path):
    video = server.admin.upload(path)
    server.heard.video_settled(video["id"])
    page = device()
    sign_in(page, server.url)
    page.goto(f"{server.url}/watch/{video['id']}")
    player = page.locator("video")
    play(page, player)
    player.evaluate(_JUMP_ABOUT)
