/** The library in its three forms: everything, one category, the results of a search. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { server } from "../app/session.ts";
import { Button, ButtonLink } from "../components/button.tsx";
import { Chips } from "../components/chips.tsx";
import { Select } from "../components/field.tsx";
import { PageState } from "../components/page-state.tsx";
import { SearchField } from "../components/search-field.tsx";
import { useTitle } from "../components/use-title.ts";
import { GridSkeleton, VideoGrid } from "../components/video-grid.tsx";
import { t } from "../i18n/index.ts";
import { type Filters, listAddress, readFilters, SORTS, type Sort, toVideoQuery } from "../videos/filters.ts";
import { categories, changes, listFor, loadCategories, loadMore, refreshList } from "../videos/lists.ts";
import { NotFoundPage } from "./states.tsx";

/** How often a list with own unfinished videos in it is asked for again. */
const UNFINISHED_MS = 5000;

/**
 * What the router hands to a page. While the next page's code is loading this one stays on screen with what it was
 * given; `useLocation` would already tell the next page's address.
 */
interface PageProps {
  path?: string;
  query?: Record<string, string>;
  slug?: string;
}

function SortChoice({ filters, path }: { filters: Filters; path: string }) {
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
function More({ onMore, busy }: { onMore(): void; busy: boolean }) {
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
      <Button onClick={onMore} disabled={busy}>
        {t("library.more")}
      </Button>
    </div>
  );
}

/** Whether there is nothing to sort or to choose from. */
function isEmptyList(filters: Filters, categoryId?: string): boolean {
  const list = listFor(toVideoQuery(filters, categoryId)).value;
  return list.state === "ready" && list.total === 0;
}

interface ListProps {
  filters: Filters;
  categoryId?: string | undefined;
  empty: ComponentChildren;
}

function VideoList({ filters, categoryId, empty }: ListProps) {
  const query = toVideoQuery(filters, categoryId);
  const list = listFor(query).value;
  const changed = changes.value;
  useEffect(() => void refreshList(query), [JSON.stringify(query), changed]);
  // Why one failed is said to its owner under "my videos"; here it would only stand in the way.
  const shown = list.items.filter((video) => video.status !== "failed");
  const someUnfinished = shown.some((video) => video.status !== "completed");
  useEffect(() => {
    if (!someUnfinished) return;
    const timer = setInterval(() => {
      if (!document.hidden) void refreshList(query);
    }, UNFINISHED_MS);
    return () => clearInterval(timer);
  }, [JSON.stringify(query), someUnfinished]);

  if (list.state === "loading") return <GridSkeleton />;
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
      <VideoGrid videos={shown} />
      {list.pagesLoaded < list.pages && (
        <More busy={list.state === "loadingMore"} onMore={() => void loadMore(query)} />
      )}
    </>
  );
}

function useCategories() {
  const changed = changes.value;
  useEffect(() => {
    void loadCategories();
  }, [changed]);
  return categories.value;
}

function UploadButton() {
  return (
    <ButtonLink tone="main" icon="upload" href="/upload">
      {t("action.upload")}
    </ButtonLink>
  );
}

export function HomePage({ path = "/", query = {} }: PageProps) {
  const filters: Filters = { ...readFilters(query), q: "" };
  useTitle(server.value?.name ?? "Clipset");
  const known = useCategories();
  const isNew = isEmptyList(filters) && known?.length === 0;
  return (
    <>
      <h1 class="visually-hidden">{t("library.title")}</h1>
      {!isNew && (
        <div class="list-bar">
          <Chips current={null} sort={filters.sort} />
          <SortChoice filters={filters} path={path} />
        </div>
      )}
      <VideoList
        filters={filters}
        empty={
          <PageState icon="video" level={2} title={t("library.empty.title")} text={t("library.empty.text")}>
            <UploadButton />
          </PageState>
        }
      />
    </>
  );
}

export function CategoryPage({ path = "/", query = {}, slug }: PageProps) {
  const filters: Filters = { ...readFilters(query), q: "" };
  const category = useCategories()?.find((one) => one.slug === slug);
  useTitle(category?.name ?? t("library.title"));
  if (categories.value && !category) return <NotFoundPage />;
  return (
    <>
      <h1 class="visually-hidden">{category?.name ?? t("library.title")}</h1>
      <div class="list-bar">
        <Chips current={slug ?? null} sort={filters.sort} />
        <SortChoice filters={filters} path={path} />
      </div>
      {category?.description && <p class="list-note">{category.description}</p>}
      {category ? (
        <VideoList
          filters={filters}
          categoryId={category.id}
          empty={
            <PageState
              icon="folder"
              level={2}
              title={t("library.emptyCategory.title")}
              text={t("library.emptyCategory.text")}
            >
              <UploadButton />
            </PageState>
          }
        />
      ) : (
        <GridSkeleton />
      )}
    </>
  );
}

export function SearchPage({ path = "/search", query = {} }: PageProps) {
  const filters = readFilters(query);
  useTitle(filters.q || t("search.title"));
  const found = filters.q ? listFor(toVideoQuery(filters)).value : null;
  return (
    <>
      <div class="search-in-page">
        <SearchField autofocus={!filters.q} />
      </div>
      {filters.q ? (
        <>
          <div class="list-bar">
            <h1 class="list-title" aria-live="polite">
              {found?.state === "ready" && found.total > 0
                ? t("search.results", { count: found.total, q: filters.q })
                : t("search.title")}
            </h1>
            {found?.total !== 0 && <SortChoice filters={filters} path={path} />}
          </div>
          <VideoList
            filters={filters}
            empty={
              <PageState
                icon="search"
                level={2}
                title={t("search.none.title", { q: filters.q })}
                text={t("search.none.text")}
              />
            }
          />
        </>
      ) : (
        <PageState icon="search" title={t("search.start.title")} text={t("search.start.text")} />
      )}
    </>
  );
}
