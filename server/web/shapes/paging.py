"""What all shapes share: the base of request bodies, pages of lists, percentages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from server.values.paging import MAX_PAGE_SIZE, Page

T = TypeVar("T")
V = TypeVar("V")

PageNumber = Annotated[int, Meta(ge=1, le=10_000_000)]
PageSize = Annotated[int, Meta(ge=1, le=MAX_PAGE_SIZE)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of request bodies: a field we do not know is refused, so that a typing mistake is not silently ignored."""


class PageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`?page=1&page_size=20`."""

    page: PageNumber = 1
    page_size: PageSize = 20


class PageBody(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list."""

    items: list[T]
    total: int
    page: int
    page_size: int
    total_pages: int


def page_body(page: Page[V], shape: Callable[[V], T]) -> PageBody[T]:
    """A page of values as JSON, each given its shape."""
    return PageBody(
        items=[shape(item) for item in page.items],
        total=page.total,
        page=page.page,
        page_size=page.page_size,
        total_pages=page.total_pages,
    )


def slice_body(items: list[T], query: PageQuery) -> PageBody[T]:
    """The page `query` asks for of a list that is short enough to be had whole."""
    first = (query.page - 1) * query.page_size
    return PageBody(
        items=items[first : first + query.page_size],
        total=len(items),
        page=query.page,
        page_size=query.page_size,
        total_pages=-(-len(items) // query.page_size),
    )


def percent(fraction: float) -> float:
    """0 to 1 as 0 to 100 with one decimal."""
    return round(fraction * 100, 1)
