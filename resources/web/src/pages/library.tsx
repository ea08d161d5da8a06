/** The library in its forms: everything, one category, one member's, the results of a search. */
import { useEffect, useState } from "preact/hooks";
import { ApiError, api, type Profile } from "../api/index.ts";
import { me, server } from "../app/session.ts";
import { ButtonLink } from "../components/button.tsx";
import { Chips } from "../components/chips.tsx";
import { ContinueWatching } from "../components/continue-watching.tsx";
import { PageState } from "../components/page-state.tsx";
import { SearchField } from "../components/search-field.tsx";
import { useTitle } from "../components/use-title.ts";
import { GridSkeleton } from "../components/video-grid.tsx";
import { SortChoice, VideoList } from "../components/video-list.tsx";
import { formatDate } from "../format.ts";
import { t } from "../i18n/index.ts";
import { type Filters, readFilters, toVideoQuery } from "../videos/filters.ts";
import { categories, changes, listFor, loadCategories } from "../videos/lists.ts";
import { started } from "../videos/started.ts";
import { NotFoundPage } from "./states.tsx";

/**
 * What the router hands to a page. While the next page's code is loading this one stays on screen with what it was
 * given; `useLocation` would already tell the next page's address.
 */
interface PageProps {
  path?: string;
  query?: Record<string, string>;
  slug?: string;
  id?: string;
}

/** Whether there is nothing to sort or to choose from. */
function isEmptyList(filters: Filters): boolean {
  const list = listFor(toVideoQuery(filters)).value;
  return list.state === "ready" && list.total === 0;
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
  const isPlain = filters.sort === "newest";
  // What one has begun stands above the rest, which must not jump down when that comes.
  const waits = isPlain && started.value === null;
  return (
    <>
      <h1 class="visually-hidden">{t("library.title")}</h1>
      {isPlain && <ContinueWatching />}
      {!isNew && !waits && (
        <div class="list-bar">
          <Chips current={null} sort={filters.sort} />
          <SortChoice filters={filters} path={path} />
        </div>
      )}
      <VideoList
        filters={filters}
        waits={waits}
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
          within={{ category_id: category.id }}
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

export function MemberPage({ path = "/", query = {}, id = "" }: PageProps) {
  const filters: Filters = { ...readFilters(query), q: "" };
  const [profile, setProfile] = useState<Profile | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  useTitle(profile?.username ?? "");
  useEffect(() => {
    setProfile(null);
    setProblem(null);
    api.profile(id).then(setProfile, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    });
  }, [id]);
  if (problem) {
    return problem.status === 404 || problem.status === 422 ? (
      <NotFoundPage />
    ) : (
      <PageState icon="warning" title={problem.message} />
    );
  }
  return (
    <>
      <div class="member-head">
        <span class="avatar avatar-large" aria-hidden="true">
          {[...(profile?.username ?? "")][0]?.toUpperCase()}
        </span>
        <div>
          <h1 dir="auto">{profile?.username ?? "\u00a0"}</h1>
          <p class="quiet">
            {profile
              ? `${t("account.member", { date: formatDate(profile.created_at) })} · ${t("account.videos", { count: profile.video_count })}`
              : "\u00a0"}
          </p>
        </div>
        <SortChoice filters={filters} path={path} />
      </div>
      {profile ? (
        <VideoList
          filters={filters}
          within={{ uploaded_by: profile.id }}
          empty={
            <PageState icon="video" level={2} title={t("member.empty.title", { name: profile.username })}>
              {profile.id === me.value?.id && <UploadButton />}
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
  // Own videos that failed are in the answer and not in the list.
  const total = (found?.total ?? 0) - (found?.items.filter((video) => video.status === "failed").length ?? 0);
  return (
    <>
      <div class="search-in-page">
        <SearchField autofocus={!filters.q} />
      </div>
      {filters.q ? (
        <>
          <div class="list-bar">
            <h1 class={found?.total === 0 ? "visually-hidden" : "list-title"} aria-live="polite">
              {found?.state === "ready" && total > 0
                ? t("search.results", { count: total, q: filters.q })
                : t("search.title")}
            </h1>
            {total > 0 && <SortChoice filters={filters} path={path} />}
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
