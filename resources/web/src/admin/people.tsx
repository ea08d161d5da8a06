/** Everybody with an account: their role, whether they may come in, and what to do about a lost password. */
import { useState } from "preact/hooks";
import { admin, type Person, type ResetAddress } from "../api/admin.ts";
import { me } from "../app/session.ts";
import { say, sayError } from "../app/toast.ts";
import { Button, IconButton } from "../components/button.tsx";
import { ConfirmDialog, type Way } from "../components/confirm-dialog.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Select } from "../components/field.tsx";
import { formatBytes, formatDate, formatMoment } from "../format.ts";
import { t } from "../i18n/index.ts";
import { CopyField } from "../sharing/copy-field.tsx";
import { Paged, usePages } from "./pages.tsx";

type Asked = { person: Person; what: "delete" | "signOut" } | { person: Person; reset: ResetAddress };

interface RowProps {
  person: Person;
  onChanged(person: Person): void;
  onAsk(asked: Asked): void;
}

function PersonRow({ person, onChanged, onAsk }: RowProps) {
  const isMe = person.id === me.value?.id;
  const change = (changing: Promise<Person>) => changing.then(onChanged, sayError);
  return (
    <li class="admin-row" aria-label={person.username}>
      <span class="avatar avatar-still" aria-hidden="true">
        {[...person.username][0]?.toUpperCase()}
      </span>
      <div class="admin-words">
        <p>
          <a class="plain-link" href={`/member/${person.id}`} dir="auto">
            <strong>{person.username}</strong>
          </a>
          {isMe && <span class="quiet"> · {t("admin.you")}</span>}
          {!person.is_active && <span class="badge badge-bad">{t("admin.disabled")}</span>}
        </p>
        <p class="quiet">
          {person.email} · {t("account.member", { date: formatDate(person.created_at) })} ·{" "}
          {t("account.videos", { count: person.video_count })} ·{" "}
          {t("admin.thisWeek", { size: formatBytes(person.weekly_upload_bytes) })}
        </p>
      </div>
      <div class="admin-row-actions">
        <Select
          label={t("admin.roleOf", { name: person.username })}
          value={person.role}
          onValue={(role) => void change(admin.changeRole(person.id, role as Person["role"]))}
          options={[
            { value: "user", text: t("admin.role.user") },
            { value: "admin", text: t("admin.role.admin") },
          ]}
        />
        {!isMe && (
          <>
            <Button onClick={() => void change(admin.changeActive(person.id, !person.is_active))}>
              {t(person.is_active ? "admin.disable" : "admin.enable")}
            </Button>
            <span class="admin-row-icons">
              <IconButton
                icon="key"
                label={t("admin.resetPassword")}
                onClick={() =>
                  void admin.resetAddress(person.id).then((reset) => onAsk({ person, reset }), sayError)
                }
              />
              <IconButton
                icon="signOut"
                label={t("admin.signOut")}
                onClick={() => onAsk({ person, what: "signOut" })}
              />
              <IconButton
                icon="trash"
                label={t("action.delete")}
                onClick={() => onAsk({ person, what: "delete" })}
              />
            </span>
          </>
        )}
      </div>
    </li>
  );
}

function DeleteDialog({ person, onDone, onClose }: { person: Person; onDone(): void; onClose(): void }) {
  const remove = async (videos: "keep" | "delete") => {
    await admin.deletePerson(person.id, videos);
    say(t("admin.deleted", { name: person.username }));
    onDone();
  };
  const hasVideos = person.video_count > 0;
  const keep: Way = { text: t("admin.deleteKeep"), tone: "plain", act: () => remove("keep") };
  const drop: Way = {
    text: t(hasVideos ? "admin.deleteAll" : "action.delete"),
    tone: "bad",
    icon: "trash",
    act: () => remove("delete"),
  };
  return (
    <ConfirmDialog
      title={t("admin.deleteTitle", { name: person.username })}
      ways={hasVideos ? [keep, drop] : [drop]}
      onClose={onClose}
    >
      {hasVideos ? t("admin.deleteText", { count: person.video_count }) : t("admin.deleteTextNone")}
    </ConfirmDialog>
  );
}

function SignOutDialog({ person, onClose }: { person: Person; onClose(): void }) {
  const end = async () => {
    await admin.signOut(person.id);
    say(t("admin.signedOut", { name: person.username }));
  };
  return (
    <ConfirmDialog
      title={t("admin.signOutTitle", { name: person.username })}
      ways={[{ text: t("admin.signOut"), tone: "main", act: end }]}
      onClose={onClose}
    >
      {t("admin.signOutText")}
    </ConfirmDialog>
  );
}

export function PeopleSection() {
  const pages = usePages(admin.people);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  return (
    <Paged pages={pages} empty={null}>
      <ul class="admin-list" aria-label={t("admin.nav.people")}>
        {pages.items.map((person) => (
          <PersonRow key={person.id} person={person} onChanged={pages.replace} onAsk={setAsked} />
        ))}
      </ul>
      {asked && "reset" in asked && (
        <Dialog title={t("admin.resetTitle", { name: asked.person.username })} onClose={close}>
          <p>{t("admin.resetText", { date: formatMoment(asked.reset.expires_at) })}</p>
          <CopyField label={t("admin.resetAddress")} text={asked.reset.url} />
          <div class="dialog-actions">
            <Button onClick={close}>{t("action.close")}</Button>
          </div>
        </Dialog>
      )}
      {asked && "what" in asked && asked.what === "delete" && (
        <DeleteDialog person={asked.person} onDone={() => void pages.renew()} onClose={close} />
      )}
      {asked && "what" in asked && asked.what === "signOut" && (
        <SignOutDialog person={asked.person} onClose={close} />
      )}
    </Paged>
  );
}
