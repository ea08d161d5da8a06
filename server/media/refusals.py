"""Why a file cannot become a video, in words a person can act on: one sentence for each code."""

from __future__ import annotations

from server.media.messages import RefusalCode, Refused

SENTENCES: dict[RefusalCode, str] = {
    "not_a_video": "This file is not a video. Choose a video file.",
    "format_not_accepted": "This kind of video is not accepted here. Save it as MP4 and upload that.",
    "only_sound": "This file holds only sound. Choose one with a picture.",
    "only_subtitles": "This file holds only subtitles. Choose one with a picture.",
    "only_a_picture": "This file holds a single still picture. Choose a video.",
    "encrypted": "This video is copy-protected and cannot be opened. Choose one without protection.",
    "no_frames": "No picture could be read from this file. See if it plays on your device, then try again.",
    "incomplete": "A part of this file is missing. Copy it from the camera again and upload that.",
    "damaged": "This file is damaged and cannot be read. Copy it from where it was made and upload it again.",
    "picture_too_large": "The picture of this video is too large. Save it with at most 8192 by 8192 pixels.",
    "unknown_codec": "This kind of recording is not known here. Save it as MP4 and upload that.",
    "out_of_space": "The server's disk is full. Ask the admin to make room, then try again.",
    "too_much_memory": "This video needs more memory than the server allows. Save it with a smaller picture.",
    "failed": "This video could not be made ready. Try again, or save it as MP4 and upload that.",
}

#: Codes where the file is not to blame.
_RETRY_MAY_HELP: frozenset[RefusalCode] = frozenset({"out_of_space", "failed"})


class UnplayableError(Exception):
    """Raised wherever it becomes clear that no video can be made; `detail` is for the admin's log."""

    def __init__(self, code: RefusalCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def refused(code: RefusalCode, detail: str) -> Refused:
    """The message for a code."""
    return Refused(code=code, sentence=SENTENCES[code], detail=detail, retry_may_help=code in _RETRY_MAY_HELP)
