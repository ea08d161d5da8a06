/** What one can choose about the playing: speed, quality, captions and their size. */
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Subtitles } from "../api/index.ts";
import { Select } from "../components/field.tsx";
import { formatNumber } from "../format.ts";
import { t } from "../i18n/index.ts";
import { sayTrack, wishOf } from "./captions.ts";
import { SPEEDS } from "./keys.ts";
import { CAPTION_SIZES, type CaptionSize, captionSize, captionWish, qualityWish } from "./preferences.ts";

interface SettingsProps {
  speed: number;
  onSpeed(speed: number): void;
  renditions: readonly number[];
  tracks: readonly Subtitles[];
  /** The wish that is in force: the language of the track shown, or nothing. */
  shownTrack: string;
  onHelp(): void;
  onClose(): void;
  opener: RefObject<HTMLElement | null>;
}

interface ChoiceProps {
  label: string;
  value: string;
  options: { value: string; text: string }[];
  onValue(value: string): void;
}

function Choice({ label, ...rest }: ChoiceProps) {
  return (
    <div class="player-choice">
      <span aria-hidden="true">{label}</span>
      <Select label={label} {...rest} />
    </div>
  );
}

const sayHeight = (height: number) => `${height}p`;

export function Settings(props: SettingsProps) {
  const { speed, onSpeed, renditions, tracks, shownTrack, onHelp, onClose, opener } = props;
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    root.current?.querySelector("select")?.focus();
    const outside = (event: Event) => {
      const path = event.composedPath();
      if (!path.includes(root.current as EventTarget) && !path.includes(opener.current as EventTarget))
        onClose();
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, []);
  const falling = [...renditions].sort((a, b) => b - a);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens for Escape on its way up from the fields.
    <div
      ref={root}
      class="player-settings"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        opener.current?.querySelector("button")?.focus();
        onClose();
      }}
    >
      <Choice
        label={t("player.speed")}
        value={String(speed)}
        onValue={(value) => onSpeed(Number(value))}
        options={SPEEDS.map((one) => ({
          value: String(one),
          text: one === 1 ? t("player.normal") : `${formatNumber(one)}×`,
        }))}
      />
      {falling.length > 1 && (
        <Choice
          label={t("player.quality")}
          value={qualityWish.value}
          onValue={(value) => {
            qualityWish.value = value;
          }}
          options={[
            { value: "", text: t("player.qualityBest", { quality: sayHeight(falling[0] ?? 0) }) },
            ...falling.slice(1).map((height) => ({ value: String(height), text: sayHeight(height) })),
          ]}
        />
      )}
      {tracks.length > 0 && (
        <>
          <Choice
            label={t("player.captions")}
            value={shownTrack}
            onValue={(value) => {
              captionWish.value = value;
            }}
            options={[
              { value: "", text: t("player.captionsOff") },
              ...tracks.map((track) => ({ value: wishOf(track), text: sayTrack(track) })),
            ]}
          />
          <Choice
            label={t("player.captionSize")}
            value={captionSize.value}
            onValue={(value) => {
              captionSize.value = value as CaptionSize;
            }}
            options={CAPTION_SIZES.map((size) => ({ value: size, text: t(`player.captionSize.${size}`) }))}
          />
        </>
      )}
      <button type="button" class="player-help" onClick={onHelp}>
        {t("player.keys")}
      </button>
    </div>
  );
}
