"""The window's language: every text that people read goes through `tr` or `trn`, so that a translator can stand in."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QLocale

_CONTEXT = "clipset"


def speak(language: QLocale.Language = QLocale.Language.English) -> None:
    """Use one language for everything: what `tr` gives, and the names of days, months and numbers that Qt gives."""
    QLocale.setDefault(QLocale(language))


def tr(text: str, **values: object) -> str:
    """`text` in the language of the window, with `{name}` places filled in after the translation."""
    translated = QCoreApplication.translate(_CONTEXT, text)
    return translated.format(**values) if values else translated


def trn(one: str, many: str, n: int, **values: object) -> str:
    """`one` or `many`, by `n`, which fills the place `{n}`."""
    return tr(one if n == 1 else many, n=QLocale().toString(n), **values)


def sentence(text: str) -> str:
    """A sentence of the server's, in the language of the window."""
    return tr(text)


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
    for unit in ("bytes", "KB", "MB", "GB", "TB"):
        if amount < 1024 or unit == "TB":
            break
        amount /= 1024
    digits = 0 if unit == "bytes" or amount >= 100 or amount == int(amount) else 1
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
