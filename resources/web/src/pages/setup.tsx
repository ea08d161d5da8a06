/** The one-time address of a new server: its first account, an admin's. */
import { useLocation } from "preact-iso/router";
import { AccountForm } from "../account/account-form.tsx";
import { api } from "../api/index.ts";
import { server } from "../app/session.ts";
import { ButtonLink } from "../components/button.tsx";
import { EntryCard } from "../components/entry-card.tsx";
import { PageState } from "../components/page-state.tsx";
import { useTitle } from "../components/use-title.ts";
import { t } from "../i18n/index.ts";

export function SetupPage({ token = "" }: { token?: string }) {
  const { route } = useLocation();
  const title = t("setup.title", { server: server.value?.name ?? "Clipset" });
  useTitle(title);
  if (server.value && !server.value.setup_needed) {
    return (
      <PageState icon="check" title={t("setup.done.title")} text={t("setup.done.text")}>
        <ButtonLink tone="main" href="/signin">
          {t("action.signIn")}
        </ButtonLink>
      </PageState>
    );
  }
  const finish = () => {
    if (server.value) server.value = { ...server.value, setup_needed: false };
    route("/", true);
  };
  return (
    <EntryCard title={title} text={t("setup.text")}>
      <AccountForm label={title} submit={t("setup.submit")} token={token} send={api.setUp} onDone={finish} />
    </EntryCard>
  );
}
