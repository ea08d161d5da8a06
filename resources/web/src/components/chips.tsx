/** The categories as a row of links that scrolls sideways; the current one is marked and brought into view. */
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { listAddress, type Sort } from "../videos/filters.ts";
import { categories } from "../videos/lists.ts";

export function Chips({ current, sort }: { current: string | null; sort: Sort }) {
  const row = useRef<HTMLElement>(null);
  const known = categories.value;
  useEffect(() => {
    row.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current, known]);
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
