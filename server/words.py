"""The texts that programs of ours show, in other languages: the catalogues in `resources/words`.

The English text is the key. What the server says stands in a file of its own, which the web client reads too; its own
texts are in `resources/web/src/i18n`.
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
    texts: dict[str, str] = {}
    for name in (f"{language}.json", f"{language}-served.json"):
        texts |= msgspec.json.decode(
            (paths.resources_dir() / "words" / name).read_bytes(), type=dict[str, str]
        )
    return texts
