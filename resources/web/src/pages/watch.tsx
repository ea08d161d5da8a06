/** A video's own page: the picture as wide as it may be, its facts, what one may do with it, and what is next. */
import "../styles/watch.css";
import "../styles/watch-details.css";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { ApiError, api, mediaOf, type Video, type VideoProgress } from "../api/index.ts";
import { Button, ButtonLink } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { useTitle } from "../components/use-title.ts";
import { t } from "../i18n/index.ts";
import { readTime, startOf } from "../player/position.ts";
import { theatre } from "../player/preferences.ts";
import { categories, loadCategories, videosChanged } from "../videos/lists.ts";
import { followProgress } from "../videos/progress.ts";
import { sayMade } from "../videos/words.ts";
import { Chapters } from "../watch/chapters.tsx";
import { Stage } from "../watch/stage.tsx";
import { UpNext, useNext } from "../watch/up-next.tsx";
import { VideoDetails } from "../watch/video-details.tsx";

async function positionOf(id: string): Promise<number> {
  try {
    return (await api.position(id)).position_ms;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // From the beginning is a good place, too.
    return 0;
  }
}

interface WatchProps {
  id: string;
  askedS: number | null;
  frame: RefObject<HTMLElement | null>;
}

function Watch({ id, askedS, frame }: WatchProps) {
  const { route } = useLocation();
  const [video, setVideo] = useState<Video | null>(null);
  const [positionMs, setPositionMs] = useState(0);
  const [progress, setProgress] = useState<VideoProgress | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [element, setElement] = useState<HTMLVideoElement | null>(null);
  const next = useNext(video);
  useTitle(video?.title ?? "");

  const load = async () => {
    try {
      // Together, so that the category does not push the facts aside when it comes.
      const [loaded, stoppedMs] = await Promise.all([
        api.video(id),
        video ? positionMs : positionOf(id),
        categories.value ? null : loadCategories(),
      ]);
      setPositionMs(stoppedMs);
      setVideo(loaded);
      setProblem(null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    }
  };
  useEffect(() => void load(), [id]);

  const unfinished = video?.status === "pending" || video?.status === "processing";
  useEffect(() => {
    if (!unfinished) return;
    const ending = new AbortController();
    followProgress(id, setProgress, ending.signal).then(
      () => {
        if (ending.signal.aborted) return;
        videosChanged();
        return load();
      },
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        setProblem(error);
      },
    );
    return () => ending.abort();
  }, [id, unfinished]);

  const canBegin = unfinished && !video?.watchable && (progress?.watchable_ms ?? 0) > 0;
  useEffect(() => {
    if (canBegin) void load();
  }, [canBegin]);

  if (problem && (problem.status === 404 || problem.status === 422 || !video)) {
    const gone = problem.status === 404 || problem.status === 422;
    return (
      <PageState
        icon={gone ? "video" : "warning"}
        title={gone ? t("watch.missing.title") : problem.message}
        text={gone ? t("watch.missing.text") : undefined}
      >
        {gone ? (
          <ButtonLink tone="main" href="/">
            {t("action.back")}
          </ButtonLink>
        ) : (
          <Button tone="main" icon="retry" onClick={() => void load()}>
            {t("action.retry")}
          </Button>
        )}
      </PageState>
    );
  }
  const following = next[0] ?? null;
  return (
    <div class={theatre.value === "on" ? "watch watch-theatre" : "watch"}>
      <div class="watch-stage">
        {video ? (
          <Stage
            video={video}
            media={mediaOf(id)}
            progress={progress}
            startAtS={startOf(askedS, positionMs, video.duration)}
            isMember
            frame={frame}
            next={following}
            onNext={following && (() => route(`/watch/${following.id}`))}
            onTheatre={() => {
              theatre.value = theatre.value === "on" ? "off" : "on";
            }}
            onStale={() => void load()}
            onElement={setElement}
          />
        ) : (
          <div class="stage" />
        )}
        {video?.watchable && unfinished && <p class="stage-note tabular">{sayMade(video, progress)}</p>}
      </div>
      <div class="watch-main">
        {video && (
          <VideoDetails
            video={video}
            element={element}
            onChanged={setVideo}
            onDeleted={() => route("/", true)}
          />
        )}
        <Chapters video={element} />
      </div>
      {video && <UpNext videos={next} />}
    </div>
  );
}

/** A new video is a new page: nothing of the last one stays but the frame, and with it the full screen. */
export function WatchPage({ id = "", query = {} }: { id?: string; query?: Record<string, string> }) {
  const frame = useRef<HTMLDivElement>(null);
  return (
    <div class="watch-frame" ref={frame}>
      <Watch key={id} id={id} askedS={readTime(query.t)} frame={frame} />
    </div>
  );
}
