/** Which captions are shown. The browser draws them; this says which of the tracks. */
import type { Subtitles } from "../api/index.ts";
import { languageName } from "../format.ts";
import { captionWish } from "./preferences.ts";

/** What stands for a track in the wish: its language, and its name for where there are several of one. */
export const wishOf = ({ language, label, n }: Subtitles): string => `${language ?? ""}/${label || n}`;

/** What people read: the track's own label where it says more than the code of its language. */
export function sayTrack({ language, label, n }: Subtitles): string {
  if (label && label !== language) return label;
  return language ? languageName(language) : String(n);
}

/** The track that fits the wish: the same, or the first of its language whatever the region. */
export function chooseTrack(tracks: readonly Subtitles[], wish: string): Subtitles | undefined {
  if (!wish) return undefined;
  const base = (language: string | null) => language?.toLowerCase().split(/[-/]/)[0];
  return (
    tracks.find((track) => wishOf(track) === wish) ??
    tracks.find((track) => Boolean(track.language) && base(track.language) === base(wish))
  );
}

/** The track to switch on when none is: the reader's language where there is one, else the first. */
export function firstTrack(tracks: readonly Subtitles[], language: string): Subtitles | undefined {
  return chooseTrack(tracks, language) ?? tracks[0];
}

const CONTROLS_PX = 66;
/** What browsers make of captions without a size: 5 % of the height, and the room between lines. */
const LINE_SHARE = 0.05 * 1.25;

/** The cues whose place is the browser's to choose. One that the file places stays where it is. */
const ours = new WeakSet<VTTCue>();

/** Lifts the captions above the controls, or lets them down to a line above the lower edge. */
export function liftCaptions(video: HTMLVideoElement, lifted: boolean): void {
  const below = lifted ? Math.ceil(CONTROLS_PX / Math.max(1, video.clientHeight * LINE_SHARE)) : 1;
  for (const track of video.textTracks) {
    if (track.kind !== "subtitles" || track.mode !== "showing") continue;
    let moved = false;
    for (const cue of (track.cues ?? []) as Iterable<VTTCue>) {
      if (cue.line === "auto") ours.add(cue);
      const line = -(below + cue.text.split("\n").length);
      if (!ours.has(cue) || cue.line === line) continue;
      cue.line = line;
      moved = true;
    }
    // Chromium gives a cue that is on the screen its new place only when it is shown anew.
    if (moved && track.activeCues?.length) {
      track.mode = "hidden";
      track.mode = "showing";
    }
  }
}

/** Shows one track of the element and hides the others. Their order is that of `tracks`. */
export function showTrack(video: HTMLVideoElement, tracks: readonly Subtitles[]): void {
  const shown = chooseTrack(tracks, captionWish.value);
  const own = [...video.textTracks].filter((track) => track.kind === "subtitles");
  own.forEach((track, index) => {
    track.mode = shown && tracks[index] === shown ? "showing" : "disabled";
  });
}
