/** The drawings that only the player needs, so that they load with it. */
import captions from "../../../icons/captions.svg?raw";
import fullscreen from "../../../icons/fullscreen.svg?raw";
import fullscreenExit from "../../../icons/fullscreen-exit.svg?raw";
import pip from "../../../icons/pip.svg?raw";
import theatre from "../../../icons/theatre.svg?raw";
import volume from "../../../icons/volume.svg?raw";
import volumeOff from "../../../icons/volume-off.svg?raw";
import { icons } from "../icons.ts";

const drawings = {
  captions,
  fullscreen,
  fullscreenExit,
  pip,
  theatre,
  volume,
  volumeOff,
  play: icons.play,
  pause: icons.pause,
  next: icons.next,
  settings: icons.settings,
};

type Drawing = keyof typeof drawings;

/** `slot` is the place in one of media-chrome's buttons; our own have none. */
export function PlayerIcon({ name, slot }: { name: Drawing; slot?: string }) {
  return (
    <span
      slot={slot}
      class="player-icon"
      aria-hidden="true"
      dangerouslySetInnerHTML={{ __html: drawings[name] }}
    />
  );
}

interface PlayerButtonProps {
  icon: Drawing;
  label: string;
  onClick(): void;
  pressed?: boolean;
  expanded?: boolean;
  class?: string;
}

/** A button of our own that looks like media-chrome's. */
export function PlayerButton({ icon, label, onClick, pressed, expanded, ...rest }: PlayerButtonProps) {
  return (
    <button
      type="button"
      class={`player-button ${rest.class ?? ""}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      onClick={onClick}
    >
      <PlayerIcon name={icon} />
    </button>
  );
}
