/** A video's own page: the picture as wide as it may be, its facts, what one may do with it, and what is next. */
import "../styles/watch.css";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { ApiError, address, api, type Video, type VideoProgress } from "../api/index.ts";
import { Button, ButtonLink } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { Preparing } from "../components/preparing.tsx";
import { UpNext } from "../components/up-next.tsx";
import { useTitle } from "../components/use-title.ts";
import { VideoDetails } from "../components/video-details.tsx";
import { t } from "../i18n/index.ts";
import { frameRatios } from "../player/frame.ts";
import { Player } from "../player/player.tsx";
import { categories, loadCategories, videosChanged } from "../videos/lists.ts";
import { followProgress } from "../videos/progress.ts";

/** The picture's place, of the same size before and after the player has come. */
function Stage({
  video,
  progress,
  onChanged,
}: {
  video: Video;
  progress: VideoProgress | null;
  onChanged(): void;
}) {
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [counted, setCounted] = useState(false);
  const ratios = frameRatios(video.width, video.height);
  const poster = video.has_thumbnail ? address.thumbnail(video.id) : null;

  const countView = () => {
    if (counted) return;
    setCounted(true);
    api.countView(video.id).then(onChanged, () => {
      // A view that was not counted disturbs nobody who watches.
    });
  };
  return (
    <div class="stage" style={{ "--ratio-wide": ratios.wide, "--ratio-narrow": ratios.narrow }}>
      {video.status === "completed" && !failed && (
        <Player
          key={attempt}
          source={address.stream(video.id)}
          poster={poster}
          label={t("watch.player", { title: video.title })}
          onPlaying={countView}
          onFailed={() => setFailed(true)}
        />
      )}
      {failed && (
        <PageState
          icon="warning"
          level={2}
          title={t("watch.playError.title")}
          text={t("watch.playError.text")}
        >
          <Button
            icon="retry"
            onClick={() => {
              setFailed(false);
              setAttempt(attempt + 1);
            }}
          >
            {t("action.retry")}
          </Button>
        </PageState>
      )}
      {(video.status === "pending" || video.status === "processing") && (
        <Preparing video={video} progress={progress} poster={poster} />
      )}
      {video.status === "failed" && (
        <PageState icon="warning" level={2} title={t("watch.failed.title")} text={video.error ?? undefined} />
      )}
    </div>
  );
}

function Watch({ id }: { id: string }) {
  const { route } = useLocation();
  const [video, setVideo] = useState<Video | null>(null);
  const [progress, setProgress] = useState<VideoProgress | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  useTitle(video?.title ?? "");

  const load = async () => {
    try {
      // Together, so that the category does not push the facts aside when it comes.
      const [loaded] = await Promise.all([api.video(id), categories.value ? null : loadCategories()]);
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
  return (
    <div class="watch">
      <div class="watch-main">
        {video ? <Stage video={video} progress={progress} onChanged={load} /> : <div class="stage" />}
        {video && <VideoDetails video={video} onChanged={setVideo} onDeleted={() => route("/", true)} />}
      </div>
      {video && <UpNext current={video} />}
    </div>
  );
}

/** A new video is a new page: nothing of the last one stays. */
export function WatchPage({ id = "" }: { id?: string }) {
  return <Watch key={id} id={id} />;
}
