/** The 16:9 picture of a video with its length. A portrait one sits on a blurred copy of itself. */
import { mediaOf, type Video } from "../api/index.ts";
import { formatDuration, isoDuration } from "../format.ts";
import { t } from "../i18n/index.ts";
import { watchedShares } from "../videos/started.ts";
import { isPortrait, stateOf } from "../videos/words.ts";
import { Icon } from "./icon.tsx";
import { Preview } from "./preview.tsx";

interface ThumbnailProps {
  video: Video;
  /** Loads at once instead of when it comes near the screen. */
  eager?: boolean;
  /** Runs through the storyboard. */
  previewing?: boolean;
}

export function Thumbnail({ video, eager = false, previewing = false }: ThumbnailProps) {
  const source = mediaOf(video.id).thumbnail;
  const state = stateOf(video);
  const loading = eager ? "eager" : "lazy";
  const watched = watchedShares.value.get(video.id) ?? 0;
  return (
    <span class="thumb">
      {video.has_thumbnail ? (
        <>
          {isPortrait(video) && (
            <img class="thumb-behind" src={source} alt="" loading={loading} decoding="async" />
          )}
          <img
            class={isPortrait(video) ? "thumb-whole" : "thumb-filled"}
            src={source}
            alt=""
            loading={loading}
            fetchpriority={eager ? "high" : "auto"}
            decoding="async"
          />
        </>
      ) : (
        <Icon name={video.status === "failed" ? "warning" : "video"} size={40} />
      )}
      {previewing && <Preview video={video} />}
      {state && <span class="thumb-state">{state}</span>}
      {video.duration !== null && (
        <time class="thumb-duration" dateTime={isoDuration(video.duration)}>
          <span class="visually-hidden">{t("video.duration", { time: formatDuration(video.duration) })}</span>
          <span aria-hidden="true">{formatDuration(video.duration)}</span>
        </time>
      )}
      {watched > 0 && (
        <span class="thumb-watched">
          <span style={{ transform: `scaleX(${watched})` }} />
        </span>
      )}
    </span>
  );
}
