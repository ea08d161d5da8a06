/** The picture's place, of the same size before and after the player has come, and what stands in it. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  api,
  type MediaAddresses,
  type PlayableVideo,
  reachable,
  type Video,
  type VideoProgress,
} from "../api/index.ts";
import { Button } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { usePainted } from "../components/use-painted.ts";
import { t } from "../i18n/index.ts";
import { frameRatios } from "../player/frame.ts";
import { useMediaSession } from "../player/media-session.ts";
import { NextCard, StartOver } from "../player/overlays.tsx";
import { Player } from "../player/player.tsx";
import { useKeptPosition } from "../player/position.ts";
import { chooseQuality, qualityWish } from "../player/preferences.ts";
import type { Source } from "../player/source.ts";
import { sayVideoError } from "../videos/words.ts";
import { Preparing } from "./preparing.tsx";

interface StageProps {
  video: PlayableVideo;
  media: MediaAddresses;
  progress: VideoProgress | null;
  startAtS: number;
  /** False for somebody who has only a link: nobody's place is kept, and no view is counted. */
  isMember: boolean;
  /** What full screen shows, where it should outlast this video. */
  frame?: RefObject<HTMLElement | null>;
  next: Video | null;
  onNext: (() => void) | null;
  onTheatre: (() => void) | null;
  /** Called when the video's facts should be read again. */
  onStale(): void;
  onElement?(video: HTMLVideoElement | null): void;
}

/** How soon a broken connection is tried again by itself. */
const AGAIN_MS = 2000;

function sourceOf(video: PlayableVideo, media: MediaAddresses, growing: boolean): Source | null {
  if (video.status === "completed" && !growing) {
    return { url: media.stream(chooseQuality(video.renditions, qualityWish.value)), growing: null };
  }
  if (video.watchable) return { url: media.hls, growing: { durationS: video.duration } };
  return null;
}

export function Stage(props: StageProps) {
  const { video, media, progress, startAtS, isMember, next, onNext, onTheatre, onStale } = props;
  const [element, setElement] = useState<HTMLVideoElement | null>(null);
  const [failedAtS, setFailedAtS] = useState<number | null>(null);
  const [attempt, setAttempt] = useState({ number: 0, fromS: startAtS });
  const [ended, setEnded] = useState(false);
  // What began as a growing video is played to its end as one, so that nothing jumps when the encode is done.
  const [growing, setGrowing] = useState(video.status !== "completed");
  const counted = useRef(false);
  const painted = usePainted();
  const source = sourceOf(video, media, growing);
  const ratios = frameRatios(video.width, video.height);
  const madeMs = progress?.watchable_ms ?? video.watchable_ms;
  useKeptPosition(isMember ? video.id : null, element);
  useMediaSession(video, media.thumbnail, onNext);

  useEffect(() => {
    // It can be watched only now that it is done: then it is played as the file it is.
    if (video.status === "completed" && !element) setGrowing(false);
  }, [video.status, element]);

  const tryAgain = (fromS: number) => {
    setFailedAtS(null);
    setAttempt({ number: attempt.number + 1, fromS });
  };
  const fail = (atS: number) => {
    if (growing) {
      // Its pieces may be gone because the whole is there.
      setGrowing(false);
      setAttempt({ number: attempt.number + 1, fromS: atS });
      onStale();
    } else setFailedAtS(atS);
  };
  const isReachable = reachable.value;
  useEffect(() => {
    // A connection that broke is no fault of the video: it goes on by itself where it stopped.
    if (failedAtS === null || isReachable) return;
    const timer = setInterval(() => reachable.peek() && tryAgain(failedAtS), AGAIN_MS);
    return () => clearInterval(timer);
  }, [failedAtS, isReachable]);

  const countView = () => {
    setEnded(false);
    if (counted.current || !isMember) return;
    counted.current = true;
    api.countView(video.id).then(onStale, () => {
      // A view that was not counted disturbs nobody who watches.
    });
  };
  const unfinished = video.status === "pending" || video.status === "processing";
  return (
    <div class="stage" style={{ "--ratio-wide": ratios.wide, "--ratio-narrow": ratios.narrow }}>
      {source && video.has_thumbnail && (
        <img class="stage-picture" src={media.thumbnail} alt="" fetchpriority="high" />
      )}
      {source && painted && failedAtS === null && (
        <Player
          key={attempt.number}
          video={video}
          media={media}
          source={source}
          startAtS={attempt.fromS}
          {...(props.frame ? { frame: props.frame } : {})}
          madeS={unfinished ? madeMs / 1000 : null}
          onElement={(made) => {
            setElement(made);
            props.onElement?.(made);
          }}
          onPlaying={countView}
          onEnded={() => setEnded(true)}
          onFailed={fail}
          onNext={onNext}
          onTheatre={onTheatre}
        >
          {startAtS > 0 && attempt.number === 0 && (
            <StartOver
              fromS={startAtS}
              onStartOver={() => {
                if (element) element.currentTime = 0;
              }}
            />
          )}
          {ended && next && onNext && <NextCard next={next} onNext={onNext} onStay={() => setEnded(false)} />}
        </Player>
      )}
      {failedAtS !== null && (
        <PageState
          icon="warning"
          level={2}
          title={t("watch.playError.title")}
          text={t("watch.playError.text")}
        >
          <Button icon="retry" onClick={() => tryAgain(failedAtS)}>
            {t("action.retry")}
          </Button>
        </PageState>
      )}
      {unfinished && !source && (
        <Preparing video={video} progress={progress} poster={video.has_thumbnail ? media.thumbnail : null} />
      )}
      {video.status === "failed" && (
        <PageState icon="warning" level={2} title={t("watch.failed.title")} text={sayVideoError(video)} />
      )}
    </div>
  );
}
