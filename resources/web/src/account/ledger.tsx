/** What used the week's quota: each upload's bytes as they were promised, counted and given back. */
import { useEffect, useState } from "preact/hooks";
import { ApiError, api, type LedgerEntry } from "../api/index.ts";
import { Button } from "../components/button.tsx";
import { formatBytes, formatMoment } from "../format.ts";
import { t } from "../i18n/index.ts";

interface Book {
  entries: LedgerEntry[];
  page: number;
  pages: number;
}

function Row({ entry }: { entry: LedgerEntry }) {
  const title = entry.title ?? t("ledger.untitled");
  return (
    <li class="ledger-row">
      <span class="ledger-what">
        <span>{t(`ledger.${entry.kind}`)}</span>
        {entry.kind !== "reset" && (
          <span class="quiet" dir="auto">
            {entry.video_id ? <a href={`/watch/${entry.video_id}`}>{title}</a> : title}
          </span>
        )}
      </span>
      <span class="ledger-when quiet">{formatMoment(entry.at)}</span>
      <span class={entry.bytes < 0 ? "ledger-bytes ledger-back" : "ledger-bytes"}>
        {entry.bytes < 0 ? "−" : "+"}
        {formatBytes(Math.abs(entry.bytes))}
      </span>
    </li>
  );
}

/** Shows nothing until it is there: a server of an earlier version keeps no such book. */
export function Ledger() {
  const [book, setBook] = useState<Book>({ entries: [], page: 0, pages: 1 });
  const load = async () => {
    try {
      const page = await api.ledger(book.page + 1);
      setBook({ entries: [...book.entries, ...page.items], page: page.page, pages: page.total_pages });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The numbers above it say what matters.
      setBook({ ...book, pages: book.page });
    }
  };
  useEffect(() => void load(), []);
  if (book.entries.length === 0) return null;
  return (
    <details class="ledger">
      <summary>{t("ledger.title")}</summary>
      <ul>
        {book.entries.map((entry) => (
          <Row key={entry.id} entry={entry} />
        ))}
      </ul>
      {book.page < book.pages && <Button onClick={() => void load()}>{t("library.more")}</Button>}
    </details>
  );
}
