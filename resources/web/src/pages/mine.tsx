/** A member's own videos: how far each is, why one failed, edit and delete. */
import "../styles/mine.css";
import { useEffect, useState } from "preact/hooks";
import type { Video, VideoProgress, VideoQuery } from "../api/index.ts";
import { me } from "../app/session.ts";
import { Button, ButtonLink, IconButton } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { ProgressBar } from "../components/progress-bar.tsx";
import { Thumbnail } from "../components/thumbnail.tsx";
import { useTitle } from "../components/use-title.ts";
import { DeleteVideoDialog, EditVideoDialog } from "../components/video-dialogs.tsx";
import { More } from "../components/video-list.tsx";
import { t } from "../i18n/index.ts";
import { changes, listFor, loadMore, refreshList, replaceInLists, videosChanged } from "../videos/lists.ts";
import { followProgress } from "../videos/progress.ts";
import { factsOf, sayProgress, sayVideoError } from "../videos/words.ts";

function Unfinished({ video }: { video: Video }) {
  const [progress, setProgress] = useState<VideoProgress | null>(null);
  useEffect(() => {
    const ending = new AbortController();
    followProgress(video.id, setProgress, ending.signal).then(
      () => {
        if (!ending.signal.aborted) videosChanged();
      },
      // Deleted or ended meanwhile: the list knows better.
      videosChanged,
    );
    return () => ending.abort();
  }, [video.id]);
  const words = sayProgress(video, progress);
  return (
    <div class="mine-progress">
      <ProgressBar
        percent={progress?.percent ?? video.progress}
        label={t("upload.progress", { title: video.title })}
        text={words}
      />
      <p class="quiet tabular">{words}</p>
    </div>
  );
}

function State({ video }: { video: Video }) {
  switch (video.status) {
    case "completed":
      return <p class="quiet">{factsOf(video, false)}</p>;
    case "failed":
      return <p class="mine-failed">{sayVideoError(video) ?? t("video.failed")}</p>;
    default:
      return <Unfinished video={video} />;
  }
}

interface RowProps {
  video: Video;
  onEdit(): void;
  onDelete(): void;
}

function Row({ video, onEdit, onDelete }: RowProps) {
  return (
    <li class="mine-row">
      <span class="mine-picture">
        {/* The row says in words what the picture's label would say again. */}
        <Thumbnail video={{ ...video, status: "completed" }} />
      </span>
      <div class="mine-words">
        <a class="card-title mine-title" href={`/watch/${video.id}`} dir="auto">
          {video.title}
        </a>
        <State video={video} />
      </div>
      <div class="mine-actions">
        <IconButton icon="edit" label={t("mine.editOf", { title: video.title })} onClick={onEdit} />
        <IconButton icon="trash" label={t("mine.deleteOf", { title: video.title })} onClick={onDelete} />
      </div>
    </li>
  );
}

export function MinePage() {
  useTitle(t("mine.title"));
  const [asked, setAsked] = useState<{ video: Video; what: "edit" | "delete" } | null>(null);
  const query: VideoQuery = {
    uploaded_by: me.value?.id ?? "",
    sort_by: "created_at",
    order: "desc",
    page_size: 50,
  };
  const list = listFor(query).value;
  const changed = changes.value;
  useEffect(() => void refreshList(query), [query.uploaded_by, changed]);
  const close = () => setAsked(null);

  return (
    <div class="mine">
      <div class="page-head">
        <h1>{t("mine.title")}</h1>
        {list.total > 0 && <p class="quiet">{t("account.videos", { count: list.total })}</p>}
      </div>
      {list.state === "failed" && (
        <PageState icon="warning" level={2} title={list.error}>
          <Button icon="retry" onClick={() => void refreshList(query)}>
            {t("action.retry")}
          </Button>
        </PageState>
      )}
      {list.state === "ready" && list.items.length === 0 && (
        <PageState icon="mine" level={2} title={t("mine.empty.title")} text={t("mine.empty.text")}>
          <ButtonLink tone="main" icon="upload" href="/upload">
            {t("action.upload")}
          </ButtonLink>
        </PageState>
      )}
      <ul class="mine-list">
        {list.items.map((video) => (
          <Row
            key={video.id}
            video={video}
            onEdit={() => setAsked({ video, what: "edit" })}
            onDelete={() => setAsked({ video, what: "delete" })}
          />
        ))}
      </ul>
      {list.pagesLoaded < list.pages && (
        <More busy={list.state === "loadingMore"} onMore={() => void loadMore(query)} />
      )}
      {asked?.what === "edit" && (
        <EditVideoDialog video={asked.video} onSaved={replaceInLists} onClose={close} />
      )}
      {asked?.what === "delete" && (
        <DeleteVideoDialog video={asked.video} onDeleted={videosChanged} onClose={close} />
      )}
    </div>
  );
}
