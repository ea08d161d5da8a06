/** Carries out what a key asked for, on the media element, and says in a word what it did. */
import { formatPercent } from "../format.ts";
import { t } from "../i18n/index.ts";
import { type Command, speedAfter } from "./keys.ts";

function between(low: number, value: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Asks media-chrome, which knows each browser's way. */
function ask(controller: HTMLElement, request: string): void {
  controller.dispatchEvent(new CustomEvent(request, { bubbles: true, composed: true }));
}

/** What is the page's to do, or the player's own. Each gives the words to flash, or null. */
export interface Actions {
  captions(): string | null;
  theatre(): string | null;
  next(): string | null;
  help(): string | null;
}

/** Nobody knows the frame rate here; this is the most common one. */
const FRAME_S = 1 / 30;

/** The words to flash over the picture; null where the picture says it. */
export function carryOut(
  command: Command,
  video: HTMLVideoElement,
  controller: HTMLElement,
  actions: Actions,
): string | null {
  const length = Number.isFinite(video.duration) ? video.duration : 0;
  switch (command.do) {
    case "toggle":
      ask(controller, video.paused ? "mediaplayrequest" : "mediapauserequest");
      return t(video.paused ? "player.play" : "player.pause");
    case "seekBy": {
      video.currentTime = between(0, video.currentTime + command.seconds, length);
      const seconds = Math.abs(command.seconds);
      return t(command.seconds > 0 ? "player.forward" : "player.backward", { seconds });
    }
    case "seekTo":
      video.currentTime = length * command.fraction;
      return null;
    case "volumeBy":
      video.volume = between(0, video.volume + command.step, 1);
      video.muted = video.volume === 0;
      return formatPercent(Math.round(video.volume * 100));
    case "speedBy":
      video.playbackRate = speedAfter(video.playbackRate, command.steps);
      return `${video.playbackRate}×`;
    case "mute":
      video.muted = !video.muted;
      return null;
    case "fullscreen":
      ask(
        controller,
        document.fullscreenElement ? "mediaexitfullscreenrequest" : "mediaenterfullscreenrequest",
      );
      return null;
    case "pictureInPicture":
      ask(controller, document.pictureInPictureElement ? "mediaexitpiprequest" : "mediaenterpiprequest");
      return null;
    case "frameBy":
      if (video.paused) video.currentTime = between(0, video.currentTime + command.frames * FRAME_S, length);
      return null;
    default:
      return actions[command.do]();
  }
}
