/** What to watch after this one: its own category first, then the newest. */
import { useEffect } from "preact/hooks";
import type { Video, VideoQuery } from "../api/index.ts";
import { Switch } from "../components/field.tsx";
import { Thumbnail } from "../components/thumbnail.tsx";
import { usePainted } from "../components/use-painted.ts";
import { t } from "../i18n/index.ts";
import { autoplay } from "../player/preferences.ts";
import { listFor, orderNext, refreshList } from "../videos/lists.ts";
import { factsOf, uploaderOf } from "../videos/words.ts";

const NEWEST: VideoQuery = { sort_by: "created_at", order: "desc", status: "completed", page_size: 48 };

/** What comes after `current`, read once and kept. */
export function useNext(current: Video | null): Video[] {
  const list = listFor(NEWEST).value;
  useEffect(() => void refreshList(NEWEST), []);
  return current ? orderNext(current, list.items) : [];
}

/** Drawn a moment after what is around it, so that the player, which comes in that moment, need not wait for it. */
function Rows({ videos }: { videos: readonly Video[] }) {
  const painted = usePainted();
  if (!painted) return null;
  return (
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
  );
}

export function UpNext({ videos }: { videos: readonly Video[] }) {
  const painted = usePainted();
  if (!painted || videos.length === 0) return null;
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
      <Rows videos={videos} />
    </aside>
  );
}
