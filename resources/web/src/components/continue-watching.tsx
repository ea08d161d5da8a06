/** The videos one has begun, in a row that scrolls sideways, with how far one is. */
import { t } from "../i18n/index.ts";
import { started } from "../videos/started.ts";
import { VideoCard } from "./video-grid.tsx";

export function ContinueWatching() {
  const begun = started.value ?? [];
  if (begun.length === 0) return null;
  return (
    <section class="continue" aria-labelledby="continue-title">
      <h2 id="continue-title">{t("library.continue")}</h2>
      <ul>
        {begun.map(({ video }) => (
          <VideoCard key={video.id} video={video} eager />
        ))}
      </ul>
    </section>
  );
}
