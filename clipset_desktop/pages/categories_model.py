"""How a category looks as a row."""

from __future__ import annotations

from clipset_desktop.widgets.rows import Action, Row, RowsModel
from clipset_desktop.words import tr, trn
from server.values.videos import Category

EDIT = "edit"
DELETE = "delete"


class CategoriesModel(RowsModel[Category]):
    """Categories, by name."""

    def __init__(self) -> None:
        super().__init__(lambda category: category.id, row)


def row(category: Category) -> Row:
    """One category."""
    parts = (trn("{n} video", "{n} videos", category.video_count), category.description)
    return Row(
        strong=category.name,
        quiet=" · ".join(filter(None, parts)),
        icon="tag",
        actions=(
            Action(key=EDIT, text=tr("Edit"), icon="edit", shortcut="F2"),
            Action(key=DELETE, text=tr("Delete"), icon="trash", shortcut="Del", danger=True),
        ),
    )
