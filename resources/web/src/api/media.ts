/** Addresses for `<video>`, `<img>`, `<track>` and links: the session's cookie goes with them, or a link's token. */
import { toQuery } from "./http.ts";

export interface MediaAddresses {
  /** The finished file, in lines of height where one is wished. */
  stream(quality?: number): string;
  /** The playlist of what is made so far. */
  hls: string;
  download: string;
  thumbnail: string;
  storyboard: string;
  chapters: string;
  subtitles(n: number): string;
}

/** `link` is the token of a shared address; without it the session says who is asking. */
export function mediaOf(id: string, link?: string): MediaAddresses {
  const root = `/api/videos/${encodeURIComponent(id)}`;
  const query = toQuery({ link });
  return {
    stream: (quality) => `${root}/stream${toQuery({ quality, link })}`,
    hls: `${root}/hls/master.m3u8${query}`,
    download: `${root}/download${query}`,
    thumbnail: `${root}/thumbnail${query}`,
    storyboard: `${root}/storyboard.vtt${query}`,
    chapters: `${root}/chapters.vtt${query}`,
    subtitles: (n) => `${root}/subtitles/${n}.vtt${query}`,
  };
}
