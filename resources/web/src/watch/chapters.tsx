/** The chapters of a video as a list one can jump in; read from the track that the player has loaded. */
import { useEffect, useState } from "preact/hooks";
import { formatDuration } from "../format.ts";
import { t } from "../i18n/index.ts";

interface Chapter {
  startS: number;
  title: string;
}

function readChapters(track: TextTrack | undefined): Chapter[] {
  return [...(track?.cues ?? [])].map((cue) => ({
    startS: cue.startTime,
    // As HTML, because what stands in the file is written with its escapes.
    title: (cue as VTTCue).getCueAsHTML().textContent ?? "",
  }));
}

export function Chapters({ video }: { video: HTMLVideoElement | null }) {
  const [chapters, setChapters] = useState<Chapter[]>([]);
  const [current, setCurrent] = useState(-1);
  useEffect(() => {
    const element = video?.querySelector<HTMLTrackElement>('track[kind="chapters"]');
    if (!video || !element) return;
    const read = () => setChapters(readChapters(element.track));
    const follow = () => {
      setCurrent(readChapters(element.track).findLastIndex((chapter) => chapter.startS <= video.currentTime));
    };
    read();
    element.addEventListener("load", read);
    video.addEventListener("timeupdate", follow);
    return () => {
      element.removeEventListener("load", read);
      video.removeEventListener("timeupdate", follow);
    };
  }, [video]);
  if (!video || chapters.length === 0) return null;
  return (
    <section class="chapters" aria-label={t("watch.chapters")}>
      <h2>{t("watch.chapters")}</h2>
      <ol>
        {chapters.map((chapter, index) => (
          <li key={chapter.startS}>
            <button
              type="button"
              aria-current={index === current ? "true" : undefined}
              onClick={() => {
                video.currentTime = chapter.startS;
              }}
            >
              <span class="tabular">{formatDuration(chapter.startS)}</span>
              <span dir="auto">{chapter.title}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
