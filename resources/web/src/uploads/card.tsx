/** One file on its way: its picture, its title to edit, one bar, one line, and what one may do about it. */
import { useEffect, useState } from "preact/hooks";
import { say } from "../app/toast.ts";
import { Button, ButtonLink, IconButton } from "../components/button.tsx";
import { Select } from "../components/field.tsx";
import { Icon } from "../components/icon.tsx";
import { ProgressBar } from "../components/progress-bar.tsx";
import { categoryOptions } from "../components/video-dialogs.tsx";
import { formatBytes } from "../format.ts";
import { t } from "../i18n/index.ts";
import type { UploadItem } from "./item.ts";
import type { Phase } from "./machine.ts";
import { pause, remove, resume, tellChanges } from "./queue.ts";
import { isBehind, isPausable, sendFirst } from "./together.ts";
import { sayUpload } from "./words.ts";

const LONGEST_TITLE = 200;

function toneOf({ at }: Phase) {
  if (at === "done") return "good";
  if (at === "refused" || at === "failed") return "bad";
  return at === "paused" || at === "unchosen" || at === "retrying" ? "still" : "work";
}

/** Counts down while an upload waits for its next attempt. */
function useNow(active: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!active) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [active]);
  return now;
}

function Actions({ item, onChoose }: { item: UploadItem; onChoose(): void }) {
  const { phase, videoId } = item.state.value;
  const pausable = isPausable(item);
  const over = phase.at === "done" || phase.at === "refused" || phase.at === "failed";
  return (
    <div class="upload-actions">
      {/* What goes on with it stands first, so that the focus stays there when one takes the other's place. */}
      {phase.at === "preparing" && phase.watchable && videoId && (
        <ButtonLink icon="play" href={`/watch/${videoId}`}>
          {t("upload.watchAlready")}
        </ButtonLink>
      )}
      {pausable && <IconButton icon="pause" label={t("action.pause")} onClick={() => pause(item)} />}
      {phase.at === "paused" && (
        <Button icon="play" onClick={() => resume(item)}>
          {t("action.resume")}
        </Button>
      )}
      {phase.at === "failed" && phase.canRetry && (
        <Button icon="retry" onClick={() => resume(item)}>
          {t("action.retry")}
        </Button>
      )}
      {phase.at === "unchosen" && (
        <Button icon="plus" onClick={onChoose}>
          {t("upload.resumeChoose")}
        </Button>
      )}
      {phase.at === "done" && videoId && (
        <ButtonLink icon="play" href={`/watch/${videoId}`}>
          {t("action.watch")}
        </ButtonLink>
      )}
      {isBehind(item) && (
        <IconButton
          icon="arrowUp"
          label={t("upload.first", { title: item.title.value })}
          onClick={() => sendFirst(item)}
        />
      )}
      <IconButton
        icon="close"
        label={over || videoId ? t("action.remove") : t("action.cancel")}
        onClick={() => remove(item)}
      />
    </div>
  );
}

export function UploadCard({ item, onChoose }: { item: UploadItem; onChoose(): void }) {
  const state = item.state.value;
  const { phase } = state;
  const now = useNow(phase.at === "retrying");
  const words = sayUpload(state, item.rate.value, now);
  const title = item.title.value;
  const editable = phase.at !== "refused" && phase.at !== "failed" && phase.at !== "unchosen";

  const keepTitle = () => {
    if (!item.title.value.trim()) {
      item.title.value = item.told.title;
      say(t("upload.titleMissing"));
    }
    void tellChanges(item);
  };
  return (
    <li class={`upload-card upload-${toneOf(phase)}`} aria-label={item.mark.name}>
      <span class="thumb">
        {item.picture.value ? (
          <img class="thumb-whole" src={item.picture.value} alt="" />
        ) : (
          <Icon name="video" size={40} />
        )}
      </span>
      <div class="upload-words">
        {editable ? (
          <div class="upload-fields">
            <input
              class="input upload-title"
              aria-label={t("field.title")}
              dir="auto"
              maxlength={LONGEST_TITLE}
              value={title}
              onInput={(event) => {
                item.title.value = event.currentTarget.value;
              }}
              onChange={keepTitle}
            />
            <Select
              label={t("field.category")}
              value={item.categoryId.value ?? ""}
              onValue={(value) => {
                item.categoryId.value = value || null;
                void tellChanges(item);
              }}
              options={categoryOptions()}
            />
          </div>
        ) : (
          <p class="upload-name" dir="auto">
            {title}
          </p>
        )}
        <ProgressBar
          percent={state.percent}
          label={t("upload.progress", { title: title || item.mark.name })}
          text={words}
          tone={toneOf(phase)}
        />
        <p class="upload-status">
          <span aria-live={phase.at === "sending" || phase.at === "preparing" ? "off" : "polite"}>
            {words}
          </span>
          <span class="upload-size">{formatBytes(item.mark.size)}</span>
        </p>
      </div>
      <Actions item={item} onChoose={onChoose} />
    </li>
  );
}
