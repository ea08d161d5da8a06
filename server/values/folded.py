"""How a text is compared and looked for: equal whatever its case, its accents and its way of writing. Pure."""

from __future__ import annotations

import unicodedata

GRAM_MAX = 3

_FIRST_ACCENT, _LAST_ACCENT = "\u0300", "\u036f"


def folded(text: str) -> str:
    """`text` in one spelling: case-folded, compatible forms as one, without accents and control characters.

    Accents are the combining diacritical marks of Latin, Greek and Cyrillic alone; the signs of other scripts, for
    example vowels in Devanagari, make another word and stay.
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(char for char in apart if not _FIRST_ACCENT <= char <= _LAST_ACCENT)
    composed = unicodedata.normalize("NFC", plain)
    return "".join(" " if unicodedata.category(char) in {"Cc", "Cs"} else char for char in composed)


def title_key(title: str) -> str:
    """What titles are sorted by; cut, because NFKD writes one letter out as up to 18 and an index has its limit."""
    return folded(title)[:200]


def grams(text: str) -> str:
    """Every run of one to three characters of a folded text, once, as tokens with spaces between them.

    Whoever looks for a word finds the rows that hold all its grams, whatever the script: a word of Chinese is one or
    two characters long and stands without spaces. A character is written as its number, so that no tokenizer and no
    query takes it for punctuation.
    """
    found: set[str] = set()
    for word in text.split():
        for length in range(1, GRAM_MAX + 1):
            found.update(_tokens(word, length))
    return " ".join(sorted(found))


def grams_of_word(word: str) -> list[str]:
    """Grams that every text with `word` holds: as few of the longest as have all its letters among them.

    Each more is another list to go through, 1 ms for one that stands in all of 100,000 texts.
    """
    all_of_them = _tokens(word, min(GRAM_MAX, len(word)))
    return sorted({*all_of_them[::GRAM_MAX], all_of_them[-1]})


def _tokens(word: str, length: int) -> list[str]:
    codes = [f"{ord(char):x}" for char in word]
    return ["g".join(codes[start : start + length]) for start in range(len(codes) - length + 1)]
