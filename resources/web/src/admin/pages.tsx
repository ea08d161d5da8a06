/** Lists of the admin API a page at a time: reading, renewing, and the button for more. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, type Page } from "../api/index.ts";
import { Button } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { t } from "../i18n/index.ts";

export interface Pages<T> {
  items: T[];
  total: number;
  hasMore: boolean;
  ready: boolean;
  problem: ApiError | null;
  more(): Promise<void>;
  /** Reads from the first page again. */
  renew(): Promise<void>;
  /** Puts a changed item in the place of the old one. */
  replace(item: T): void;
}

const NONE = { page: 0, pages: 1, total: 0, ready: false };

export function usePages<T extends { id: string }>(read: (page: number) => Promise<Page<T>>): Pages<T> {
  const [items, setItems] = useState<T[]>([]);
  const [at, setAt] = useState(NONE);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const load = async (page: number, before: readonly T[]) => {
    try {
      const answer = await read(page);
      const seen = new Set(before.map((item) => item.id));
      setItems([...before, ...answer.items.filter((item) => !seen.has(item.id))]);
      setAt({ page: answer.page, pages: answer.total_pages, total: answer.total, ready: true });
      setProblem(null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    }
  };
  const renew = () => load(1, []);
  useEffect(() => void renew(), []);
  return {
    items,
    total: at.total,
    hasMore: at.page < at.pages,
    ready: at.ready,
    problem,
    more: () => load(at.page + 1, items),
    renew,
    replace: (item) => setItems((before) => before.map((one) => (one.id === item.id ? item : one))),
  };
}

interface PagedProps<T> {
  pages: Pages<T>;
  empty: ComponentChildren;
  children: ComponentChildren;
}

/** The list, or why it is not there, or what to do when it is empty. */
export function Paged<T>({ pages, empty, children }: PagedProps<T>) {
  if (pages.problem && pages.items.length === 0) {
    return (
      <PageState icon="warning" level={2} title={pages.problem.message}>
        <Button icon="retry" onClick={() => void pages.renew()}>
          {t("action.retry")}
        </Button>
      </PageState>
    );
  }
  if (!pages.ready) return null;
  if (pages.items.length === 0) return <>{empty}</>;
  return (
    <>
      {children}
      {pages.hasMore && (
        <div class="more">
          <Button onClick={() => void pages.more()}>{t("library.more")}</Button>
        </div>
      )}
    </>
  );
}
