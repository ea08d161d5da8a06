/** The drawings that only the player needs, so that they load with it. */
import fullscreen from "../../../icons/fullscreen.svg?raw";
import fullscreenExit from "../../../icons/fullscreen-exit.svg?raw";
import pip from "../../../icons/pip.svg?raw";
import speed from "../../../icons/speed.svg?raw";
import volume from "../../../icons/volume.svg?raw";
import volumeOff from "../../../icons/volume-off.svg?raw";
import { icons } from "../icons.ts";

const drawings = {
  fullscreen,
  fullscreenExit,
  pip,
  speed,
  volume,
  volumeOff,
  play: icons.play,
  pause: icons.pause,
};

export function PlayerIcon({ name, slot }: { name: keyof typeof drawings; slot: string }) {
  return (
    <span
      slot={slot}
      class="player-icon"
      aria-hidden="true"
      dangerouslySetInnerHTML={{ __html: drawings[name] }}
    />
  );
}
