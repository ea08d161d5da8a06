/** What to watch after this one: its own category first, then the newest. */
import { useEffect } from "preact/hooks";
import type { Video, VideoQuery } from "../api/index.ts";
import { t } from "../i18n/index.ts";
import { listFor, refreshList } from "../videos/lists.ts";
import { factsOf, uploaderOf } from "../videos/words.ts";
import { Thumbnail } from "./thumbnail.tsx";

const SHOWN = 12;
const NEWEST: VideoQuery = { sort_by: "created_at", order: "desc", status: "completed", page_size: 48 };

/** The other videos, those of the same category before the rest; each group keeps its order. */
export function orderNext(current: Video, videos: readonly Video[]): Video[] {
  const others = videos.filter((video) => video.id !== current.id);
  const near = (video: Video) => current.category_id !== null && video.category_id === current.category_id;
  return [...others.filter(near), ...others.filter((video) => !near(video))].slice(0, SHOWN);
}

export function UpNext({ current }: { current: Video }) {
  const list = listFor(NEWEST).value;
  useEffect(() => void refreshList(NEWEST), []);
  const next = orderNext(current, list.items);
  if (next.length === 0) return null;
  return (
    <aside class="up-next" aria-label={t("watch.upNext")}>
      <h2>{t("watch.upNext")}</h2>
      <ul>
        {next.map((video) => (
          <li key={video.id}>
            <a class="row-card" href={`/watch/${video.id}`}>
              <Thumbnail video={video} />
              <span class="row-card-words">
                <span class="card-title" dir="auto">
                  {video.title}
                </span>
                <span class="card-facts">{uploaderOf(video)}</span>
                <span class="card-facts">{factsOf(video, false)}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </aside>
  );
}
