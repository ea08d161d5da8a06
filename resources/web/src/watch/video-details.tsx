/** Title, quiet facts, description and actions below the picture. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { mediaOf, type Video } from "../api/index.ts";
import { lazyPart } from "../app/page-code.ts";
import { Button, ButtonLink } from "../components/button.tsx";
import { DeleteVideoDialog, EditVideoDialog } from "../components/video-dialogs.tsx";
import { formatAgo, formatBytes, formatDate } from "../format.ts";
import { t } from "../i18n/index.ts";
import { categories } from "../videos/lists.ts";
import { uploaderOf } from "../videos/words.ts";

const ShareDialog = lazyPart(() =>
  import("../sharing/share-dialog.tsx").then((module) => module.ShareDialog),
);

function Description({ text }: { text: string }) {
  const ref = useRef<HTMLParagraphElement>(null);
  const [open, setOpen] = useState(false);
  const [folds, setFolds] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || open) return;
    // Called when it has its size and before that is seen; measuring at once would lay out the whole page twice.
    const observer = new ResizeObserver(() => setFolds(element.scrollHeight > element.clientHeight + 1));
    observer.observe(element);
    return () => observer.disconnect();
  }, [text, open]);
  return (
    <>
      <p ref={ref} class={open ? "description" : "description description-folded"} dir="auto">
        {open ? text : text.replace(/\n\s*\n/g, "\n")}
      </p>
      {folds && (
        <button
          type="button"
          class="link-button"
          aria-expanded={open}
          onClick={() => setOpen((isOpen) => !isOpen)}
        >
          {t(open ? "watch.less" : "watch.more")}
        </button>
      )}
    </>
  );
}

interface VideoDetailsProps {
  video: Video;
  /** What plays it, where something does. */
  element: HTMLVideoElement | null;
  onChanged(video: Video): void;
  onDeleted(): void;
}

export function VideoDetails({ video, element, onChanged, onDeleted }: VideoDetailsProps) {
  const [asked, setAsked] = useState<"edit" | "delete" | "share" | null>(null);
  const category = categories.value?.find((one) => one.id === video.category_id);
  const close = () => setAsked(null);
  return (
    <section class="details">
      <h1 class="details-title" dir="auto">
        {video.title}
      </h1>
      <div class="details-row">
        <div class="details-who">
          <span class="avatar avatar-still" aria-hidden="true">
            {[...uploaderOf(video)][0]?.toUpperCase()}
          </span>
          <div>
            <strong>
              {video.uploaded_by ? (
                <a class="plain-link" href={`/member/${video.uploaded_by}`} dir="auto">
                  {uploaderOf(video)}
                </a>
              ) : (
                uploaderOf(video)
              )}
            </strong>
            <p class="quiet">
              {t("video.views", { count: video.view_count })} · {formatAgo(video.created_at)}
            </p>
          </div>
        </div>
        <div class="details-actions">
          <Button icon="share" onClick={() => setAsked("share")}>
            {t("action.share")}
          </Button>
          {video.status === "completed" && (
            <ButtonLink icon="download" href={mediaOf(video.id).download} download>
              {t("action.download")}
            </ButtonLink>
          )}
          {video.can_edit && (
            <>
              <Button icon="edit" onClick={() => setAsked("edit")}>
                {t("action.edit")}
              </Button>
              <Button icon="trash" onClick={() => setAsked("delete")}>
                {t("action.delete")}
              </Button>
            </>
          )}
        </div>
      </div>
      <div class="details-more">
        <p class="details-facts">
          {t("watch.uploadedOn", { date: formatDate(video.created_at) })}
          {category && (
            <a class="chip chip-small" href={`/category/${encodeURIComponent(category.slug)}`}>
              {category.name}
            </a>
          )}
          {video.width && video.height && (
            <span class="quiet">
              {t("watch.facts", { width: video.width, height: video.height, size: formatBytes(video.size) })}
            </span>
          )}
        </p>
        {video.description ? (
          <Description text={video.description} />
        ) : (
          <p class="quiet">{t("watch.noDescription")}</p>
        )}
      </div>
      {asked === "share" && (
        <ShareDialog video={video} atS={Math.floor(element?.currentTime ?? 0)} onClose={close} />
      )}
      {asked === "edit" && <EditVideoDialog video={video} onSaved={onChanged} onClose={close} />}
      {asked === "delete" && <DeleteVideoDialog video={video} onDeleted={onDeleted} onClose={close} />}
    </section>
  );
}
