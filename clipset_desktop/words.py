"""The window's language: every text that people read goes through `tr`, `trn` or `sentence`.

The English text is the key; `resources/words` holds the German for it. A translation file of Qt's kind would
need `lrelease` to be made, and cover neither the server's sentences nor the table of settings; a JSON file ships as it
is. What Qt itself says, in its dialogs and menus, comes translated with Qt.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from server.words import catalogue

_PLACE = re.compile(r"\{(\w+)\}")


class _Spoken:
    """What is spoken now: the texts of the language, and the patterns among them for the server's sentences."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.patterns: list[tuple[re.Pattern[str], str]] = []
        self._of_qt = QTranslator()

    def take(self, locale: QLocale, texts: dict[str, str]) -> None:
        QLocale.setDefault(locale)
        self.texts = texts
        self.patterns = [(_pattern(key), text) for key, text in texts.items() if _PLACE.search(key)]
        if QCoreApplication.instance() is not None:
            QCoreApplication.removeTranslator(self._of_qt)
            if self._of_qt.load(
                locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            ):
                QCoreApplication.installTranslator(self._of_qt)


_spoken = _Spoken()


def speak(language: Literal["system", "en", "de"] = "en") -> None:
    """Use one language for everything: what `tr` gives, and the names of days, months and numbers that Qt gives."""
    german = QLocale.Language.German
    if language == "de" or (language == "system" and QLocale.system().language() == german):
        _spoken.take(QLocale(german), catalogue("de"))
    else:
        _spoken.take(QLocale(QLocale.Language.English), {})


def tr(text: str, **values: object) -> str:
    """`text` in the language of the window, with `{name}` places filled in after the translation."""
    translated = _spoken.texts.get(text, text)
    return translated.format(**values) if values else translated


def sentence(text: str) -> str:
    """A sentence of the server's in the language of the window. Places in it were filled in already: `{fault}` with
    words of the server's, any other with what nobody translates, such as a name.
    """
    if text in _spoken.texts:
        return _spoken.texts[text]
    for pattern, translated in _spoken.patterns:
        if found := pattern.fullmatch(text):
            return _fill(translated, found.groupdict())
    return text


def _fill(text: str, places: dict[str, str]) -> str:
    if "fault" in places:
        places["fault"] = sentence(places["fault"])
    return _PLACE.sub(lambda place: places.get(place[1], place[0]), text)


def _pattern(key: str) -> re.Pattern[str]:
    """What fits a text with places: `Port {port} is taken.` fits `Port 8400 is taken.`"""
    parts = _PLACE.split(key)
    named: set[str] = set()
    pieces = []
    for at, part in enumerate(parts):
        if at % 2 == 0:
            pieces.append(re.escape(part))
        else:
            pieces.append(f"(?P={part})" if part in named else f"(?P<{part}>.+?)")
            named.add(part)
    return re.compile("".join(pieces), re.DOTALL)


def trn(one: str, many: str, n: int, **values: object) -> str:
    """`one` or `many`, by `n`, which fills the place `{n}`."""
    return tr(one if n == 1 else many, n=QLocale().toString(n), **values)


def rate(bytes_per_s: float) -> str:
    """How fast bytes go, in bits as network people say it: `8.4 Mbit/s`."""
    bits = bytes_per_s * 8
    for factor, unit in ((1e9, "Gbit/s"), (1e6, "Mbit/s")):
        if bits >= factor:
            return f"{QLocale().toString(bits / factor, 'f', 1)} {unit}"
    return f"{QLocale().toString(round(bits / 1000))} kbit/s"


def size(count_bytes: int) -> str:
    """Bytes as people say them: `1.2 GB`. Steps of 1024, as the settings count."""
    amount = float(count_bytes)
    for unit in (tr("bytes"), "kB", "MB", "GB", "TB"):
        if amount < 1024 or unit == "TB":
            break
        amount /= 1024
    digits = 0 if amount == count_bytes or amount >= 100 or amount == int(amount) else 1
    return f"{QLocale().toString(amount, 'f', digits)} {unit}"


def remaining(eta_ms: int) -> str:
    """How long it will still take: `3 min left`."""
    seconds = max(1, round(eta_ms / 1000))
    if seconds < 60:
        return tr("{n} s left", n=seconds)
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{n} min left", n=minutes)
    return tr("{hours} h {minutes} min left", hours=minutes // 60, minutes=minutes % 60)


def span(seconds: float) -> str:
    """A length of time in its largest unit: `3 min`, `2 h`, `5 days`."""
    if seconds < 90:
        return tr("1 min")
    if seconds < 5400:
        return tr("{n} min", n=round(seconds / 60))
    if seconds < 48 * 3600:
        return tr("{n} h", n=round(seconds / 3600))
    return tr("{n} days", n=round(seconds / 86_400))


def duration(length_ms: int) -> str:
    """The length of a video as players write it: `0:42`, `1:02:03`."""
    minutes, seconds = divmod(round(length_ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago `moment` was: `just now`, `3 min ago`; a date after a week."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 45:
        return tr("just now")
    if seconds < 7 * 86_400:
        return tr("{span} ago", span=span(seconds))
    return date(moment)


def until(moment: datetime, now: datetime | None = None) -> str:
    """How long it is to `moment`: `3 days left`."""
    seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return tr("{span} left", span=span(seconds)) if seconds > 0 else tr("over")


def clock(moment: datetime) -> str:
    """The time of day of `moment` in this machine's time zone, to the second."""
    return moment.astimezone().strftime("%H:%M:%S")


def date(moment: datetime) -> str:
    """The day of `moment` in this machine's time zone, as the language writes it."""
    local = moment.astimezone()
    return f"{local.day} {QLocale().monthName(local.month, QLocale.FormatType.ShortFormat)} {local.year}"
