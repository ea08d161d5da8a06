/** The player's controls: the time bar with what is not made yet, and the row of buttons below it. */
import type { RefObject } from "preact";
import { t } from "../i18n/index.ts";
import { PlayerButton, PlayerIcon } from "./icons.tsx";
import { theatre } from "./preferences.ts";

interface BarProps {
  /** 0 to 1: how much of the whole can be watched now; 1 for a finished video. */
  made: number;
  captions: { shown: boolean; onToggle(): void } | null;
  onNext: (() => void) | null;
  onTheatre: (() => void) | null;
  settings: { open: boolean; onToggle(): void; ref: RefObject<HTMLSpanElement | null> };
}

export function Bar({ made, captions, onNext, onTheatre, settings }: BarProps) {
  return (
    <div class="player-bottom">
      <div class="player-time-place">
        <media-time-range class="player-time" />
        {made < 1 && (
          <span class="player-unmade">
            <span style={{ width: `${(1 - made) * 100}%` }} />
          </span>
        )}
      </div>
      <media-control-bar class="player-bar">
        <media-play-button>
          <PlayerIcon slot="play" name="play" />
          <PlayerIcon slot="pause" name="pause" />
        </media-play-button>
        {onNext && <PlayerButton icon="next" label={t("player.next")} onClick={onNext} class="player-wide" />}
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
        {captions && (
          <PlayerButton
            icon="captions"
            label={t("player.captions")}
            pressed={captions.shown}
            onClick={captions.onToggle}
          />
        )}
        <span ref={settings.ref} class="player-opener">
          <PlayerButton
            icon="settings"
            label={t("player.settings")}
            expanded={settings.open}
            onClick={settings.onToggle}
          />
        </span>
        <media-pip-button>
          <PlayerIcon slot="enter" name="pip" />
          <PlayerIcon slot="exit" name="pip" />
        </media-pip-button>
        {onTheatre && (
          <PlayerButton
            icon="theatre"
            label={t("player.theatre")}
            pressed={theatre.value === "on"}
            onClick={onTheatre}
            class="player-wide"
          />
        )}
        <media-fullscreen-button>
          <PlayerIcon slot="enter" name="fullscreen" />
          <PlayerIcon slot="exit" name="fullscreenExit" />
        </media-fullscreen-button>
      </media-control-bar>
    </div>
  );
}
