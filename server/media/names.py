"""What a file's name promises, for a word before a byte is sent. The content decides, in `sniff`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePath

from server.media.messages import RefusalCode
from server.media.refusals import SENTENCES

_FORMATS = {
    "mp4": "mp4 m4v",
    "mov": "mov qt",
    "avi": "avi divx",
    "mkv": "mkv",
    "webm": "webm",
    "others": "3gp 3g2 asf wmv flv f4v mpg mpeg mpe vob ts mts m2ts ogv rm rmvb",
}
_NO_VIDEOS: dict[RefusalCode, str] = {
    "only_sound": "aac aif aiff alac ape flac m4a mid mka mp3 oga opus wav wma",
    "only_a_picture": "avif bmp cr2 dng gif heic heif ico jpeg jpg nef png psd raw svg tif tiff webp",
    "not_a_video": "7z apk csv dmg doc docx epub exe gz htm html iso js json m3u m3u8 odt pdf ppt pptx py rar rtf "
    "srt tar torrent txt vtt xls xlsx xml zip",
}
_FORMAT_OF = {name: kind for kind, names in _FORMATS.items() for name in names.split()}
_REFUSAL_OF = {name: code for code, names in _NO_VIDEOS.items() for name in names.split()}


def doubt(filename: str, accepted_formats: Collection[str]) -> str | None:
    """The sentence that a file of this name will most likely be refused with; None for a name that promises nothing."""
    ending = PurePath(filename).suffix.lower().removeprefix(".")
    refusal = _REFUSAL_OF.get(ending)
    if refusal is None and _FORMAT_OF.get(ending, ending) in _FORMATS.keys() - set(accepted_formats):
        refusal = "format_not_accepted"
    return SENTENCES[refusal] if refusal else None
