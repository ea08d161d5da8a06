/** The player: a `<video>` in media-chrome's controls with our drawings, colours, keys and taps. */
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
import "../styles/player.css";
import "../styles/player-overlays.css";
import { setLanguage } from "media-chrome/utils/i18n.js";
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { MediaAddresses, Video } from "../api/index.ts";
import { language, t } from "../i18n/index.ts";
import { Bar } from "./bar.tsx";
import { chooseTrack, firstTrack, liftCaptions, sayTrack, showTrack, wishOf } from "./captions.ts";
import { type Actions, carryOut } from "./commands.ts";
import { useFlash } from "./flash.ts";
import { useKeys } from "./focus.ts";
import { PlayerIcon } from "./icons.tsx";
import type { Command } from "./keys.ts";
import { captionSize, captionWish } from "./preferences.ts";
import { Settings } from "./settings.tsx";
import { Shortcuts } from "./shortcuts.tsx";
import { attach, type Source } from "./source.ts";
import { useTaps } from "./touch.ts";
import { Tracks } from "./tracks.tsx";

export interface PlayerProps {
  video: Pick<
    Video,
    "title" | "subtitles" | "has_storyboard" | "has_chapters" | "has_thumbnail" | "renditions"
  >;
  media: MediaAddresses;
  source: Source;
  startAtS: number;
  /** What full screen shows; without it the player itself. */
  frame?: RefObject<HTMLElement | null>;
  /** How much can be watched now, in seconds; null for all of it. */
  madeS: number | null;
  onElement(video: HTMLVideoElement | null): void;
  onPlaying(): void;
  onEnded(): void;
  onFailed(atS: number): void;
  onNext: (() => void) | null;
  onTheatre: (() => void) | null;
  /** What lies over the picture: the offer to start over, what is next. */
  children?: ComponentChildren;
}

/** How far before the end of what is made a seek beyond it lands. */
const EDGE_S = 1;

