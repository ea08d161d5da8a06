/** Which captions are shown. The browser draws them; this says which of the tracks. */
import type { Subtitles } from "../api/index.ts";
import { languageName } from "../format.ts";
import { captionWish } from "./preferences.ts";

/** What stands for a track in the wish: its language, or where it has none its label. */
export const wishOf = ({ language, label, n }: Subtitles): string => language || label || String(n);

/** What people read: the track's own label, else the name of its language. */
export function sayTrack({ language, label, n }: Subtitles): string {
  return label || (language && languageName(language)) || String(n + 1);
}

/** The track that fits the wish: the same, or one of the same language whatever its region. */
export function chooseTrack(tracks: readonly Subtitles[], wish: string): Subtitles | undefined {
  if (!wish) return undefined;
  const base = (language: string | null) => language?.toLowerCase().split("-")[0];
  return (
    tracks.find((track) => wishOf(track) === wish) ??
    tracks.find((track) => track.language !== null && base(track.language) === base(wish))
  );
}

/** The track to switch on when none is: the reader's language where there is one, else the first. */
export function firstTrack(tracks: readonly Subtitles[], language: string): Subtitles | undefined {
  return chooseTrack(tracks, language) ?? tracks[0];
}

/** Shows one track of the element and hides the others. Their order is that of `tracks`. */
export function showTrack(video: HTMLVideoElement, tracks: readonly Subtitles[]): void {
  const shown = chooseTrack(tracks, captionWish.value);
  const own = [...video.textTracks].filter((track) => track.kind === "subtitles");
  own.forEach((track, index) => {
    track.mode = shown && tracks[index] === shown ? "showing" : "disabled";
  });
}
