/** Sharing a video: its address for members, and links that let somebody without an account watch it for a while. */
import { useEffect, useState } from "preact/hooks";
import { ApiError, api, type NewShareLink, type ShareLink, type Video } from "../api/index.ts";
import { say, sayError } from "../app/toast.ts";
import { Button, IconButton } from "../components/button.tsx";
import { Dialog } from "../components/dialog.tsx";
import { SelectField, Switch, TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { formatAgo, formatDate, formatDuration } from "../format.ts";
import { t } from "../i18n/index.ts";
import { CopyField } from "./copy-field.tsx";

const DAYS = [1, 7, 30, 365] as const;
const LONGEST_NOTE = 200;

function LinkRow({ link, onRevoke }: { link: ShareLink; onRevoke(): void }) {
  const name = link.note || t("share.linkOf", { date: formatDate(link.created_at) });
  return (
    <li class="panel-row">
      <div class="panel-words">
        <p dir="auto">{name}</p>
        <p class="quiet">
          {t("share.until", { date: formatDate(link.expires_at) })} ·{" "}
          {link.last_used_at ? t("share.used", { when: formatAgo(link.last_used_at) }) : t("share.unused")}
        </p>
      </div>
      <IconButton icon="trash" label={t("share.revokeOf", { name })} onClick={onRevoke} />
    </li>
  );
}

function Links({ video }: { video: Video }) {
  const [links, setLinks] = useState<ShareLink[] | null>(null);
  const [missing, setMissing] = useState(false);
  const [days, setDays] = useState("7");
  const [note, setNote] = useState("");
  const [made, setMade] = useState<NewShareLink | null>(null);
  useEffect(() => {
    api.links(video.id).then(
      (page) => setLinks(page.items),
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        // A server of an earlier version has no links.
        if (error.status === 404) setMissing(true);
        else sayError(error);
      },
    );
  }, [video.id]);
  if (missing) return null;

  const make = async () => {
    const link = await api.makeLink(video.id, { expires_in_days: Number(days), note: note.trim() });
    setMade(link);
    setNote("");
    setLinks((before) => [link, ...(before ?? [])]);
  };
  const revoke = async (link: ShareLink) => {
    try {
      await api.revokeLink(video.id, link.id);
      setLinks((before) => before?.filter((one) => one.id !== link.id) ?? null);
      if (made?.id === link.id) setMade(null);
      say(t("share.revoked"));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <section class="share-links">
      <h3>{t("share.outside")}</h3>
      <p class="quiet">{t("share.outsideText")}</p>
      {made ? (
        <>
          <CopyField label={t("share.newLink")} text={made.url} />
          <p class="quiet">{t("share.once")}</p>
          <Button icon="plus" onClick={() => setMade(null)}>
            {t("share.another")}
          </Button>
        </>
      ) : (
        <Form label={t("share.outside")} submit={t("share.make")} onSubmit={make} tone="plain">
          <SelectField
            label={t("share.lasts")}
            value={days}
            onValue={setDays}
            options={DAYS.map((count) => ({ value: String(count), text: t("share.days", { count }) }))}
          />
          <TextField label={t("share.note")} value={note} onValue={setNote} maxlength={LONGEST_NOTE} />
        </Form>
      )}
      {links !== null && links.length > 0 && (
        <ul class="share-list" aria-label={t("share.list")}>
          {links.map((link) => (
            <LinkRow key={link.id} link={link} onRevoke={() => void revoke(link)} />
          ))}
        </ul>
      )}
    </section>
  );
}

export function ShareDialog({ video, atS, onClose }: { video: Video; atS: number; onClose(): void }) {
  const [fromHere, setFromHere] = useState(false);
  const place = `${location.origin}/watch/${video.id}`;
  return (
    <Dialog title={t("share.title")} onClose={onClose}>
      <CopyField label={t("share.members")} text={fromHere ? `${place}?t=${atS}` : place} />
      {atS > 0 && (
        <Switch checked={fromHere} onChecked={setFromHere}>
          {t("share.fromHere", { time: formatDuration(atS) })}
        </Switch>
      )}
      {video.can_edit && <Links video={video} />}
      <div class="dialog-actions">
        <Button onClick={onClose}>{t("action.close")}</Button>
      </div>
    </Dialog>
  );
}
