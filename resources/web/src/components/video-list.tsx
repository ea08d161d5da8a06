/** A list of videos that grows as one scrolls, renews itself, and keeps its place for those who come back. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { live } from "../app/live.ts";
import { t } from "../i18n/index.ts";
import { type Filters, listAddress, SORTS, type Sort, toVideoQuery, type Within } from "../videos/filters.ts";
import { changes, listFor, loadMore, refreshList } from "../videos/lists.ts";
import { refreshStarted } from "../videos/started.ts";
import { Button } from "./button.tsx";
import { Select } from "./field.tsx";
import { PageState } from "./page-state.tsx";
import { GridSkeleton, VideoGrid } from "./video-grid.tsx";

/** How often a list with own unfinished videos in it is asked for again where no news come by themselves. */
const UNFINISHED_MS = 5000;

export function SortChoice({ filters, path }: { filters: Filters; path: string }) {
  const { route } = useLocation();
  return (
    <Select
      label={t("library.sort")}
      value={filters.sort}
      onValue={(sort) => route(listAddress(path, { ...filters, sort: sort as Sort }), true)}
      options={SORTS.map((sort) => ({ value: sort, text: t(`sort.${sort}`) }))}
    />
  );
}

/** Loads the next page when its place comes near the screen; the button is for those who come by keyboard. */
export function More({ onMore, busy }: { onMore(): void; busy: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) latest.current();
      },
      { rootMargin: "600px" },
    );
    if (ref.current) observer.observe(ref.current);
    return () => observer.disconnect();
  }, [busy]);
  return (
    <div class="more" ref={ref}>
      <Button onClick={onMore} busy={busy}>
        {t("library.more")}
      </Button>
    </div>
  );
}

interface ListProps {
  filters: Filters;
  within?: Within;
  empty: ComponentChildren;
  /** Shows the grey shapes although the list is there, because something above it is not. */
  waits?: boolean;
}

export function VideoList({ filters, within, empty, waits = false }: ListProps) {
  const query = toVideoQuery(filters, within);
  const key = JSON.stringify(query);
  const list = listFor(query).value;
  const changed = changes.value;
  useEffect(() => void refreshList(query), [key, changed]);
  // How far one is with each stands on its picture, and a video that has become ready may be one of those begun.
  useEffect(() => void refreshStarted(), [changed]);
  // Why one failed is said to its owner under "my videos"; here it would only stand in the way.
  const shown = list.items.filter((video) => video.status !== "failed");
  const polls = !live.value && shown.some((video) => video.status !== "completed");
  useEffect(() => {
    if (!polls) return;
    const timer = setInterval(() => {
      if (!document.hidden) void refreshList(query);
    }, UNFINISHED_MS);
    return () => clearInterval(timer);
  }, [key, polls]);

  if (list.state === "loading" || waits) return <GridSkeleton />;
  if (list.state === "failed") {
    return (
      <PageState icon="warning" level={2} title={list.error}>
        <Button icon="retry" onClick={() => void refreshList(query)}>
          {t("action.retry")}
        </Button>
      </PageState>
    );
  }
  if (shown.length === 0) return <>{empty}</>;
  return (
    <>
      <VideoGrid videos={shown} q={filters.q} />
      {list.pagesLoaded < list.pages && (
        <More busy={list.state === "loadingMore"} onMore={() => void loadMore(query)} />
      )}
    </>
  );
}
