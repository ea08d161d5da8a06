/** Cards of videos in a grid that fills the width, and their grey shapes while they load. */
import type { Video } from "../api/index.ts";
import { factsOf } from "../videos/words.ts";
import { Thumbnail } from "./thumbnail.tsx";

/** The first row loads its pictures at once; the rest when it comes near the screen. */
const EAGER = 4;

function VideoCard({ video, eager }: { video: Video; eager: boolean }) {
  return (
    <li>
      <a class="card" href={`/watch/${video.id}`}>
        <Thumbnail video={video} eager={eager} />
        <span class="card-title" dir="auto">
          {video.title}
        </span>
        <span class="card-facts">{factsOf(video)}</span>
      </a>
    </li>
  );
}

export function VideoGrid({ videos }: { videos: readonly Video[] }) {
  return (
    <ul class="grid">
      {videos.map((video, index) => (
        <VideoCard key={video.id} video={video} eager={index < EAGER} />
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
