/** What stands in the player's place while a video is got ready: how far it is and how long it takes. */
import type { Video, VideoProgress } from "../api/index.ts";
import { formatPercent, formatTimeLeft } from "../format.ts";
import { t } from "../i18n/index.ts";
import { ProgressBar } from "./progress-bar.tsx";

function sentence(video: Video, progress: VideoProgress | null): string {
  if (progress?.state === "queued" || (!progress && video.status === "pending")) {
    const place = progress?.place;
    return place ? t("watch.waiting", { place }) : t("watch.waitingPlain");
  }
  const percent = formatPercent(progress?.percent ?? video.progress);
  const etaMs = progress?.eta_ms;
  return typeof etaMs === "number"
    ? t("watch.preparingEta", { percent, time: formatTimeLeft(etaMs / 1000) })
    : t("watch.preparing", { percent });
}

interface PreparingProps {
  video: Video;
  progress: VideoProgress | null;
  poster: string | null;
}

export function Preparing({ video, progress, poster }: PreparingProps) {
  const words = sentence(video, progress);
  return (
    <div class="preparing">
      {poster && <img class="preparing-picture" src={poster} alt="" />}
      <div class="preparing-words">
        <p class="preparing-title" aria-live="polite">
          {words}
        </p>
        <ProgressBar
          percent={progress?.percent ?? video.progress}
          label={t("upload.progress", { title: video.title })}
          text={words}
        />
        <p>{t("watch.preparing.text")}</p>
      </div>
    </div>
  );
}
