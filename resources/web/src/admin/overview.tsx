/** The server at a glance: people, videos, work, room. */
import { useEffect, useState } from "preact/hooks";
import { admin, type Stats } from "../api/admin.ts";
import { ApiError } from "../api/index.ts";
import { ButtonLink } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { formatBytes, formatNumber, formatTimeLeft } from "../format.ts";
import { t } from "../i18n/index.ts";

const ASK_AGAIN_MS = 5000;

function Fact({ label, value, note, href }: { label: string; value: string; note?: string; href?: string }) {
  return (
    <div class="fact">
      <dt>{href ? <a href={href}>{label}</a> : label}</dt>
      <dd>
        <span class="fact-value">{value}</span>
        {note && <span class="quiet">{note}</span>}
      </dd>
    </div>
  );
}

export function OverviewSection() {
  const [stats, setStats] = useState<Stats | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  useEffect(() => {
    const read = () => {
      if (document.hidden) return;
      admin.stats().then(
        (answer) => {
          setStats(answer);
          setProblem(null);
        },
        (error: unknown) => {
          if (!(error instanceof ApiError)) throw error;
          setProblem(error);
        },
      );
    };
    read();
    const timer = setInterval(read, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  if (problem && !stats) return <PageState icon="warning" level={2} title={problem.message} />;
  if (!stats) return null;
  const { completed = 0, failed = 0 } = stats.videos_by_status;
  return (
    <>
      <dl class="facts">
        <Fact
          label={t("admin.people")}
          value={formatNumber(stats.active_users)}
          note={t("admin.peopleNote", { count: stats.users })}
          href="/admin/people"
        />
        <Fact label={t("admin.viewers")} value={formatNumber(stats.viewers_now)} />
        <Fact
          label={t("admin.videos")}
          value={formatNumber(completed)}
          {...(failed > 0 ? { note: t("admin.failedNote", { count: failed }) } : {})}
        />
        <Fact
          label={t("admin.work")}
          value={formatNumber(stats.jobs_running)}
          note={t("admin.queuedNote", { count: stats.jobs_queued })}
          href="/admin/queue"
        />
        <Fact
          label={t("admin.stored")}
          value={formatBytes(stats.bytes_stored)}
          note={t("admin.freeNote", { size: formatBytes(stats.bytes_free) })}
        />
        <Fact
          label={t("admin.served")}
          value={formatBytes(stats.bytes_served)}
          note={t("admin.uptimeNote", { time: formatTimeLeft(stats.uptime_s) })}
        />
      </dl>
      <div class="admin-actions">
        <ButtonLink tone="main" icon="invite" href="/admin/invitations">
          {t("admin.invite")}
        </ButtonLink>
      </div>
    </>
  );
}
