/** Short phrases about a video that several pages share. */
import type { PlayableVideo, Video, VideoProgress } from "../api/index.ts";
import { formatAgo, formatDuration, formatPercent, formatTimeLeft } from "../format.ts";
import { saySentence, t } from "../i18n/index.ts";

/** Lines break after it, never before. */
const FACT_BREAK = "\u00a0· ";

export function uploaderOf(video: Pick<Video, "uploader_name">): string {
  return video.uploader_name ?? t("video.formerMember");
}

/** "Kim · 3 days ago · 12 views". */
export function factsOf(video: Video, withUploader = true): string {
  const facts = [formatAgo(video.created_at), t("video.views", { count: video.view_count })];
  const unbroken = (withUploader ? [uploaderOf(video), ...facts] : facts).map((fact) =>
    fact.replaceAll(" ", "\u00a0"),
  );
  return unbroken.join(FACT_BREAK);
}

/** What is between the upload and the picture; null once it can be watched. */
export function stateOf(video: Video): string | null {
  switch (video.status) {
    case "pending":
      return t("video.waiting");
    case "processing":
      return t("video.gettingReady", { percent: formatPercent(video.progress) });
    case "failed":
      return t("video.failed");
    case "completed":
      return null;
  }
}

/** How far a video is that is got ready: its place in the queue, or percent and time left. */
export function sayProgress(video: PlayableVideo, progress: VideoProgress | null): string {
  if (progress?.state === "paused" || progress?.state === "pausing") return t("watch.paused");
  if (progress?.state === "queued" || (!progress && video.status === "pending")) {
    const place = progress?.place;
    return place ? t("watch.waiting", { place }) : t("watch.waitingPlain");
  }
  const percent = formatPercent(progress?.percent ?? video.progress ?? 0);
  const etaMs = progress?.eta_ms;
  return typeof etaMs === "number"
    ? t("watch.preparingEta", { percent, time: formatTimeLeft(etaMs / 1000) })
    : t("watch.preparing", { percent });
}

/** The same for one that can already be watched in part, with how much of it. */
export function sayMade(video: PlayableVideo, progress: VideoProgress | null): string {
  const madeMs = progress?.watchable_ms ?? video.watchable_ms;
  const time = formatDuration(madeMs / 1000);
  return [sayProgress(video, progress), t("watch.made", { time })].join(FACT_BREAK);
}

/** Why a video could not be made playable, in the reader's language where it has the words. */
export function sayVideoError(video: PlayableVideo): string | undefined {
  return video.error ? saySentence(video.error) : undefined;
}

export function isPortrait({ width, height }: Video): boolean {
  return width !== null && height !== null && height > width;
}
