/** Tells the device what plays, so that its lock screen and its keys show and steer it. */
import { useEffect } from "preact/hooks";
import type { Video } from "../api/index.ts";

export function useMediaSession(
  video: Pick<Video, "title" | "uploader_name" | "has_thumbnail">,
  picture: string,
  onNext: (() => void) | null,
): void {
  useEffect(() => {
    const session = navigator.mediaSession;
    if (!session) return;
    session.metadata = new MediaMetadata({
      title: video.title,
      artist: video.uploader_name ?? "",
      artwork: video.has_thumbnail ? [{ src: picture }] : [],
    });
    session.setActionHandler("nexttrack", onNext);
    return () => {
      session.metadata = null;
      session.setActionHandler("nexttrack", null);
    };
  }, [video.title, video.has_thumbnail, picture, onNext === null]);
}
