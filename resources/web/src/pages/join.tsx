/** What an invitation link opens: an account in three fields, or why the link no longer works. */

import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { AccountForm } from "../account/account-form.tsx";
import { ApiError, api, type InvitationCheck } from "../api/index.ts";
import { me, server } from "../app/session.ts";
import { ButtonLink } from "../components/button.tsx";
import { EntryCard } from "../components/entry-card.tsx";
import { PageState } from "../components/page-state.tsx";
import { useTitle } from "../components/use-title.ts";
import { formatDate } from "../format.ts";
import { t } from "../i18n/index.ts";

export function JoinPage({ token = "" }: { token?: string }) {
  const { route } = useLocation();
  const [invitation, setInvitation] = useState<InvitationCheck | null>(null);
  const [problem, setProblem] = useState("");
  const name = server.value?.name ?? "Clipset";
  const title = t("join.title", { server: name });
  useTitle(title);
  useEffect(() => {
    api.checkInvitation(token).then(setInvitation, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error.message);
    });
  }, [token]);

  if (me.value) {
    return (
      <PageState
        icon="check"
        title={t("join.signedIn.title")}
        text={t("join.signedIn.text", { name: me.value.username })}
      >
        <ButtonLink tone="main" href="/">
          {t("action.back")}
        </ButtonLink>
      </PageState>
    );
  }
  if (problem) return <PageState icon="warning" title={problem} />;
  if (!invitation) return null;
  if (!invitation.valid) {
    return (
      <PageState icon="invite" title={t("join.unusable.title")} text={t("join.unusable.text")}>
        <ButtonLink href="/signin">{t("action.signIn")}</ButtonLink>
      </PageState>
    );
  }
  return (
    <EntryCard title={title} text={t("join.text")}>
      <AccountForm
        label={title}
        submit={t("join.submit")}
        token={token}
        email={invitation.email ?? ""}
        send={api.join}
        onDone={() => route("/", true)}
      />
      {invitation.expires_at && (
        <p class="quiet entry-foot">{t("join.until", { date: formatDate(invitation.expires_at) })}</p>
      )}
    </EntryCard>
  );
}
