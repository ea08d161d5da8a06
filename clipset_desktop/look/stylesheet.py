"""The style sheet of the window, with tokens where values stand."""

from __future__ import annotations

from string import Template

from clipset_desktop.look.tokens import Scheme, Tokens


class _Sheet(Template):
    delimiter = "@"
    idpattern = r"[a-z][a-z0-9-]*"


def render(tokens: Tokens, scheme: Scheme) -> str:
    """The style sheet for one scheme. Raises `KeyError` when it names a token that does not exist."""
    values: dict[str, str] = {name: css_color(value) for name, value in tokens.color[scheme].items()}
    values |= {f"space-{name}": f"{value}px" for name, value in tokens.space.items()}
    values |= {f"radius-{name}": f"{value}px" for name, value in tokens.radius.items()}
    values |= {f"size-{name}": f"{value}px" for name, value in tokens.type.size.items()}
    values |= {f"weight-{name}": str(value) for name, value in tokens.type.weight.items()}
    return _Sheet(_TEXT).substitute(values)


def css_color(token: str) -> str:
    """`#RRGGBBAA` as Qt's style sheets want it."""
    if len(token) == 7:
        return token
    red, green, blue, alpha = (int(token[at : at + 2], 16) for at in (1, 3, 5, 7))
    return f"rgba({red}, {green}, {blue}, {alpha})"


_TEXT = """
QWidget { color: @text; font-size: @size-base; }
QMainWindow, QDialog, #page, #wizard { background: @paper; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: @size-large; font-weight: @weight-strong; }
QLabel[role="heading"] { font-size: @size-medium; font-weight: @weight-strong; }
QLabel[role="figure"] { font-size: @size-title; font-weight: @weight-strong; }
QLabel[role="strong"] { font-weight: @weight-strong; }
QLabel[role="quiet"] { color: @text-quiet; }
QLabel[role="small"] { color: @text-quiet; font-size: @size-small; }
QLabel[role="wrong"] { color: @bad; font-size: @size-small; }

QFrame#card, QFrame#details { background: @surface; border: 1px solid @line; border-radius: @radius-large; }
QFrame#sheet { background: @surface; border: 1px solid @line; border-radius: @radius-large; }
QFrame#rule { background: @line; border: none; max-height: 1px; min-height: 1px; }
QFrame#savebar { background: @raised; border: 1px solid @line-strong; border-radius: @radius-large; }

#rail { background: @sunken; border-right: 1px solid @line; }
#rail QPushButton {
  text-align: left; border: 1px solid transparent; border-radius: @radius-small; padding: 0 @space-2;
  min-height: 34px; background: transparent; color: @text-quiet;
}
#rail QPushButton:hover { color: @text; background: @line; }
#rail QPushButton:checked { color: @text; background: @surface; font-weight: @weight-strong; border-color: @line; }
#rail QPushButton:focus { border-color: @focus; }

QPushButton {
  background: @surface; border: 1px solid @line-strong; border-radius: @radius-small;
  padding: 0 @space-3; min-height: 32px; font-weight: @weight-strong;
}
QPushButton:hover { background: @sunken; }
QPushButton:pressed { background: @line; }
QPushButton:focus { border-color: @focus; }
QPushButton:disabled { color: @text-quiet; background: @sunken; border-color: @line; }
QPushButton[kind="primary"] { background: @accent; border-color: @accent; color: @on-accent; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed {
  background: @accent-hover; border-color: @accent-hover;
}
QPushButton[kind="primary"]:focus { border-color: @focus; }
QPushButton[kind="primary"]:disabled { background: @line; border-color: @line; color: @text-quiet; }
QPushButton[kind="danger"] { color: @bad; }
QPushButton[kind="danger"]:hover { background: @bad-soft; border-color: @bad; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; color: @text-quiet; }
QPushButton[kind="quiet"]:hover { background: @sunken; color: @text; }
QPushButton[kind="quiet"]:focus { border-color: @focus; }
QPushButton[kind="icon"] {
  background: transparent; border: 1px solid transparent; padding: 0;
  min-width: 30px; max-width: 30px; min-height: 30px; max-height: 30px;
}
QPushButton[kind="icon"]:hover { background: @sunken; }
QPushButton[kind="icon"]:focus { border-color: @focus; }
QPushButton[kind="chip"] { min-height: 30px; font-weight: @weight-normal; padding: 0 6px; border-color: @line; }
QPushButton[kind="chip"]:hover { border-color: @line-strong; }
QPushButton[kind="chip"]:checked { background: @accent-soft; border-color: @accent; color: @text; }
QPushButton[kind="chip"]:focus { border-color: @focus; }

QLineEdit, QPlainTextEdit, QComboBox {
  background: @surface; border: 1px solid @line-strong; border-radius: @radius-small;
  padding: 0 10px; min-height: 32px; selection-background-color: @accent; selection-color: @on-accent;
}
QPlainTextEdit { padding: 4px 6px; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus { border-color: @focus; }
QLineEdit[wrong="true"] { border-color: @bad; }
QLineEdit:disabled, QComboBox:disabled { background: @sunken; color: @text-quiet; border-color: @line; }
QLineEdit[readOnly="true"] { background: @sunken; border-color: @line; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView {
  background: @raised; border: 1px solid @line-strong; padding: 4px; outline: none;
  selection-background-color: @sunken; selection-color: @text;
}
QComboBox QAbstractItemView::item { min-height: 30px; padding: 0 6px; }

QListView#rows {
  background: @surface; border: 1px solid @line; border-radius: @radius-large; padding: 5px; outline: none;
}
QScrollArea, QScrollArea > QWidget > QWidget#scrolled { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: @line-strong; border-radius: 3px; min-height: 32px; }
QScrollBar::handle:vertical:hover { background: @text-quiet; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle:horizontal { background: @line-strong; border-radius: 3px; min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: @raised; border: 1px solid @line-strong; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 10px; border-radius: @radius-small; }
QMenu::item:selected { background: @sunken; color: @text; }
QMenu::item:disabled { color: @text-quiet; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QToolTip { background: @raised; color: @text; border: 1px solid @line-strong; padding: 4px 6px; }

#notice { border-radius: @radius-small; }
#notice[tone="bad"] { background: @bad-soft; }
#notice[tone="good"] { background: @good-soft; }
#notice[tone="warn"] { background: @warn-soft; }
"""
