/** Cards of videos in a grid that fills the width, and their grey shapes while they load. */
import type { Video } from "../api/index.ts";
import { t } from "../i18n/index.ts";
import { markMatches, snippet } from "../videos/matches.ts";
import { isNew } from "../videos/visits.ts";
import { factsOf } from "../videos/words.ts";
import { usePreview } from "./preview.tsx";
import { Thumbnail } from "./thumbnail.tsx";

/** The first row loads its pictures at once; the rest when it comes near the screen. */
const EAGER = 4;

/** A text with the words of a search marked. */
function Marked({ text, q }: { text: string; q: string }) {
  if (!q) return <>{text}</>;
  return (
    <>
      {markMatches(text, q).map((piece, index) =>
        piece.matches ? <mark key={index}>{piece.text}</mark> : piece.text,
      )}
    </>
  );
}

export function VideoCard({ video, eager, q = "" }: { video: Video; eager: boolean; q?: string }) {
  const { active, handlers } = usePreview(video);
  const found = q ? snippet(video.description, q) : null;
  return (
    <li>
      <a class="card" href={`/watch/${video.id}`} {...handlers}>
        <Thumbnail video={video} eager={eager} previewing={active} />
        <span class="card-title" dir="auto">
          <Marked text={video.title} q={q} />
        </span>
        <span class="card-facts">
          {isNew(video) && <span class="badge">{t("video.new")}</span>}
          <Marked text={factsOf(video)} q={q} />
        </span>
        {found && (
          <span class="card-found" dir="auto">
            <Marked text={found} q={q} />
          </span>
        )}
      </a>
    </li>
  );
}

export function VideoGrid({ videos, q = "" }: { videos: readonly Video[]; q?: string }) {
  return (
    <ul class="grid">
      {videos.map((video, index) => (
        <VideoCard key={video.id} video={video} eager={index < EAGER} q={q} />
      ))}
    </ul>
  );
}

const SHAPES = Array.from({ length: 12 }, (_, index) => index);

export function GridSkeleton() {
  return (
    <div class="grid" aria-hidden="true">
      {SHAPES.map((index) => (
        <div key={index} class="card skeleton">
          <span class="thumb" />
          <span class="skeleton-line" />
          <span class="skeleton-line skeleton-short" />
        </div>
      ))}
    </div>
  );
}