export function Player(props: PlayerProps) {
  const {
    video: facts,
    media,
    source,
    startAtS,
    madeS,
    onElement,
    onPlaying,
    onEnded,
    onNext,
    onTheatre,
  } = props;
  const controller = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const opener = useRef<HTMLSpanElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [flash, say] = useFlash();
  const [open, setOpen] = useState(false);
  const [helping, setHelping] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [durationS, setDurationS] = useState(0);
  const tracks = facts.subtitles;
  const shown = chooseTrack(tracks, captionWish.value);
  const label = t("watch.player", { title: facts.title });
  // Its elements name themselves when they come into the page.
  setLanguage(language.value);

  // Another quality goes on where this one was and as it was; what has no source any more tells neither.
  const before = useRef({ atS: startAtS, paused: false, speed: 1 });
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const { atS, paused, speed: playbackRate } = before.current;
    const detach = attach(element, source, atS, () => latest.current.onFailed(element.currentTime));
    element.playbackRate = playbackRate;
    // Browsers that want a tap first refuse, and the big button waits for it.
    if (!paused) element.play().catch(() => {});
    return () => {
      before.current = {
        atS: element.currentTime,
        paused: element.paused,
        speed: element.playbackRate,
      };
      detach();
    };
  }, [source.url]);

  useEffect(() => {
    if (controller.current && props.frame?.current)
      Object.assign(controller.current, { fullscreenElement: props.frame.current });
    onElement(video.current);
    return () => onElement(null);
  }, []);

  useEffect(() => {
    if (video.current) showTrack(video.current, tracks);
  }, [captionWish.value, tracks]);

  useEffect(() => {
    const element = video.current;
    const host = controller.current;
    if (!element || !host) return;
    const lift = () => liftCaptions(element, element.paused || !host.hasAttribute("userinactive"));
    lift();
    const listed = [...element.textTracks];
    host.addEventListener("userinactivechange", lift);
    for (const type of ["play", "pause"]) element.addEventListener(type, lift);
    for (const track of listed) track.addEventListener("cuechange", lift);
    // The cues of a track come when it is first shown; its element's event does not bubble.
    element.addEventListener("load", lift, true);
    return () => {
      host.removeEventListener("userinactivechange", lift);
      for (const type of ["play", "pause"]) element.removeEventListener(type, lift);
      for (const track of listed) track.removeEventListener("cuechange", lift);
      element.removeEventListener("load", lift, true);
    };
  }, [captionWish.value, tracks.length]);

  const actions: Actions = {
    captions: () => {
      if (tracks.length === 0) return t("player.captionsNone");
      const track = shown ? undefined : firstTrack(tracks, language.value);
      captionWish.value = track ? wishOf(track) : "";
      return track ? sayTrack(track) : t("player.captionsOff");
    },
    theatre: () => {
      onTheatre?.();
      return null;
    },
    next: () => {
      onNext?.();
      return null;
    },
    help: () => {
      setHelping(true);
      return null;
    },
  };
  const run = (command: Command) => {
    if (!video.current || !controller.current) return;
    const words = carryOut(command, video.current, controller.current, actions);
    if (words) say(words);
  };
  useKeys(controller, run);
  const taps = useTaps(controller, run, say);

  const keepInsideTheMade = () => {
    const { madeS: edgeS } = latest.current;
    if (video.current && edgeS !== null && video.current.currentTime > edgeS) {
      video.current.currentTime = Math.max(0, edgeS - EDGE_S);
      say(t("player.notMadeYet"));
    }
  };
  return (
    <>
      <media-controller
        ref={controller}
        class={`player captions-${captionSize.value}`}
        nohotkeys
        autohide={open ? "-1" : "2"}
        aria-label={label}
        {...taps.handlers}
        onDblClick={(event: MouseEvent) => {
          if (taps.isPicture(event) && !taps.wasTouch()) run({ do: "fullscreen" });
        }}
      >
        {/* biome-ignore lint/a11y/useMediaCaption: Tracks adds the captions of those files that have them. */}
        <video
          ref={video}
          slot="media"
          poster={facts.has_thumbnail ? media.thumbnail : undefined}
          playsInline
          preload="metadata"
          aria-label={label}
          onPlaying={onPlaying}
          onEnded={onEnded}
          onSeeking={keepInsideTheMade}
          onRateChange={(event) => setSpeed(event.currentTarget.playbackRate)}
          onDurationChange={(event) => setDurationS(event.currentTarget.duration)}
          onError={(event) => {
            // Taking the source away is no failure.
            if (event.currentTarget.hasAttribute("src") && !source.growing)
              props.onFailed(event.currentTarget.currentTime);
          }}
        >
          <Tracks video={facts} media={media} />
        </video>
        <media-loading-indicator slot="centered-chrome" noautohide />
        <div slot="centered-chrome" class="player-centre">
          <media-play-button class="player-big-play" notooltip>
            <PlayerIcon slot="play" name="play" />
            <PlayerIcon slot="pause" name="pause" />
          </media-play-button>
        </div>
        {open && (
          <Settings
            speed={speed}
            onSpeed={(value) => {
              if (video.current) video.current.playbackRate = value;
            }}
            renditions={source.growing ? [] : facts.renditions}
            tracks={tracks}
            shownTrack={shown ? wishOf(shown) : ""}
            opener={opener}
            onHelp={() => {
              setOpen(false);
              setHelping(true);
            }}
            onClose={() => setOpen(false)}
          />
        )}
        <Bar
          made={madeS === null || !(durationS > 0) ? 1 : Math.min(1, madeS / durationS)}
          captions={
            tracks.length > 0 ? { shown: shown !== undefined, onToggle: () => run({ do: "captions" }) } : null
          }
          onNext={onNext}
          onTheatre={onTheatre}
          settings={{ open, onToggle: () => setOpen((isOpen) => !isOpen), ref: opener }}
        />
        <div slot="top-chrome" class="player-flash" role="status" hidden={!flash}>
          {flash}
        </div>
        {props.children}
      </media-controller>
      {helping && <Shortcuts onClose={() => setHelping(false)} />}
    </>
  );
}
