/** The pages for when there is nothing to show: not found, offline, crashed. */
import { startSession } from "../app/session.ts";
import { Button, ButtonLink } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { useTitle } from "../components/use-title.ts";
import { t } from "../i18n/index.ts";

export function NotFoundPage() {
  useTitle(t("notFound.title"));
  return (
    <PageState icon="search" title={t("notFound.title")} text={t("notFound.text")}>
      <ButtonLink tone="main" href="/">
        {t("action.back")}
      </ButtonLink>
    </PageState>
  );
}

export function OfflinePage() {
  useTitle(t("offline.title"));
  return (
    <PageState icon="network" title={t("offline.title")} text={t("offline.text")}>
      <Button tone="main" icon="retry" onClick={() => void startSession()}>
        {t("action.retry")}
      </Button>
    </PageState>
  );
}

export function CrashPage() {
  useTitle(t("crash.title"));
  return (
    <PageState icon="warning" title={t("crash.title")} text={t("crash.text")}>
      <Button tone="main" icon="retry" onClick={() => location.reload()}>
        {t("crash.reload")}
      </Button>
    </PageState>
  );
}
