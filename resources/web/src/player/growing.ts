/** Plays a video while it is still made: hls.js where the browser has Media Source, the browser's own HLS elsewhere. */
import Hls from "hls.js/light";
import type { Detach } from "./source.ts";

/** Playlists and segments come from the same house: what does not come is asked for again until it does. */
const AGAIN_MS = 2000;
const KEPT_BEHIND_S = 60;

/** `durationS` is what the time bar shows from the start, so that it does not grow under the pointer. */
export function attachGrowing(
  video: HTMLVideoElement,
  url: string,
  durationS: number | null,
  atS: number,
  onFailed: () => void,
): Detach {
  if (!Hls.isSupported()) {
    video.src = url;
    if (atS > 0) video.currentTime = atS;
    return () => {
      video.removeAttribute("src");
      video.load();
    };
  }
  const hls = new Hls({
    startPosition: atS,
    // The segments are fMP4: there is nothing for a worker to repack.
    enableWorker: false,
    lowLatencyMode: false,
    backBufferLength: KEPT_BEHIND_S,
  });
  let timer = 0;
  let mended = false;
  hls.on(Hls.Events.ERROR, (_name, error) => {
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      hls.recoverMediaError();
    } else if (error.type === Hls.ErrorTypes.NETWORK_ERROR && !error.response?.code) {
      clearTimeout(timer);
      timer = window.setTimeout(() => hls.startLoad(), AGAIN_MS);
    } else onFailed();
  });
  hls.on(Hls.Events.FRAG_BUFFERED, (_name, { frag }) => {
    const playlist = hls.levels[hls.currentLevel]?.details;
    // A muxed buffer reaches as far as its shortest track until it is told that no more will come, and hls.js tells it
    // once the buffer reaches the end: where the sound ends before the pictures, neither would.
    if (playlist && !playlist.live && frag.sn === playlist.endSN)
      hls.trigger(Hls.Events.BUFFER_EOS, { type: null });
  });
  hls.loadSource(url);
  hls.attachMedia(durationS === null ? video : { media: video, overrides: { duration: durationS } });
  return () => {
    clearTimeout(timer);
    hls.destroy();
  };
}
