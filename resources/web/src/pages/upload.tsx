/** Uploading: choose or drop files, watch each one on its way until it plays. */
import "../styles/upload.css";
import "../uploads/awake.ts";
import { useEffect, useId, useRef } from "preact/hooks";
import { me } from "../app/session.ts";
import { say } from "../app/toast.ts";
import { Button } from "../components/button.tsx";
import { Icon } from "../components/icon.tsx";
import { useTitle } from "../components/use-title.ts";
import { formatBytes, formatMoment } from "../format.ts";
import { t } from "../i18n/index.ts";
import { UploadCard } from "../uploads/card.tsx";
import { addFiles } from "../uploads/queue.ts";
import { droppedFiles, pageIsNeeded, unreservedBytes, uploads } from "../uploads/store.ts";
import { clearSettled, isPausable, isSettled, pauseAll, resumeAll } from "../uploads/together.ts";
import { loadCategories } from "../videos/lists.ts";

/** Some systems know no type for these endings; the server judges by content anyway. */
const ACCEPTED = "video/*,.mp4,.m4v,.mov,.mkv,.webm,.avi";

/** Fingers drop nothing. */
const CAN_DROP = matchMedia("(pointer: fine)").matches;

function QuotaLine() {
  const quota = me.value?.quota;
  if (!quota) return null;
  const needed = unreservedBytes.value;
  const date = formatMoment(quota.next_reset);
  if (needed > quota.left_bytes) {
    const size = formatBytes(needed);
    return (
      <p class="over-quota tabular">
        {t("upload.overQuota", { size, left: formatBytes(quota.left_bytes), date })}
      </p>
    );
  }
  const text =
    needed > 0
      ? t("upload.cost", { size: formatBytes(needed), left: formatBytes(quota.left_bytes - needed), date })
      : t("upload.quota", {
          used: formatBytes(quota.used_bytes),
          limit: formatBytes(quota.limit_bytes),
          date,
        });
  return <p class="quiet tabular">{text}</p>;
}

function Together() {
  const list = uploads.value;
  if (list.length < 2) return null;
  return (
    <div class="upload-together">
      {list.some(isPausable) && (
        <Button icon="pause" onClick={pauseAll}>
          {t("upload.pauseAll")}
        </Button>
      )}
      {list.some((item) => item.state.value.phase.at === "paused") && (
        <Button icon="play" onClick={resumeAll}>
          {t("upload.resumeAll")}
        </Button>
      )}
      {list.some(isSettled) && (
        <Button icon="check" onClick={clearSettled}>
          {t("upload.clear")}
        </Button>
      )}
    </div>
  );
}

function take(files: Iterable<File>): void {
  for (const name of addFiles([...files])) say(t("upload.duplicate", { name }));
}

export function UploadPage() {
  useTitle(t("upload.title"));
  const input = useRef<HTMLInputElement>(null);
  const inputId = useId();
  const dropped = droppedFiles.value;
  const list = uploads.value;

  useEffect(() => {
    void loadCategories();
  }, []);
  useEffect(() => {
    if (dropped.length === 0) return;
    take(dropped);
    droppedFiles.value = [];
  }, [dropped]);

  const choose = () => input.current?.click();
  const empty = list.length === 0;
  return (
    <div class="upload">
      <div class="page-head">
        <h1>{t("upload.title")}</h1>
        <QuotaLine />
      </div>
      <div class={empty ? "drop drop-large" : "drop"}>
        {empty && (
          <span class="page-state-icon">
            <Icon name="upload" size={40} />
          </span>
        )}
        <p class="drop-words">{t(CAN_DROP ? "upload.drop" : "upload.pick")}</p>
        {empty && <p class="quiet">{t("upload.hint")}</p>}
        <label class="visually-hidden" for={inputId}>
          {t("upload.choose")}
        </label>
        <input
          ref={input}
          id={inputId}
          class="visually-hidden"
          type="file"
          multiple
          accept={ACCEPTED}
          tabIndex={-1}
          onChange={(event) => {
            take(event.currentTarget.files ?? []);
            // The same file may be chosen again, for example after it was removed.
            event.currentTarget.value = "";
          }}
        />
        <Button tone={empty ? "main" : "plain"} icon="plus" onClick={choose}>
          {t(empty ? "upload.choose" : "upload.chooseMore")}
        </Button>
      </div>
      {pageIsNeeded.value && <p class="upload-note quiet">{t("upload.keepOpen")}</p>}
      <Together />
      <ul class="upload-list" aria-label={t("upload.list")}>
        {list.map((item) => (
          <UploadCard key={item.id} item={item} onChoose={choose} />
        ))}
      </ul>
    </div>
  );
}
