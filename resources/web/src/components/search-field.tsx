/** Searches as one types: the words stand in the address, so that back, forward and bookmarks keep them. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { t } from "../i18n/index.ts";
import { listAddress, readFilters } from "../videos/filters.ts";
import { Icon } from "./icon.tsx";

const TYPING_MS = 250;
const LONGEST_QUERY = 200;

export function SearchField({ autofocus = false }: { autofocus?: boolean }) {
  const { path, query, route } = useLocation();
  const inAddress = path === "/search" ? readFilters(query) : { q: "", sort: "newest" as const };
  const [text, setText] = useState(inAddress.q);
  const timer = useRef(0);
  const input = useRef<HTMLInputElement>(null);

  // The address changed by other means than this field: a link, or back.
  useEffect(() => {
    if (document.activeElement !== input.current || path !== "/search") setText(inAddress.q);
  }, [path, inAddress.q]);
  useEffect(() => {
    if (autofocus) input.current?.focus();
    return () => clearTimeout(timer.current);
  }, []);

  const search = (q: string) => {
    clearTimeout(timer.current);
    // The first letter makes a new entry in the history; the following ones change it.
    route(listAddress("/search", { q: q.trim(), sort: inAddress.sort }), path === "/search");
  };

  return (
    <search class="search-field">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search(text);
          input.current?.blur();
        }}
      >
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          enterkeyhint="search"
          value={text}
          maxlength={LONGEST_QUERY}
          aria-label={t("search.placeholder")}
          placeholder={t("search.placeholder")}
          onInput={(event) => {
            const typed = event.currentTarget.value;
            setText(typed);
            clearTimeout(timer.current);
            if (typed.trim() || path === "/search")
              timer.current = window.setTimeout(search, TYPING_MS, typed);
          }}
        />
        {text && (
          <button
            type="button"
            class="icon-button"
            aria-label={t("search.clear")}
            title={t("search.clear")}
            onClick={() => {
              setText("");
              if (path === "/search") search("");
              input.current?.focus();
            }}
          >
            <Icon name="close" size={16} />
          </button>
        )}
      </form>
    </search>
  );
}
