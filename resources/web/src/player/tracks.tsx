/** The text tracks of a video: captions, chapters, and the storyboard that media-chrome shows over the time bar. */
import type { MediaAddresses, Video } from "../api/index.ts";
import { sayTrack } from "./captions.ts";

interface TracksProps {
  video: Pick<Video, "subtitles" | "has_storyboard" | "has_chapters">;
  media: MediaAddresses;
}

export function Tracks({ video, media }: TracksProps) {
  return (
    <>
      {video.subtitles.map((track) => (
        <track
          key={track.n}
          kind="subtitles"
          src={media.subtitles(track.n)}
          srcLang={track.language ?? undefined}
          label={sayTrack(track)}
        />
      ))}
      {video.has_storyboard && <track kind="metadata" label="thumbnails" src={media.storyboard} default />}
      {video.has_chapters && <track kind="chapters" src={media.chapters} default />}
    </>
  );
}
