/** What a shared link opens: one video, for whoever has the link, without an account. */
import "../styles/watch.css";
import "../styles/watch-details.css";
import { useEffect, useState } from "preact/hooks";
import { ApiError, api, mediaOf, type SharedVideo } from "../api/index.ts";
import { ButtonLink } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { useTitle } from "../components/use-title.ts";
import { formatAgo, formatDate } from "../format.ts";
import { t } from "../i18n/index.ts";
import { readTime } from "../player/position.ts";
import { uploaderOf } from "../videos/words.ts";
import { Chapters } from "../watch/chapters.tsx";
import { Stage } from "../watch/stage.tsx";

/** Somebody with a link has no other way to learn how far an encode is than to ask again. */
const ASK_AGAIN_MS = 4000;

export function SharedPage({ token = "", query = {} }: { token?: string; query?: Record<string, string> }) {
  const [shared, setShared] = useState<SharedVideo | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [element, setElement] = useState<HTMLVideoElement | null>(null);
  useTitle(shared?.video.title ?? "");
  const load = () =>
    api.shared(token).then(setShared, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    });
  useEffect(() => void load(), [token]);
  const unfinished = shared?.video.status === "pending" || shared?.video.status === "processing";
  useEffect(() => {
    if (!unfinished) return;
    const timer = setInterval(() => void load(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [unfinished]);

  if (problem && !shared) {
    const unusable = problem.status === 404;
    return (
      <PageState
        icon="link"
        title={unusable ? t("shared.unusable.title") : problem.message}
        text={unusable ? t("shared.unusable.text") : undefined}
      >
        <ButtonLink href="/signin">{t("action.signIn")}</ButtonLink>
      </PageState>
    );
  }
  if (!shared)
    return (
      <div class="watch">
        <div class="watch-stage">
          <div class="stage" />
        </div>
      </div>
    );
  const { video } = shared;
  const media = mediaOf(video.id, token);
  return (
    <div class="watch watch-shared">
      <div class="watch-stage">
        <Stage
          video={video}
          media={media}
          progress={null}
          startAtS={readTime(query.t) ?? 0}
          isMember={false}
          next={null}
          onNext={null}
          onTheatre={null}
          onStale={() => void load()}
          onElement={setElement}
        />
      </div>
      <div class="watch-main">
        <section class="details">
          <h1 class="details-title" dir="auto">
            {video.title}
          </h1>
          <div class="details-row">
            <p class="quiet">
              {uploaderOf(video)} · {formatAgo(video.created_at)} ·{" "}
              {t("shared.until", { date: formatDate(shared.expires_at) })}
            </p>
            {video.status === "completed" && (
              <ButtonLink icon="download" href={media.download} download>
                {t("action.download")}
              </ButtonLink>
            )}
          </div>
          {video.description && (
            <div class="details-more">
              <p class="description" dir="auto">
                {video.description}
              </p>
            </div>
          )}
        </section>
        <Chapters video={element} />
      </div>
    </div>
  );
}
