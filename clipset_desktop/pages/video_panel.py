"""What the panel beside the videos holds: one video to be edited, or what to do with several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from clipset_desktop.context import Context
from clipset_desktop.pages import videos_model
from clipset_desktop.widgets.details import Facts
from clipset_desktop.widgets.fields import Choice, Field, line
from clipset_desktop.widgets.labels import Button, label, rule
from clipset_desktop.widgets.poster import Poster
from clipset_desktop.words import date, duration, sentence, size, tr, trn
from server.errors import ClipsetError
from server.values.videos import Category, Video, VideoChanges

OnAction = Callable[[str], None]


class VideoPanel(QWidget):
    """Emits `saved` with what was changed. What is typed stays when news of the video come in."""

    saved = Signal(object)

    def __init__(
        self, ctx: Context, video: Video, categories: Sequence[Category], on_action: OnAction
    ) -> None:
        super().__init__()
        self._ctx = ctx
        self._on_action = on_action
        self.video = video
        self.title = line(video.title)
        self.description = QPlainTextEdit(video.description)
        self.description.setTabChangesFocus(True)
        self.description.setFixedHeight(84)
        self.category = Choice[UUID | None](ctx.theme, category_options(categories), video.category_id)
        self.fields = {
            "title": Field(tr("Title"), self.title),
            "description": Field(tr("Description"), self.description),
            "category_id": Field(tr("Category"), self.category),
        }
        self.save = Button(ctx.theme, tr("Save"), kind="primary", name="save")
        self.save.setEnabled(False)
        self.save.clicked.connect(self._save)
        self.title.textChanged.connect(self._judge)
        self.title.returnPressed.connect(self._save)
        self.description.textChanged.connect(self._judge)
        self.category.currentIndexChanged.connect(self._judge)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        self._column.addWidget(Poster(ctx.theme, ctx.thumbnails, video.id, video.title))
        for field in self.fields.values():
            self._column.addWidget(field)
        self._column.addWidget(self.save)
        self._column.addWidget(rule())
        self.facts = self._facts(video)
        self._column.addWidget(self.facts)
        self._column.addStretch(1)

    @property
    def is_changed(self) -> bool:
        """Whether something is typed that is not saved."""
        return self._changes() != VideoChanges()

    def show_video(self, video: Video, categories: Sequence[Category]) -> None:
        """Show news of the same video; a form that was not touched follows them."""
        touched = self.is_changed
        chosen = self.category.value if touched else video.category_id
        self.video = video
        self.category.set_options(category_options(categories), chosen)
        if not touched:
            if self.title.text() != video.title:
                self.title.setText(video.title)
            if self.description.toPlainText() != video.description:
                self.description.setPlainText(video.description)
        if self.facts.actions_shown == videos_model.actions([video]):
            self.facts.show_texts(_known(video))
        else:
            facts = self._facts(video)
            self._column.replaceWidget(self.facts, facts)
            self.facts.hide()
            self.facts.deleteLater()
            self.facts = facts
        self._judge()

    def show_refusal(self, error: ClipsetError) -> bool:
        """Say at the field what is wrong with it; False when no field is to blame."""
        self.save.setEnabled(True)
        field = self.fields.get(error.field or "")
        if field is not None:
            field.show_wrong(sentence(error.sentence))
        return field is not None

    def _facts(self, video: Video) -> Facts:
        return Facts(self._ctx.theme, _known(video), videos_model.actions([video]), self._on_action)

    def _changes(self) -> VideoChanges:
        given: dict[str, object] = {}
        if self.title.text() != self.video.title:
            given["title"] = self.title.text()
        if self.description.toPlainText() != self.video.description:
            given["description"] = self.description.toPlainText()
        if self.category.value != self.video.category_id:
            given["category_id"] = self.category.value
        return VideoChanges(**given)  # type: ignore[arg-type]

    def _judge(self) -> None:
        for field in self.fields.values():
            field.show_wrong("")
        self.save.setEnabled(self.is_changed)

    def _save(self) -> None:
        if self.is_changed:
            self.save.setEnabled(False)
            self.saved.emit(self._changes())


def _known(video: Video) -> list[tuple[str, str]]:
    return [
        (tr("State"), videos_model.state_line(video) or tr("Ready to watch")),
        (tr("Uploaded by"), video.uploader_name or ""),
        (tr("Uploaded"), date(video.created_at)),
        (tr("Length"), duration(video.duration_ms) if video.duration_ms else ""),
        (tr("Picture"), f"{video.width} × {video.height}" if video.width and video.height else ""),
        (tr("Size"), size(video.size_bytes)),
        (tr("Views"), str(video.view_count)),
        (tr("File it was made from"), video.original_filename),
    ]


class SeveralPanel(QWidget):
    """How many are chosen, and what can be done with all of them. Emits `moved` with a category's id, or None."""

    moved = Signal(object)

    def __init__(
        self, ctx: Context, videos: Sequence[Video], categories: Sequence[Category], on_action: OnAction
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        total = size(sum(video.size_bytes for video in videos))
        column.addWidget(label(tr("Together they take {size}.", size=total), "quiet", wrap=True))
        column.addSpacing(4)
        self.category = Choice[UUID | None](ctx.theme, category_options(categories), None)
        self.move_there = Button(ctx.theme, tr("Move"), "tag", name="move")
        self.move_there.clicked.connect(lambda: self.moved.emit(self.category.value))
        column.addWidget(Field(tr("Move to the category"), self.category))
        column.addWidget(self.move_there)
        column.addWidget(rule())
        for action in videos_model.actions(videos):
            button = Button(ctx.theme, action.text, action.icon, "danger", name=action.key)
            button.clicked.connect(lambda _=False, key=action.key: on_action(key))
            column.addWidget(button)
        column.addStretch(1)


def category_options(categories: Sequence[Category]) -> list[tuple[UUID | None, str]]:
    """Every category to choose from, and none."""
    return [(None, tr("No category")), *((each.id, each.name) for each in categories)]


def several_title(count: int) -> str:
    """The heading over several."""
    return trn("{n} video", "{n} videos", count)
