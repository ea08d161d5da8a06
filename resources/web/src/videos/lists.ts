/** Lists of videos as they came from the server, kept so that going back shows them at once. */
import { effect, type Signal, signal } from "@preact/signals";
import { ApiError, api, type Category, reachable, type Video, type VideoQuery } from "../api/index.ts";
import { me } from "../app/session.ts";

export interface VideoList {
  state: "loading" | "ready" | "loadingMore" | "failed";
  items: Video[];
  total: number;
  pages: number;
  pagesLoaded: number;
  error: string;
}

const EMPTY: VideoList = { state: "loading", items: [], total: 0, pages: 0, pagesLoaded: 0, error: "" };
const MOST_KEPT = 30;

const lists = new Map<string, Signal<VideoList>>();

export const categories = signal<Category[] | null>(null);

/** Reads the categories again. Without an answer the old ones stay: they are never what a page is about. */
export async function loadCategories(): Promise<void> {
  try {
    categories.value = (await api.categories()).items;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** The list for a query. A new one is empty and `loading`; call `refreshList` to fill or renew it. */
export function listFor(query: VideoQuery): Signal<VideoList> {
  const key = JSON.stringify(query);
  const known = lists.get(key);
  if (known) return known;
  const oldest = lists.keys().next().value;
  if (lists.size >= MOST_KEPT && oldest !== undefined) lists.delete(oldest);
  const made = signal(EMPTY);
  lists.set(key, made);
  return made;
}

/** Joins pages; a video that slid onto the next page because of a new upload is not shown twice. */
export function joinPages(before: readonly Video[], next: readonly Video[]): Video[] {
  const seen = new Set(before.map((video) => video.id));
  return [...before, ...next.filter((video) => !seen.has(video.id))];
}

/** How many videos are offered after the current one. */
const NEXT_SHOWN = 12;

/** The other videos, those of the same category before the rest; each group keeps its order. */
export function orderNext(current: Video, videos: readonly Video[]): Video[] {
  const others = videos.filter((video) => video.id !== current.id);
  const near = (video: Video) => current.category_id !== null && video.category_id === current.category_id;
  return [...others.filter(near), ...others.filter((video) => !near(video))].slice(0, NEXT_SHOWN);
}

async function fetchPage(query: VideoQuery, page: number, list: Signal<VideoList>, before: readonly Video[]) {
  try {
    const answer = await api.videos({ ...query, page });
    list.value = {
      state: "ready",
      items: joinPages(before, answer.items),
      total: answer.total,
      pages: answer.total_pages,
      pagesLoaded: page,
      error: "",
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // What is shown already stays; the banner tells that the server is silent.
    if (list.value.items.length > 0) list.value = { ...list.value, state: "ready" };
    else list.value = { ...EMPTY, state: "failed", error: error.message };
  }
}

/** Asks for the first page. Where more pages are on screen they stay, so that the reader's place does. */
export async function refreshList(query: VideoQuery): Promise<void> {
  const list = listFor(query);
  if (list.value.pagesLoaded > 1) return;
  if (list.value.state === "failed") list.value = EMPTY;
  await fetchPage(query, 1, list, []);
}

export async function loadMore(query: VideoQuery): Promise<void> {
  const list = listFor(query);
  if (list.value.state !== "ready" || list.value.pagesLoaded >= list.value.pages) return;
  list.value = { ...list.value, state: "loadingMore" };
  await fetchPage(query, list.value.pagesLoaded + 1, list, list.value.items);
}

/** Puts an edited video in place of the old one in every list. */
export function replaceInLists(video: Video): void {
  for (const list of lists.values()) {
    if (!list.value.items.some((item) => item.id === video.id)) continue;
    list.value = {
      ...list.value,
      items: list.value.items.map((item) => (item.id === video.id ? video : item)),
    };
  }
}

/** Takes news of a video into every list that shows it; whether a list should be read anew because of it. */
export function patchInLists(news: Pick<Video, "id" | "status" | "progress" | "watchable_ms">): boolean {
  let settled = false;
  for (const list of lists.values()) {
    const known = list.value.items.find((item) => item.id === news.id);
    if (!known) continue;
    settled ||= known.status !== news.status;
    replaceInLists({ ...known, ...news });
  }
  return settled;
}

export function removeFromLists(id: string): void {
  for (const list of lists.values()) {
    const items = list.value.items.filter((item) => item.id !== id);
    if (items.length < list.value.items.length)
      list.value = { ...list.value, items, total: list.value.total - 1 };
  }
}

let owner: string | undefined;

/** What one member was shown is not the next one's. */
effect(() => {
  const member = me.value?.id;
  if (member === owner) return;
  owner = member;
  lists.clear();
  categories.value = null;
});

/** Grows whenever videos came or went; pages that list them renew themselves. */
export const changes = signal(0);

export function videosChanged(): void {
  changes.value += 1;
}

let wasReachable = true;

/** What could not be read while the server was silent is read when it is back. */
effect(() => {
  const isReachable = reachable.value;
  if (isReachable && !wasReachable) changes.value = changes.peek() + 1;
  wasReachable = isReachable;
});
