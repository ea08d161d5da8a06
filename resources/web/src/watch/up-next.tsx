/** What to watch after this one: its own category first, then the newest. */
import { useEffect } from "preact/hooks";
import type { Video, VideoQuery } from "../api/index.ts";
import { Switch } from "../components/field.tsx";
import { Thumbnail } from "../components/thumbnail.tsx";
import { t } from "../i18n/index.ts";
import { autoplay } from "../player/preferences.ts";
import { listFor, refreshList } from "../videos/lists.ts";
import { factsOf, uploaderOf } from "../videos/words.ts";

const SHOWN = 12;
const NEWEST: VideoQuery = { sort_by: "created_at", order: "desc", status: "completed", page_size: 48 };

/** The other videos, those of the same category before the rest; each group keeps its order. */
export function orderNext(current: Video, videos: readonly Video[]): Video[] {
  const others = videos.filter((video) => video.id !== current.id);
  const near = (video: Video) => current.category_id !== null && video.category_id === current.category_id;
  return [...others.filter(near), ...others.filter((video) => !near(video))].slice(0, SHOWN);
}

/** What comes after `current`, read once and kept. */
export function useNext(current: Video | null): Video[] {
  const list = listFor(NEWEST).value;
  useEffect(() => void refreshList(NEWEST), []);
  return current ? orderNext(current, list.items) : [];
}

export function UpNext({ videos }: { videos: readonly Video[] }) {
  if (videos.length === 0) return null;
  return (
    <aside class="up-next" aria-label={t("watch.upNext")}>
      <div class="up-next-head">
        <h2>{t("watch.upNext")}</h2>
        <Switch
          checked={autoplay.value === "on"}
          onChecked={(on) => {
            autoplay.value = on ? "on" : "off";
          }}
        >
          {t("watch.autoplay")}
        </Switch>
      </div>
      <ul>
        {videos.map((video) => (
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
