/** Invitations: make one, hand it on as an address or a code, take it back. */
import { useState } from "preact/hooks";
import { admin, type Invitation, type InvitationWishes, type NewInvitation } from "../api/admin.ts";
import type { ApiError } from "../api/index.ts";
import { say, sayError } from "../app/toast.ts";
import { Button, IconButton } from "../components/button.tsx";
import { problemOf, SelectField, TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { PageState } from "../components/page-state.tsx";
import { formatDate } from "../format.ts";
import { t } from "../i18n/index.ts";
import { CopyField } from "../sharing/copy-field.tsx";
import { Paged, usePages } from "./pages.tsx";

const DAYS = [1, 7, 30] as const;

function Invite({ onMade }: { onMade(): void }) {
  const [email, setEmail] = useState("");
  const [note, setNote] = useState("");
  const [days, setDays] = useState("7");
  const [role, setRole] = useState<InvitationWishes["role"]>("user");
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [made, setMade] = useState<NewInvitation | null>(null);
  const make = async () => {
    const wishes: InvitationWishes = { role, expires_in_days: Number(days), note: note.trim() };
    setMade(await admin.invite({ ...wishes, ...(email.trim() ? { email: email.trim() } : {}) }));
    setEmail("");
    setNote("");
    onMade();
  };
  if (made) {
    return (
      <section class="panel" aria-label={t("admin.invitation")}>
        <h2>{t("admin.invitation")}</h2>
        <p class="quiet">{t("admin.invitationText", { date: formatDate(made.expires_at) })}</p>
        <CopyField label={t("admin.invitationAddress")} text={made.url} />
        <Button icon="plus" onClick={() => setMade(null)}>
          {t("admin.another")}
        </Button>
      </section>
    );
  }
  return (
    <section class="panel" aria-label={t("admin.invite")}>
      <h2>{t("admin.invite")}</h2>
      <Form
        label={t("admin.invite")}
        submit={t("admin.makeInvitation")}
        onSubmit={make}
        onProblem={setProblem}
      >
        <TextField
          label={t("admin.inviteNote")}
          hint={t("admin.inviteNoteHint")}
          value={note}
          onValue={setNote}
          maxlength={200}
          problem={problemOf(problem, "note")}
        />
        <TextField
          label={t("admin.inviteEmail")}
          hint={t("admin.inviteEmailHint")}
          type="email"
          autocomplete="off"
          value={email}
          onValue={setEmail}
          maxlength={254}
          problem={problemOf(problem, "email")}
        />
        <div class="form-row">
          <SelectField
            label={t("share.lasts")}
            value={days}
            onValue={setDays}
            options={DAYS.map((count) => ({ value: String(count), text: t("share.days", { count }) }))}
          />
          <SelectField
            label={t("admin.role")}
            value={role}
            onValue={(value) => setRole(value as InvitationWishes["role"])}
            options={[
              { value: "user", text: t("admin.role.user") },
              { value: "admin", text: t("admin.role.admin") },
            ]}
          />
        </div>
      </Form>
    </section>
  );
}

function sayState(invitation: Invitation): string {
  switch (invitation.state) {
    case "open":
      return t("admin.invitation.open", { date: formatDate(invitation.expires_at) });
    case "used":
      return t("admin.invitation.used", { name: invitation.used_by_name ?? t("video.formerMember") });
    case "expired":
      return t("admin.invitation.expired", { date: formatDate(invitation.expires_at) });
    case "revoked":
      return t("admin.invitation.revoked");
  }
}

export function InvitationsSection() {
  const pages = usePages(admin.invitations);
  const revoke = async (invitation: Invitation) => {
    try {
      await admin.revokeInvitation(invitation.id);
      say(t("admin.invitation.taken"));
      await pages.renew();
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <div class="admin-columns">
      <Invite onMade={() => void pages.renew()} />
      <Paged pages={pages} empty={<PageState icon="invite" level={2} title={t("admin.noInvitations")} />}>
        <ul class="admin-list" aria-label={t("admin.nav.invitations")}>
          {pages.items.map((invitation) => {
            const name =
              invitation.note ||
              invitation.email ||
              t("share.linkOf", { date: formatDate(invitation.created_at) });
            return (
              <li key={invitation.id} class="admin-row">
                <div class="admin-words">
                  <p dir="auto">
                    <strong>{name}</strong>
                  </p>
                  <p class="quiet">
                    {[invitation.note && invitation.email, sayState(invitation)].filter(Boolean).join(" · ")}
                  </p>
                </div>
                {invitation.state === "open" && (
                  <IconButton
                    icon="trash"
                    label={t("share.revokeOf", { name })}
                    onClick={() => void revoke(invitation)}
                  />
                )}
              </li>
            );
          })}
        </ul>
      </Paged>
    </div>
  );
}
