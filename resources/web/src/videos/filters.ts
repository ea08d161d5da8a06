/** What the library shows, as it stands in the address: so it can be bookmarked and the back button keeps it. */
import type { SortField, VideoQuery } from "../api/index.ts";

export const SORTS = ["newest", "oldest", "title", "views", "longest", "shortest"] as const;
export type Sort = (typeof SORTS)[number];

const ORDERS: Record<Sort, { sort_by: SortField; order: "asc" | "desc" }> = {
  newest: { sort_by: "created_at", order: "desc" },
  oldest: { sort_by: "created_at", order: "asc" },
  title: { sort_by: "title", order: "asc" },
  views: { sort_by: "view_count", order: "desc" },
  longest: { sort_by: "duration", order: "desc" },
  shortest: { sort_by: "duration", order: "asc" },
};

export interface Filters {
  q: string;
  sort: Sort;
}

/** Reads `?q=` and `?sort=`; what is unknown counts as not given. */
export function readFilters(query: Record<string, string>): Filters {
  const sort = SORTS.find((known) => known === query.sort) ?? "newest";
  return { q: (query.q ?? "").trim(), sort };
}

/** The address of a list: the default order is left out of it. */
export function listAddress(path: string, { q, sort }: Partial<Filters>): string {
  const search = new URLSearchParams();
  if (q) search.set("q", q);
  if (sort && sort !== "newest") search.set("sort", sort);
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** Whose or which videos a list is about, where it is not about all. */
export type Within = Pick<VideoQuery, "category_id" | "uploaded_by">;

/** The question to the server. `page_size` fills rows of 2, 3, 4 and 6 cards. */
export function toVideoQuery({ q, sort }: Filters, within: Within = {}): VideoQuery {
  return { ...ORDERS[sort], page_size: 24, ...(q ? { q } : {}), ...within };
}
