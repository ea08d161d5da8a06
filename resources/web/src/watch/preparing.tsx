/** What stands in the player's place while a video is got ready: how far it is and how long it takes. */
import type { PlayableVideo, VideoProgress } from "../api/index.ts";
import { ProgressBar } from "../components/progress-bar.tsx";
import { t } from "../i18n/index.ts";
import { sayProgress } from "../videos/words.ts";

interface PreparingProps {
  video: PlayableVideo;
  progress: VideoProgress | null;
  poster: string | null;
}

export function Preparing({ video, progress, poster }: PreparingProps) {
  const words = sayProgress(video, progress);
  return (
    <div class="preparing">
      {poster && <img class="preparing-picture" src={poster} alt="" />}
      <div class="preparing-words">
        <p class="preparing-title" aria-live="polite">
          {words}
        </p>
        <ProgressBar
          percent={progress?.percent ?? video.progress ?? 0}
          label={t("upload.progress", { title: video.title })}
          text={words}
        />
        <p>{t("watch.preparing.text")}</p>
      </div>
    </div>
  );
}
