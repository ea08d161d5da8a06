/** The 16:9 picture of a video with its length. A portrait one sits on a blurred copy of itself. */
import { address, type Video } from "../api/index.ts";
import { formatDuration, isoDuration } from "../format.ts";
import { t } from "../i18n/index.ts";
import { isPortrait, stateOf } from "../videos/words.ts";
import { Icon } from "./icon.tsx";

export function Thumbnail({ video, eager = false }: { video: Video; eager?: boolean }) {
  const source = address.thumbnail(video.id);
  const state = stateOf(video);
  const loading = eager ? "eager" : "lazy";
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
            decoding="async"
          />
        </>
      ) : (
        <Icon name={video.status === "failed" ? "warning" : "video"} size={40} />
      )}
      {state && <span class="thumb-state">{state}</span>}
      {video.duration !== null && (
        <time class="thumb-duration" dateTime={isoDuration(video.duration)}>
          <span class="visually-hidden">{t("video.duration", { time: formatDuration(video.duration) })}</span>
          <span aria-hidden="true">{formatDuration(video.duration)}</span>
        </time>
      )}
    </span>
  );
}
