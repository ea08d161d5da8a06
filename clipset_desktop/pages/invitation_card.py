"""The invitation as a card: shown once, to be scanned, copied or saved as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import Button, Card, label
from clipset_desktop.widgets.qr import QrCode
from clipset_desktop.words import date, tr
from server.values.accounts import NewInvitation, Role

#: Pixels of the picture for each of the card.
_SHARPNESS = 3
if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

SavePicture = Callable[[QImage, Path], None]


class InvitationCard(QWidget):
    """The card, and below it what can be done with it. `url` is the address to open."""

    def __init__(
        self, theme: Theme, server_name: str, address: str, made: NewInvitation, save: SavePicture
    ) -> None:
        super().__init__()
        self.url = address.rstrip("/") + made.path
        self._save = save
        self._theme = theme
        self._file_name = tr("Invitation to {name}", name=server_name) + ".png"
        self.card = self._paper(server_name, made)
        self.copy = Button(theme, tr("Copy the link"), "copy", "primary", name="copy")
        self.copy.clicked.connect(self._copy)
        picture = Button(theme, tr("Picture"), name="picture")
        picture.setToolTip(tr("Save as a picture"))
        picture.setAccessibleName(tr("Save as a picture"))
        picture.clicked.connect(self._choose_file)
        paper = Button(theme, tr("Print"), name="print")
        paper.clicked.connect(self._choose_printer)
        others = QHBoxLayout()
        others.setSpacing(8)
        others.addWidget(picture, 1)
        others.addWidget(paper, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        column.addWidget(self.card)
        column.addWidget(label(tr("Send it now: the link is shown only this once."), "small", wrap=True))
        column.addWidget(self.copy)
        column.addLayout(others)
        column.addStretch(1)

    def _paper(self, server_name: str, made: NewInvitation) -> Card:
        card = Card()
        qr = QrCode(168)
        qr.set_text(self.url)
        address = label(_breakable(self.url), "small", wrap=True)
        address.setAlignment(Qt.AlignmentFlag.AlignCenter)
        address.setToolTip(self.url)
        invited = (
            tr("You are invited to run") if made.invitation.role is Role.ADMIN else tr("You are invited to")
        )
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(4)
        for text, role in ((invited, "quiet"), (server_name, "heading")):
            line = label(text, role, wrap=True)  # type: ignore[arg-type]
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(line)
        row = QHBoxLayout()
        row.addWidget(qr)
        column.addLayout(row)
        column.addWidget(address)
        valid = label(
            tr("Good for one person until {date}", date=date(made.invitation.expires_at)), "small", wrap=True
        )
        valid.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(valid)
        return card

    def image(self) -> QImage:
        """The card as a picture that is sharp on paper and on any screen."""
        image = QImage(self.card.size() * _SHARPNESS, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(_SHARPNESS)
        image.fill(Qt.GlobalColor.transparent)
        self.card.render(image)
        return image

    def print_on(self, printer: QPrinter) -> None:
        """Put the card on paper, as wide as half of the page, at its top."""
        painter = QPainter(printer)
        scale = painter.viewport().width() / 2 / self.card.width()
        painter.translate(painter.viewport().width() / 4, painter.viewport().height() / 12)
        painter.scale(scale, scale)
        self.card.render(painter, QPoint())
        painter.end()

    def _choose_printer(self) -> None:
        # not needed by most windows, and not small
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._file_name.removesuffix(".png"))
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.setModal(True)
        dialog.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.url)
        self.copy.setText(tr("Copied"))
        self.copy.set_icon("check")

    def _choose_file(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(
            self, tr("Save as a picture"), str(Path(folder) / self._file_name), "PNG (*.png)"
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.fileSelected.connect(lambda chosen: self._save(self.image(), Path(chosen)))
        dialog.open()


def _breakable(url: str) -> str:
    """The address with places where a label may break it: Qt has no other way to wrap one long word."""
    return "\u200b".join(url)
