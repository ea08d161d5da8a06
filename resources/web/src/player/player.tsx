/** The player: a `<video>` in media-chrome's controls with our drawings, colours and keys. */
import "media-chrome/lang/de.js";
import "media-chrome/media-controller.js";
import "media-chrome/media-control-bar.js";
import "media-chrome/media-fullscreen-button.js";
import "media-chrome/media-loading-indicator.js";
import "media-chrome/media-mute-button.js";
import "media-chrome/media-pip-button.js";
import "media-chrome/media-play-button.js";
import "media-chrome/media-time-display.js";
import "media-chrome/media-time-range.js";
import "media-chrome/media-volume-range.js";
import "media-chrome/menu/media-chrome-menu-item.js";
import "media-chrome/menu/media-playback-rate-menu.js";
import "media-chrome/menu/media-playback-rate-menu-button.js";
import "../styles/player.css";
import { setLanguage } from "media-chrome/utils/i18n.js";
import { useEffect, useRef, useState } from "preact/hooks";
import { language } from "../i18n/index.ts";
import { carryOut } from "./commands.ts";
import { PlayerIcon } from "./icons.tsx";
import { commandFor, type Focus, SPEEDS } from "./keys.ts";

const FLASH_MS = 700;

interface PlayerProps {
  source: string;
  poster: string | null;
  /** The name for screen readers. */
  label: string;
  onPlaying(): void;
  onFailed(): void;
}

function focusOf(event: KeyboardEvent): Focus {
  // The first of the path is the element inside media-chrome's own trees; `target` would be its host.
  const inner = event.composedPath()[0];
  if (!(inner instanceof HTMLElement)) return "elsewhere";
  const host = event.target instanceof HTMLElement ? event.target : inner;
  if (inner instanceof HTMLInputElement && inner.type === "range") return "range";
  if (inner.matches("input, textarea, select") || inner.isContentEditable) return "text";
  if (host.closest("dialog, [role=menu], media-playback-rate-menu, .menu")) return "text";
  if (inner.closest("button, a, [role=button]") || host.matches("[role=button]")) return "button";
  return "elsewhere";
}

export function Player({ source, poster, label, onPlaying, onFailed }: PlayerProps) {
  const controller = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [flash, setFlash] = useState("");
  // Its elements name themselves when they come into the page.
  setLanguage(language.value);

  useEffect(() => {
    // Browsers that want a tap first refuse, and the big button waits for it.
    video.current?.play().catch(() => {});
  }, [source]);

  useEffect(() => {
    let timer = 0;
    const press = (event: KeyboardEvent) => {
      const command = commandFor(event, focusOf(event));
      if (!command || !video.current || !controller.current) return;
      event.preventDefault();
      const words = carryOut(command, video.current, controller.current);
      if (!words) return;
      setFlash(words);
      clearTimeout(timer);
      timer = window.setTimeout(setFlash, FLASH_MS, "");
    };
    addEventListener("keydown", press);
    return () => {
      removeEventListener("keydown", press);
      clearTimeout(timer);
    };
  }, []);

  const toggleFullscreen = () => {
    if (video.current && controller.current)
      carryOut({ do: "fullscreen" }, video.current, controller.current);
  };

  return (
    <media-controller
      ref={controller}
      class="player"
      nohotkeys
      defaultsubtitles
      aria-label={label}
      onDblClick={(event: MouseEvent) => {
        if (event.target === video.current || event.target === controller.current) toggleFullscreen();
      }}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: captions come with the files that have them, in issue 4's tracks. */}
      <video
        ref={video}
        slot="media"
        src={source}
        poster={poster ?? undefined}
        playsInline
        preload="metadata"
        aria-label={label}
        onPlaying={onPlaying}
        onError={onFailed}
      />
      <media-loading-indicator slot="centered-chrome" noautohide />
      <div slot="centered-chrome" class="player-centre">
        <media-play-button class="player-big-play" notooltip>
          <PlayerIcon slot="play" name="play" />
          <PlayerIcon slot="pause" name="pause" />
        </media-play-button>
      </div>
      <media-playback-rate-menu hidden anchor="auto" rates={SPEEDS.join(" ")} />
      <div class="player-bottom">
        <media-time-range class="player-time" />
        <media-control-bar class="player-bar">
          <media-play-button>
            <PlayerIcon slot="play" name="play" />
            <PlayerIcon slot="pause" name="pause" />
          </media-play-button>
          <div class="player-volume">
            <media-mute-button>
              <PlayerIcon slot="off" name="volumeOff" />
              <PlayerIcon slot="low" name="volume" />
              <PlayerIcon slot="medium" name="volume" />
              <PlayerIcon slot="high" name="volume" />
            </media-mute-button>
            <media-volume-range />
          </div>
          <media-time-display showduration notoggle />
          <span class="player-space" />
          <media-playback-rate-menu-button>
            <PlayerIcon slot="icon" name="speed" />
          </media-playback-rate-menu-button>
          <media-pip-button>
            <PlayerIcon slot="enter" name="pip" />
            <PlayerIcon slot="exit" name="pip" />
          </media-pip-button>
          <media-fullscreen-button>
            <PlayerIcon slot="enter" name="fullscreen" />
            <PlayerIcon slot="exit" name="fullscreenExit" />
          </media-fullscreen-button>
        </media-control-bar>
      </div>
      <div slot="top-chrome" class="player-flash" role="status" hidden={!flash}>
        {flash}
      </div>
    </media-controller>
  );
}
