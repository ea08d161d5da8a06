/** Tells TypeScript about media-chrome's elements; their attributes are checked by eye against its reference. */
import type { JSX } from "preact";

type Custom = JSX.IntrinsicElements["div"] & Record<string, unknown>;

declare module "preact" {
  interface HTMLAttributes {
    /** Keeps media-chrome from hiding an element while nobody moves. */
    noautohide?: boolean;
  }
  namespace JSX {
    interface IntrinsicElements {
      "media-controller": Custom;
      "media-control-bar": Custom;
      "media-fullscreen-button": Custom;
      "media-loading-indicator": Custom;
      "media-mute-button": Custom;
      "media-pip-button": Custom;
      "media-play-button": Custom;
      "media-playback-rate-menu": Custom;
      "media-playback-rate-menu-button": Custom;
      "media-time-display": Custom;
      "media-time-range": Custom;
      "media-volume-range": Custom;
    }
  }
}
