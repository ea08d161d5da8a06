"""The texts that programs of ours show, in other languages: the catalogues in `resources/words`, and whom they are for.

The English text is the key. The web client has its own, in `resources/web/src/i18n`.
"""

from __future__ import annotations

from functools import cache

import msgspec

from server import paths

ENGLISH, GERMAN = "en", "de"


@cache
def catalogue(language: str) -> dict[str, str]:
    """English texts with what stands for them in `language`; empty for English."""
    if language == ENGLISH:
        return {}
    file = paths.resources_dir() / "words" / f"{language}.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, str])


def language_of(accept_language: str) -> str:
    """The language we have that somebody likes best, by their `Accept-Language` (RFC 9110, section 12.5.4)."""
    wishes: list[tuple[float, str]] = []
    for wish in accept_language.lower().split(","):
        tag, _, parameter = wish.strip().partition(";")
        weight = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            wishes.append((float(weight), tag.strip().partition("-")[0]))
        except ValueError:
            continue
    wishes.sort(key=lambda wish: -wish[0])  # of equals the first named stays first
    return next((tag for weight, tag in wishes if weight > 0 and tag in (ENGLISH, GERMAN)), ENGLISH)
