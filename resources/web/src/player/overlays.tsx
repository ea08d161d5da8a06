/** What lies over the picture now and then: where it goes on from, and what comes next. */
import { useEffect, useState } from "preact/hooks";
import type { Video } from "../api/index.ts";
import { Button } from "../components/button.tsx";
import { Thumbnail } from "../components/thumbnail.tsx";
import { formatDuration } from "../format.ts";
import { t } from "../i18n/index.ts";
import { autoplay } from "./preferences.ts";

const OFFERED_MS = 8000;

/** Says where the playing goes on, and offers the beginning. */
export function StartOver({ fromS, onStartOver }: { fromS: number; onStartOver(): void }) {
  const [shown, setShown] = useState(true);
  useEffect(() => {
    const timer = setTimeout(setShown, OFFERED_MS, false);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div slot="top-chrome" class="player-offer" noautohide>
      <span>{t("player.goesOn", { time: formatDuration(fromS) })}</span>
      <button
        type="button"
        onClick={() => {
          onStartOver();
          setShown(false);
        }}
      >
        {t("player.startOver")}
      </button>
    </div>
  );
}

const COUNTDOWN_S = 8;

interface NextCardProps {
  next: Video;
  onNext(): void;
  onStay(): void;
}

/** At the end: what is next, and when it starts by itself if one lets it. */
export function NextCard({ next, onNext, onStay }: NextCardProps) {
  const counts = autoplay.value === "on";
  const [left, setLeft] = useState(COUNTDOWN_S);
  useEffect(() => {
    if (!counts) return;
    const timer = setInterval(() => {
      // Nobody is there to see it.
      if (!document.hidden) setLeft((before) => before - 1);
    }, 1000);
    return () => clearInterval(timer);
  }, [counts]);
  useEffect(() => {
    if (counts && left <= 0) onNext();
  }, [left]);
  return (
    <div slot="centered-chrome" class="next-card" noautohide>
      <Thumbnail video={next} eager />
      <div class="next-card-words">
        <p role="status">{t("watch.upNext")}</p>
        <p class="next-card-title" dir="auto">
          {next.title}
        </p>
        <p class="tabular" aria-hidden="true">
          {counts && t("player.nextIn", { seconds: Math.max(0, left) })}
        </p>
        <div class="next-card-actions">
          <Button tone="main" icon="play" onClick={onNext}>
            {t("player.playNow")}
          </Button>
          <Button onClick={onStay}>{t(counts ? "action.cancel" : "action.close")}</Button>
        </div>
      </div>
    </div>
  );
}
