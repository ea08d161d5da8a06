/** The queue: what is got ready now, what waits, what went wrong, and what to do about each. */
import { useEffect } from "preact/hooks";
import { admin, type Job, type JobAction } from "../api/admin.ts";
import { say, sayError } from "../app/toast.ts";
import { Button, IconButton } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { ProgressBar } from "../components/progress-bar.tsx";
import { formatAgo, formatNumber, formatPercent, formatTimeLeft } from "../format.ts";
import { saySentence, t } from "../i18n/index.ts";
import { Paged, usePages } from "./pages.tsx";

const ASK_AGAIN_MS = 2000;

const SETTLED: readonly Job["state"][] = ["done", "failed", "cancelled"];

function sayJob(job: Job): string {
  switch (job.state) {
    case "queued":
      return job.place === null ? t("watch.waitingPlain") : t("watch.waiting", { place: job.place });
    case "running": {
      const percent = formatPercent(job.percent);
      const words =
        job.eta_ms === null
          ? t("watch.preparing", { percent })
          : t("watch.preparingEta", { percent, time: formatTimeLeft(job.eta_ms / 1000) });
      return job.speed === null
        ? words
        : `${words} · ${t("admin.speed", { speed: formatNumber(Math.round(job.speed * 10) / 10) })}`;
    }
    case "pausing":
    case "paused":
      return t("watch.paused");
    case "cancelling":
      return t("admin.job.cancelling");
    case "cancelled":
      return t("admin.job.cancelled");
    case "failed":
      return job.error === null ? t("video.failed") : saySentence(job.error);
    case "done":
      return t("admin.job.done", { when: formatAgo(job.finished_at ?? job.created_at) });
  }
}

interface RowProps {
  job: Job;
  /** The job before it in the queue, to change places with. */
  before: Job | null;
  onDone(): void;
}

function JobRow({ job, before, onDone }: RowProps) {
  const act = (action: JobAction) => admin.actOnJob(job.id, action).then(onDone, sayError);
  const move = (to: Parameters<typeof admin.moveJob>[1]) =>
    admin.moveJob(job.id, to).then(() => {
      say(t("admin.job.moved"));
      onDone();
    }, sayError);
  const words = sayJob(job);
  const title = job.video_title;
  const waits = job.state === "queued";
  const runs = job.state === "running";
  return (
    <li class="admin-row" aria-label={title}>
      <div class="admin-words">
        <p dir="auto">
          <a class="plain-link" href={`/watch/${job.video_id}`}>
            <strong>{title}</strong>
          </a>
          <span class="quiet"> · {job.uploader_name ?? t("video.formerMember")}</span>
        </p>
        {(runs || job.state === "paused") && (
          <ProgressBar
            percent={job.percent}
            label={t("upload.progress", { title })}
            text={words}
            tone={runs ? "work" : "still"}
          />
        )}
        <p class={job.state === "failed" ? "mine-failed" : "quiet tabular"}>{words}</p>
        {(job.detail || job.reasons.length > 0) && (
          <details>
            <summary>{t("admin.job.details")}</summary>
            <p class="quiet job-detail">{[...job.reasons, job.detail].filter(Boolean).join("\n")}</p>
          </details>
        )}
      </div>
      <div class="admin-row-actions">
        {/* What goes on with it stands first, so that the focus stays there when one takes the other's place. */}
        {(waits || runs || job.state === "pausing") && (
          <IconButton
            icon="pause"
            label={t("admin.job.pauseOf", { title })}
            busy={job.state === "pausing"}
            onClick={() => void act("pause")}
          />
        )}
        {job.state === "paused" && (
          <Button icon="play" onClick={() => void act("resume")}>
            {t("action.resume")}
          </Button>
        )}
        {(job.state === "failed" || job.state === "cancelled") && (
          <Button icon="retry" onClick={() => void act("retry")}>
            {t("action.retry")}
          </Button>
        )}
        {waits && before && (
          <>
            <IconButton
              icon="arrowUp"
              label={t("admin.job.earlier", { title })}
              onClick={() => void move({ before: before.id })}
            />
            <Button icon="next" onClick={() => void move({ to: "next" })}>
              {t("admin.job.next")}
            </Button>
          </>
        )}
        {!SETTLED.includes(job.state) && (
          <IconButton
            icon="close"
            label={t("admin.job.cancelOf", { title })}
            busy={job.state === "cancelling"}
            onClick={() => void act("cancel")}
          />
        )}
      </div>
    </li>
  );
}

export function QueueSection() {
  const pages = usePages(admin.jobs);
  const renew = () => void pages.renew();
  const moving = pages.items.some((job) => !SETTLED.includes(job.state));
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => {
      if (!document.hidden) renew();
    }, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [moving]);
  const waiting = pages.items
    .filter((job) => job.state === "queued")
    .sort((a, b) => (a.place ?? 0) - (b.place ?? 0));
  const working = pages.items.filter((job) => !SETTLED.includes(job.state) && job.state !== "queued");
  const settled = pages.items.filter((job) => SETTLED.includes(job.state));
  return (
    <Paged pages={pages} empty={<PageState icon="queue" level={2} title={t("admin.job.none")} />}>
      <ul class="admin-list" aria-label={t("admin.nav.queue")}>
        {[...working, ...waiting, ...settled].map((job) => (
          <JobRow key={job.id} job={job} before={waiting[waiting.indexOf(job) - 1] ?? null} onDone={renew} />
        ))}
      </ul>
    </Paged>
  );
}
