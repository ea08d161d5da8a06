/** The categories as a row of links that scrolls sideways; the current one is marked and brought into view. */
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { listAddress, type Sort } from "../videos/filters.ts";
import { categories } from "../videos/lists.ts";

/** Room for the fading edge and a piece of the neighbour. */
const MARGIN_PX = 48;

/** Scrolls the row alone: `scrollIntoView` would take the page along and spoil the place that "back" returns to. */
function showCurrent(row: HTMLElement): void {
  const chip = row.querySelector("[aria-current]")?.getBoundingClientRect();
  const box = row.getBoundingClientRect();
  if (!chip || (chip.left >= box.left && chip.right <= box.right - MARGIN_PX)) return;
  row.scrollLeft += chip.left - box.left - MARGIN_PX;
}

/** For a row of chips: keeps the current one in view whenever `changed` does. */
export function useCurrentInView(changed: unknown) {
  const row = useRef<HTMLElement>(null);
  useEffect(() => {
    if (row.current) showCurrent(row.current);
  }, [changed]);
  return row;
}

export function Chips({ current, sort }: { current: string | null; sort: Sort }) {
  const known = categories.value;
  const row = useCurrentInView(`${current} ${known?.length}`);
  return (
    <nav class="chips" aria-label={t("library.categories")} ref={row}>
      <a class="chip" href={listAddress("/", { sort })} aria-current={current === null ? "page" : undefined}>
        {t("library.allCategories")}
      </a>
      {known?.map((category) => (
        <a
          key={category.id}
          class="chip"
          href={listAddress(`/category/${encodeURIComponent(category.slug)}`, { sort })}
          aria-current={current === category.slug ? "page" : undefined}
        >
          {category.name}
        </a>
      ))}
    </nav>
  );
}
