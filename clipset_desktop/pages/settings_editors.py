"""An input for each type of setting. All of them speak the texts of `server.settings.parse` and `format_value`."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.fields import Choice, Switch, line, mark_wrong
from clipset_desktop.widgets.labels import Button, label
from clipset_desktop.words import tr
from server.settings import Setting, Unit, format_value

_BYTE_UNITS = (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024), ("bytes", 1))
_DAY = "quota_reset_day"


def help_of(row: Setting) -> str:
    """What people read about a setting. Where its values have names here, nothing about their numbers."""
    if row.key == _DAY:
        return tr("From then on everyone may upload the whole amount again.")
    return tr(row.help)


class Editor(QWidget):
    """Emits `edited` when a person changes it. `text` is empty when nothing is chosen or typed."""

    edited = Signal()

    def __init__(self, row: Setting) -> None:
        super().__init__()
        self.row_layout = QHBoxLayout(self)
        self.row_layout.setContentsMargins(0, 0, 0, 0)
        self.row_layout.setSpacing(6)
        self.setAccessibleName(tr(row.label))

    def text(self) -> str:
        """What is entered, as a text for `parse`."""
        raise NotImplementedError

    def show_text(self, text: str) -> None:
        """Show a value without emitting `edited`."""
        raise NotImplementedError

    def show_wrong(self, wrong: bool) -> None:
        """Frame the input as wrong, or not."""


def editor_for(theme: Theme, row: Setting) -> Editor:
    """The input that suits a setting."""
    if row.type is bool:
        return _BoolEditor(theme, row)
    if row.key == _DAY:
        # ISO days count from Monday = 1; the setting counts from Sunday = 0.
        days = [(str(day), QLocale().standaloneDayName(day or 7)) for day in range(7)]
        return _ChoiceEditor(theme, row, days)
    if row.choices and getattr(row.type, "__origin__", None) is tuple:
        return _ChipsEditor(theme, row)
    if row.choices:
        return _ChoiceEditor(theme, row, [(each, each) for each in row.choices])
    if row.unit is Unit.BYTES:
        return _BytesEditor(theme, row)
    return _LineEditor(row)


class _LineEditor(Editor):
    def __init__(self, row: Setting) -> None:
        super().__init__(row)
        self.entry = line(placeholder=format_value(row.default), secret=row.secret)
        self.entry.setAccessibleName(tr(row.label))
        self.entry.setAccessibleDescription(help_of(row))
        self.entry.textEdited.connect(lambda _: self.edited.emit())
        self.row_layout.addWidget(self.entry, 1)
        if row.unit is Unit.MINUTES:
            self.row_layout.addWidget(label(tr("minutes"), "quiet"))

    def text(self) -> str:
        return self.entry.text()

    def show_text(self, text: str) -> None:
        self.entry.setText(text)
        self.entry.setCursorPosition(0)

    def show_wrong(self, wrong: bool) -> None:
        mark_wrong(self.entry, wrong)


class _BytesEditor(Editor):
    """A number and a unit; 2147483648 shows as 2 GB."""

    def __init__(self, theme: Theme, row: Setting) -> None:
        super().__init__(row)
        self.entry = line()
        self.entry.setAccessibleName(tr(row.label))
        self.entry.setAccessibleDescription(help_of(row))
        self.entry.textEdited.connect(lambda _: self.edited.emit())
        self.unit = Choice(theme, [(factor, tr(name)) for name, factor in _BYTE_UNITS], 1024**3)
        self.unit.setAccessibleName(tr("Unit of {label}", label=tr(row.label)))
        self.unit.activated.connect(lambda _: self.edited.emit())
        self.row_layout.addWidget(self.entry, 1)
        self.row_layout.addWidget(self.unit)

    def text(self) -> str:
        typed = self.entry.text().strip().replace(",", ".")
        try:
            return str(round(float(typed) * self.unit.value))
        except (ValueError, OverflowError):
            return typed or "-"

    def show_text(self, text: str) -> None:
        count = int(text)
        # The largest unit that shows the value exactly with at most two decimals.
        at = next(
            (
                at
                for at, (_, factor) in enumerate(_BYTE_UNITS)
                if count * 100 % factor == 0 and count >= factor
            ),
            len(_BYTE_UNITS) - 1,
        )
        self.unit.setCurrentIndex(at if count else 0)
        self.entry.setText(f"{count / _BYTE_UNITS[at][1]:.2f}".rstrip("0").rstrip("."))

    def show_wrong(self, wrong: bool) -> None:
        mark_wrong(self.entry, wrong)


class _BoolEditor(Editor):
    def __init__(self, theme: Theme, row: Setting) -> None:
        super().__init__(row)
        self.switch = Switch(theme)
        self.switch.setAccessibleName(tr(row.label))
        self.switch.setAccessibleDescription(help_of(row))
        self.switch.clicked.connect(lambda _: self.edited.emit())
        self.row_layout.addWidget(self.switch)
        self.row_layout.addStretch(1)

    def text(self) -> str:
        return format_value(self.switch.isChecked())

    def show_text(self, text: str) -> None:
        self.switch.setChecked(text == format_value(True))


class _ChoiceEditor(Editor):
    def __init__(self, theme: Theme, row: Setting, options: list[tuple[str, str]]) -> None:
        super().__init__(row)
        self._texts = [text for text, _ in options]
        self.choice = Choice(theme, options, options[0][0])
        self.choice.setAccessibleName(tr(row.label))
        self.choice.setAccessibleDescription(help_of(row))
        self.choice.activated.connect(lambda _: self.edited.emit())
        self.row_layout.addWidget(self.choice, 1)

    def text(self) -> str:
        return self.choice.value

    def show_text(self, text: str) -> None:
        self.choice.setCurrentIndex(self._texts.index(text))


class _ChipsEditor(Editor):
    """Several of a few values, each a chip that is on or off."""

    def __init__(self, theme: Theme, row: Setting) -> None:
        super().__init__(row)
        self._chips: dict[str, Button] = {}
        self.row_layout.setSpacing(4)
        for each in row.choices:
            chip = Button(theme, each, kind="chip")
            chip.setCheckable(True)
            chip.setAccessibleDescription(tr(row.label))
            chip.clicked.connect(lambda _: self.edited.emit())
            self._chips[each] = chip
            self.row_layout.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft)
        self.row_layout.addStretch(1)

    def text(self) -> str:
        return ",".join(name for name, chip in self._chips.items() if chip.isChecked())

    def show_text(self, text: str) -> None:
        chosen = text.split(",")
        for name, chip in self._chips.items():
            chip.setChecked(name in chosen)
