"""The videos: look for them, watch them, edit them, move them to a category, delete them; one or several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from clipset_desktop.bridge import Throttle
from clipset_desktop.context import Context
from clipset_desktop.pages import videos_model
from clipset_desktop.pages.list_page import ListPage
from clipset_desktop.pages.video_panel import SeveralPanel, VideoPanel, several_title
from clipset_desktop.pages.videos_model import VideosModel
from clipset_desktop.widgets.ask import Answer
from clipset_desktop.widgets.empty import EmptyState
from clipset_desktop.widgets.fields import Choice, search_line
from clipset_desktop.words import tr, trn
from server.errors import ClipsetError, NotFound
from server.events import CategoryChanged, JobProgressed, VideoChanged, VideoDeleted
from server.values.accounts import HOST
from server.values.paging import MAX_PAGE_SIZE
from server.values.videos import Category, SortField, Video, VideoChanges, VideoQuery, VideoStatus

#: Rows are painted anew at most this often, however many jobs report.
_PROGRESS_MS = 200
_SORTS: tuple[SortField, ...] = ("created_at", "title", "view_count", "duration")


class VideosPage(ListPage[Video]):
    """Live by events. More rows are loaded as the end of the list comes into view."""

    def __init__(self, ctx: Context) -> None:
        empty = EmptyState(
            ctx.theme,
            "video",
            tr("No videos yet"),
            tr("Open the address of the server in a browser, sign in and drop a video into the page."),
            action=tr("Open it here"),
            on_action=lambda: self._browse(""),
        )
        super().__init__(ctx, tr("Videos"), VideosModel(), empty, several=True)
        self.nothing_found = EmptyState(
            ctx.theme,
            "search",
            tr("Nothing found"),
            tr("No video fits what you are looking for."),
            action=tr("Show all"),
            on_action=self._show_all,
        )
        self._stack.addWidget(self.nothing_found)
        self._categories: Sequence[Category] = ()
        self._total = 0
        self._wanted = 1
        self._query = VideoQuery(page_size=MAX_PAGE_SIZE)
        self.search = search_line(ctx.theme, tr("Search"))
        self.which = Choice[VideoStatus | UUID | None](ctx.theme, self._which_options(), None)
        self.which.setAccessibleName(tr("Which videos to show"))
        sorts = (tr("Newest first"), tr("By title"), tr("Most watched first"), tr("Longest first"))
        self.sort = Choice[SortField](ctx.theme, list(zip(_SORTS, sorts, strict=True)), "created_at")
        self.sort.setAccessibleName(tr("Order"))
        self.add_tools(self.search, self.which, self.sort)
        self.search.textChanged.connect(self._ask_anew)
        self.which.currentIndexChanged.connect(self._ask_anew)
        self.sort.currentIndexChanged.connect(self._ask_anew)
        self.model.more_wanted.connect(self._ask_for_more)
        self._progress = Throttle(_PROGRESS_MS, self._show_progress, self)
        self.listen(VideoChanged, lambda _: self.load())
        self.listen(VideoDeleted, lambda _: self.load())
        self.listen(CategoryChanged, lambda _: self._load_categories())
        self.listen(JobProgressed, lambda event: self._progress.put(event.job_id, event))

    def load(self) -> None:
        """The videos and, first, what they can be moved to."""
        if not self._categories:
            self._load_categories()
        super().load()

    def fetch(self) -> Sequence[Video]:
        """As many pages of the list as are wanted by now."""
        query, wanted, found = self._query, self._wanted, list[Video]()
        for number in range(1, wanted + 1):
            page = self.ctx.core.videos.list(HOST, msgspec.structs.replace(query, page=number))
            found += page.items
            self._total = page.total
            if number >= page.total_pages:
                break
        return found

    def listed(self, values: Sequence[Video]) -> None:
        """Count under the heading; more may be there."""
        self.model.has_more = len(values) < self._total
        self.say(trn("{n} video", "{n} videos", self._total) if self._total else "")

    def empty_place(self) -> int:
        """An empty library, or a search that finds nothing."""
        return 2 if self._is_narrowed() else 1

    def act(self, action: str, value: Any) -> None:
        """Do it to the row, or to all that are chosen when the row is one of them."""
        chosen: list[Video] = self.list.values
        videos = chosen if any(each.id == value.id for each in chosen) else [value]
        if action == videos_model.OPEN:
            self._browse(f"/watch/{videos[0].id}")
        elif action == videos_model.PLAY:
            self._play(videos[0].id)
        elif action == videos_model.DELETE:
            self._ask_delete(videos)

    def show_details(self, value: Video) -> None:
        """One video to edit, or what can be done with several."""
        chosen: list[Video] = self.list.values
        if len(chosen) > 1:
            several = SeveralPanel(self.ctx, chosen, self._categories, lambda key: self.act(key, chosen[0]))
            several.moved.connect(lambda category_id: self._move(chosen, category_id))
            self.panel.show_content(several_title(len(chosen)), several)
            return
        shown = self.panel.content
        if isinstance(shown, VideoPanel) and shown.video.id == value.id and self.panel.isVisible():
            shown.show_video(value, self._categories)
            return
        panel = VideoPanel(self.ctx, value, self._categories, lambda key: self.act(key, panel.video))
        panel.saved.connect(lambda changes: self._save(panel, changes))
        self.panel.show_content(value.title, panel)

    def _save(self, panel: VideoPanel, changes: VideoChanges) -> None:
        video_id = panel.video.id

        def done(video: Video) -> None:
            panel.show_video(video, self._categories)
            self.notice.say(tr("{name} is saved.", name=video.title), "good")
            self.load()

        def failed(error: ClipsetError) -> None:
            if not panel.show_refusal(error):
                self.show_error(error)

        self.run(lambda: self.ctx.core.videos.update(HOST, video_id, changes), done, failed)

    def _move(self, videos: Sequence[Video], category_id: UUID | None) -> None:
        before = {video.id: video.category_id for video in videos}
        name = next((each.name for each in self._categories if each.id == category_id), tr("no category"))
        self._put_into(
            dict.fromkeys(before, category_id),
            lambda: self.notice.say(
                trn("{n} video is in {name} now.", "{n} videos are in {name} now.", len(before), name=name),
                "good",
                offer=tr("Undo"),
                on_offer=lambda: self._put_into(before, self.load),
            ),
        )

    def _put_into(self, places: dict[UUID, UUID | None], then: Callable[[], None]) -> None:
        def move() -> None:
            for video_id, category_id in places.items():
                self.ctx.core.videos.update(HOST, video_id, VideoChanges(category_id=category_id))

        def done(_: object) -> None:
            then()
            self.load()

        self.run(move, done)

    def _browse(self, path: str) -> None:
        QDesktopServices.openUrl(QUrl(self.ctx.core.local_address + path))

    def _play(self, video_id: UUID) -> None:
        def play(path: str) -> None:
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
                self.notice.say(
                    tr("This computer has no program that plays it. Open it in the browser."), "warn"
                )

        self.run(lambda: self.ctx.core.watching.stream(HOST, video_id).path, play)

    def _ask_delete(self, videos: Sequence[Video]) -> None:
        ids = [video.id for video in videos]

        def delete() -> None:
            for video_id in ids:
                try:
                    self.ctx.core.videos.delete(HOST, video_id)
                except NotFound:
                    continue  # somebody else was quicker

        def done(_: object) -> None:
            self.close_panel()
            self.notice.say(trn("{n} video is deleted.", "{n} videos are deleted.", len(ids)), "good")
            self.load()

        self.ask(
            tr("Delete {name}?", name=videos[0].title)
            if len(ids) == 1
            else tr("Delete {n} videos?", n=len(ids)),
            tr("The files are removed from this computer at once. This cannot be undone."),
            (Answer(key="delete", text=tr("Delete"), kind="danger"),),
            lambda _: self.run(delete, done),
        )

    def _is_narrowed(self) -> bool:
        return bool(self.search.text().strip()) or self.which.value is not None

    def _show_all(self) -> None:
        self.search.clear()
        self.which.setCurrentIndex(0)

    def _ask_anew(self) -> None:
        which = self.which.value
        self._wanted = 1
        self._query = VideoQuery(
            page_size=MAX_PAGE_SIZE,
            q=self.search.text(),
            status=which if isinstance(which, VideoStatus) else None,
            category_id=which if isinstance(which, UUID) else None,
            sort_by=self.sort.value,
            order="asc" if self.sort.value == "title" else "desc",
        )
        super().load()

    def _ask_for_more(self) -> None:
        self._wanted += 1
        super().load()

    def _load_categories(self) -> None:
        self.run(self.ctx.core.categories.list, self._set_categories)

    def _set_categories(self, categories: Sequence[Category]) -> None:
        self._categories = categories
        chosen = self.which.value
        self.which.set_options(self._which_options(), chosen)
        if self.which.value != chosen:
            self._ask_anew()
        if self.list.value is not None:
            self.show_details(self.list.value)

    def _which_options(self) -> list[tuple[VideoStatus | UUID | None, str]]:
        return [
            (None, tr("All videos")),
            (VideoStatus.PROCESSING, tr("Getting ready")),
            (VideoStatus.FAILED, tr("Failed")),
            *((each.id, each.name) for each in self._categories),
        ]

    def _show_progress(self, event: JobProgressed) -> None:
        video = self.model.get(event.video_id)
        if video is not None and video.status is VideoStatus.PROCESSING:
            self.model.update(msgspec.structs.replace(video, progress=event.progress))
