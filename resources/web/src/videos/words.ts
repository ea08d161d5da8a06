/** Short phrases about a video that several pages share. */
import type { Video } from "../api/index.ts";
import { formatAgo, formatPercent } from "../format.ts";
import { t } from "../i18n/index.ts";

export function uploaderOf(video: Video): string {
  return video.uploader_name ?? t("video.formerMember");
}

/** "Kim · 3 days ago · 12 views". */
export function factsOf(video: Video, withUploader = true): string {
  const facts = [formatAgo(video.created_at), t("video.views", { count: video.view_count })];
  return (withUploader ? [uploaderOf(video), ...facts] : facts).join(" · ");
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

export function isPortrait({ width, height }: Video): boolean {
  return width !== null && height !== null && height > width;
}
