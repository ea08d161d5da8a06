"""The texts that programs of ours show, in other languages: the catalogues in `resources/words`.

The English text is the key. The web client has its own, in `resources/web/src/i18n`.
"""

from __future__ import annotations

from functools import cache

import msgspec

from server import paths

ENGLISH, GERMAN = LANGUAGES = "en", "de"


@cache
def catalogue(language: str) -> dict[str, str]:
    """English texts with what stands for them in `language`; empty for English."""
    if language == ENGLISH:
        return {}
    file = paths.resources_dir() / "words" / f"{language}.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
