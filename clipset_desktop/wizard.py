"""The first start: two short pages that name the server, choose where it keeps videos, and make the admin account."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clipset_desktop.look.theme import Theme
from clipset_desktop.set_up import Choices
from clipset_desktop.widgets.fields import Field, line
from clipset_desktop.widgets.labels import Button, label
from clipset_desktop.widgets.notice import Notice
from clipset_desktop.words import sentence, tr
from server import settings
from server.errors import ClipsetError, InvalidInput
from server.settings import SETTINGS, Settings

_ROWS = {row.key: row for row in SETTINGS}


class Wizard(QWidget):
    """Emits `finished` with the choices; the app carries them out and calls `refuse` or closes it."""

    finished = Signal(object)
    abandoned = Signal()

    def __init__(self, theme: Theme, start: Settings) -> None:
        super().__init__()
        self.setObjectName("wizard")
        self.setWindowTitle(tr("Set up Clipset"))
        self.setWindowIcon(theme.app_icon)
        self.resize(760, 560)
        self.setMinimumSize(640, 440)
        self._theme = theme
        self._start = start
        self._ended = False
        self.notice = Notice(theme)
        self._steps = QStackedWidget()
        self._steps.addWidget(self._server_step())
        self._steps.addWidget(self._account_step())
        self._progress = label("", "small")
        self.back = Button(theme, tr("Back"), kind="quiet", name="back")
        self.back.clicked.connect(lambda: self._go(0))
        self.next = Button(theme, tr("Continue"), kind="primary", name="next")
        self.next.clicked.connect(self._forward)
        self.next.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._progress)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        right = QVBoxLayout()
        right.setContentsMargins(32, 28, 32, 20)
        right.setSpacing(16)
        right.addWidget(self.notice)
        right.addWidget(self._steps, 1)
        right.addLayout(buttons)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._welcome())
        whole.addLayout(right, 1)
        self._go(0)

    def refuse(self, error: ClipsetError) -> None:
        """Say what could not be done, at the field that is to blame, and let the person change it."""
        self._busy(False)
        field = self._fields.get(error.field or "")
        if field is None:
            self.notice.say(sentence(error.sentence), "bad")
            return
        self._go(0 if error.field in self._server_fields else 1)
        field.show_wrong(sentence(error.sentence))
        field.entry.setFocus()

    def accept(self) -> None:
        """Close it for good: everything was done."""
        self._ended = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing before the end gives up the start."""
        event.accept()
        if not self._ended:
            self._ended = True
            self.abandoned.emit()

    def _welcome(self) -> QFrame:
        panel = QFrame()
        panel.setObjectName("rail")
        panel.setFixedWidth(224)
        mark = QLabel()
        mark.setPixmap(self._theme.pixmap("mark", "accent", 48, self.devicePixelRatioF()))
        text = tr("Videos from your people, on your own computer. Nothing leaves your network.")
        column = QVBoxLayout(panel)
        column.setContentsMargins(24, 32, 24, 24)
        column.setSpacing(8)
        column.addWidget(mark)
        column.addSpacing(8)
        column.addWidget(label(tr("Welcome to Clipset"), "title", wrap=True))
        column.addWidget(label(text, "quiet", wrap=True))
        column.addStretch(1)
        return panel

    def _server_step(self) -> QWidget:
        host = self._start.host
        self.server_name = line(self._start.first_config.server_name)
        self.folder = line(str(host.videos_path))
        self.port = line(str(host.port))
        choose = Button(self._theme, tr("Choose"), "folder")
        choose.clicked.connect(self._choose_folder)
        with_button = QWidget()
        row = QHBoxLayout(with_button)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        self._server_fields = {
            "server_name": Field(
                tr("Name of the server"), self.server_name, tr("Everyone who joins sees it.")
            ),
            "video_storage_path": Field(
                tr("Where to keep the videos"), with_button, tr("A folder on a disk with plenty of room.")
            ),
            "port": Field(tr("Port"), self.port, tr(_ROWS["port"].help)),
        }
        self.folder.setAccessibleName(tr("Where to keep the videos"))
        self.port.setMaximumWidth(120)
        for key, entry in (("server_name", self.server_name), ("port", self.port)):
            entry.textEdited.connect(lambda _, key=key: self._judge(key))
        return _step(tr("Your server"), tr("You can change all of this later."), self._server_fields)

    def _account_step(self) -> QWidget:
        self.email = line()
        self.username = line()
        self.password = line(secret=True)
        self.again = line(secret=True)
        self._account_fields = {
            "email": Field(tr("E-mail"), self.email),
            "username": Field(tr("Name"), self.username, tr("What the others see beside your videos.")),
            "password": Field(
                tr("Password"), self.password, tr("At least 8 characters. A few words are good.")
            ),
            "again": Field(tr("Password, once more"), self.again),
        }
        self._fields = self._server_fields | self._account_fields
        for field in self._account_fields.values():
            entry = field.entry
            if isinstance(entry, QLineEdit):
                entry.textEdited.connect(lambda _, field=field: field.show_wrong(""))
        return _step(
            tr("Your account"), tr("You are the admin: you invite people and look after the server."),
            self._account_fields,
        )  # fmt: skip

    def _go(self, step: int) -> None:
        self._steps.setCurrentIndex(step)
        self.back.setVisible(step > 0)
        self.next.setText(tr("Start Clipset") if step else tr("Continue"))
        self._progress.setText(tr("Step {n} of 2", n=step + 1))
        (self.email if step else self.server_name).setFocus()

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, tr("Where to keep the videos"), self.folder.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def keyPressEvent(self, event: object) -> None:
        """Enter goes on."""
        key = getattr(event, "key", lambda: None)()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.next.isEnabled():
            self._forward()

    def _judge(self, key: str) -> bool:
        """Show what is wrong with a setting as it is typed."""
        entry = {"server_name": self.server_name, "port": self.port}[key]
        try:
            settings.parse(_ROWS[key], entry.text())
        except InvalidInput as error:
            advice = (
                tr("Enter a whole number from 0 to 65535.")
                if key == "port"
                else tr("Enter a name, up to 60 letters.")
            )
            self._server_fields[key].show_wrong(advice or sentence(error.sentence))
            return False
        self._server_fields[key].show_wrong("")
        return True

    def _forward(self) -> None:
        self.notice.hide()
        if self._steps.currentIndex() == 0:
            if all([self._judge("server_name"), self._judge("port")]):
                self._go(1)
            return
        if not self._account_is_complete():
            return
        self._busy(True)
        chosen = self.folder.text().strip()
        is_default = not chosen or Path(chosen).expanduser().absolute() == self._start.host.videos_path
        self.finished.emit(
            Choices(
                server_name=self.server_name.text().strip(),
                video_storage_path=self._start.host.video_storage_path if is_default else chosen,
                port=settings.parse(_ROWS["port"], self.port.text()),
                email=self.email.text().strip(),
                username=self.username.text().strip(),
                password=self.password.text(),
            )
        )

    def _account_is_complete(self) -> bool:
        complete = True
        for key, entry, advice in (
            ("email", self.email, tr("Enter your e-mail address.")),
            ("username", self.username, tr("Enter a name.")),
            ("password", self.password, tr("Choose a password.")),
        ):
            missing = not entry.text().strip()
            self._fields[key].show_wrong(advice if missing else "")
            complete = complete and not missing
        same = self.password.text() == self.again.text()
        self._fields["again"].show_wrong("" if same else tr("The two passwords differ."))
        return complete and same

    def _busy(self, busy: bool) -> None:
        self._steps.setEnabled(not busy)
        self.back.setEnabled(not busy)
        self.next.setEnabled(not busy)
        self.next.setText(tr("Starting") if busy else tr("Start Clipset"))


def _step(heading: str, advice: str, fields: dict[str, Field]) -> QScrollArea:
    body = QWidget()
    body.setObjectName("scrolled")
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(14)
    head = QVBoxLayout()
    head.setSpacing(2)
    head.addWidget(label(heading, "title"))
    head.addWidget(label(advice, "quiet", wrap=True))
    column.addLayout(head)
    for field in fields.values():
        column.addWidget(field)
    column.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(body)
    return scroll
