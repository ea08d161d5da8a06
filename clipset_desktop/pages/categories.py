"""The categories videos are sorted into: make, rename, describe, delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clipset_desktop.context import Context
from clipset_desktop.pages import categories_model
from clipset_desktop.pages.list_page import ListPage
from clipset_desktop.widgets.ask import Answer
from clipset_desktop.widgets.details import column
from clipset_desktop.widgets.empty import EmptyState
from clipset_desktop.widgets.fields import Field, line
from clipset_desktop.widgets.labels import Button
from clipset_desktop.words import sentence, tr, trn
from server.errors import ClipsetError
from server.events import CategoryChanged, VideoChanged, VideoDeleted
from server.values.accounts import HOST
from server.values.videos import Category


class CategoriesPage(ListPage[Category]):
    """The form for a new or a chosen category is in the panel."""

    def __init__(self, ctx: Context) -> None:
        empty = EmptyState(
            ctx.theme,
            "tag",
            tr("No categories yet"),
            tr(
                "Categories help people find videos: holidays, training, lessons. Members choose one as they upload."
            ),
            action=tr("New category"),
            on_action=lambda: self.open("new"),
        )
        super().__init__(ctx, tr("Categories"), categories_model.CategoriesModel(), empty)
        self.add_header_button(tr("New category"), "plus", lambda: self.open("new"))
        self._editing: Category | None = None
        for kind in (CategoryChanged, VideoChanged, VideoDeleted):
            self.listen(kind, lambda _: self.load())

    def fetch(self) -> Sequence[Category]:
        """Every category."""
        return self.ctx.core.categories.list()

    def act(self, action: str, value: Any) -> None:
        """Edit in the panel, or delete after asking."""
        if action == categories_model.EDIT:
            self.list.setCurrentIndex(self.model.index(self.model.place(value.id) or 0))
        elif action == categories_model.DELETE:
            self._ask_delete(value)

    def open(self, what: object) -> None:
        """Show the form for a new category."""
        if what == "new":
            self.list.clearSelection()
            self._form(None)

    def show_details(self, value: Category) -> None:
        """The form for a chosen category; one being edited keeps what was typed."""
        if self._editing is None or self._editing.id != value.id or not self.panel.isVisible():
            self._form(value)

    def close_panel(self) -> None:
        """Forget what was being edited."""
        self._editing = None
        super().close_panel()

    def _form(self, category: Category | None) -> None:
        self._editing = category
        body, layout = column()
        self.name = Field(tr("Name"), line(category.name if category else ""))
        self.description = Field(
            tr("Description"), line(category.description if category else "", tr("Optional"))
        )
        self.save = Button(
            self.ctx.theme, tr("Save") if category else tr("Create category"), kind="primary", name="save"
        )
        self.save.clicked.connect(self._save)
        for field in (self.name, self.description):
            field.entry.returnPressed.connect(self._save)  # type: ignore[attr-defined]
            layout.addWidget(field)
        layout.addSpacing(8)
        layout.addWidget(self.save)
        if category is not None:
            delete = Button(self.ctx.theme, tr("Delete"), "trash", "danger")
            delete.clicked.connect(lambda: self._ask_delete(category))
            layout.addWidget(delete)
        layout.addStretch(1)
        self.panel.show_content(category.name if category else tr("New category"), body)
        self.name.entry.setFocus()

    def _save(self) -> None:
        name, description = self.name.entry.text(), self.description.entry.text()  # type: ignore[attr-defined]
        categories, editing = self.ctx.core.categories, self._editing
        self.save.setEnabled(False)

        def store() -> Category:
            if editing is None:
                return categories.create(HOST, name, description=description)
            return categories.update(HOST, editing.id, name=name, description=description)

        def done(category: Category) -> None:
            self.close_panel()
            self.notice.say(tr("{name} is saved.", name=category.name), "good")
            self.load()

        def failed(error: ClipsetError) -> None:
            self.save.setEnabled(True)
            self.name.show_wrong(sentence(error.sentence))

        self.run(store, done, failed)

    def _ask_delete(self, category: Category) -> None:
        text = trn(
            "Its video stays, without a category.",
            "Its {n} videos stay, without a category.",
            category.video_count,
        )

        def done(_: object) -> None:
            self.close_panel()
            self.load()

        self.ask(
            tr("Delete {name}?", name=category.name),
            text if category.video_count else tr("No video is in it."),
            (Answer(key="delete", text=tr("Delete"), kind="danger"),),
            lambda _: self.run(lambda: self.ctx.core.categories.delete(HOST, category.id), done),
        )
