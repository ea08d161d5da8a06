/** A member's account: the week's quota, e-mail and password, devices, looks and language. */
import "../styles/account.css";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { ChangeEmail, ChangePassword } from "../account/credentials.tsx";
import { Ledger } from "../account/ledger.tsx";
import { SessionList } from "../account/session-list.tsx";
import type { Account } from "../api/index.ts";
import { me, refreshMe, signOut } from "../app/session.ts";
import { sayError } from "../app/toast.ts";
import { ThemeChoice } from "../components/account-menu.tsx";
import { Button } from "../components/button.tsx";
import { SelectField } from "../components/field.tsx";
import { ProgressBar } from "../components/progress-bar.tsx";
import { useTitle } from "../components/use-title.ts";
import { formatBytes, formatDate, formatMoment } from "../format.ts";
import { chooseLanguage, LANGUAGES, type Language, language, t } from "../i18n/index.ts";

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function QuotaSection({ quota }: Account) {
  const text = t("account.quotaText", {
    used: formatBytes(quota.used_bytes),
    limit: formatBytes(quota.limit_bytes),
  });
  const percent = quota.limit_bytes > 0 ? Math.min(100, (quota.used_bytes / quota.limit_bytes) * 100) : 100;
  return (
    <Section title={t("account.quota")}>
      <p class="quota-words tabular">{text}</p>
      <ProgressBar
        percent={percent}
        label={t("account.quota")}
        text={text}
        tone={percent >= 100 ? "bad" : "still"}
      />
      <p class="quiet tabular">
        {t("account.quotaReset", {
          left: formatBytes(quota.left_bytes),
          date: formatMoment(quota.next_reset),
        })}
      </p>
      <Ledger />
    </Section>
  );
}

function SignInSection({ email }: Account) {
  const [open, setOpen] = useState<"email" | "password" | null>(null);
  const close = () => setOpen(null);
  return (
    <Section title={t("account.signIn")}>
      <div class="panel-row">
        <div>
          <p class="quiet">{t("field.email")}</p>
          <p>{email}</p>
        </div>
        <Button onClick={() => setOpen("email")}>{t("account.changeEmail")}</Button>
      </div>
      <div class="panel-row">
        <div>
          <p class="quiet">{t("field.password")}</p>
          <p aria-hidden="true">••••••••</p>
        </div>
        <Button onClick={() => setOpen("password")}>{t("account.changePassword")}</Button>
      </div>
      {open === "email" && <ChangeEmail email={email} onClose={close} />}
      {open === "password" && <ChangePassword onClose={close} />}
    </Section>
  );
}

export function AccountPage() {
  useTitle(t("account.title"));
  useEffect(() => void refreshMe(), []);
  const account = me.value;
  if (!account) return null;
  return (
    <div class="account">
      <div class="account-head">
        <span class="avatar avatar-large" aria-hidden="true">
          {[...account.username][0]?.toUpperCase()}
        </span>
        <div>
          <h1 dir="auto">{account.username}</h1>
          <p class="quiet">
            {t("account.member", { date: formatDate(account.created_at) })} ·{" "}
            <a href="/mine">{t("account.videos", { count: account.video_count })}</a>
          </p>
        </div>
        <Button icon="signOut" onClick={() => signOut().catch(sayError)}>
          {t("action.signOut")}
        </Button>
      </div>
      <QuotaSection {...account} />
      <SignInSection {...account} />
      <Section title={t("account.look")}>
        <ThemeChoice />
        <SelectField
          label={t("account.language")}
          value={language.value}
          onValue={(chosen) => void chooseLanguage(chosen as Language)}
          options={Object.entries(LANGUAGES).map(([value, text]) => ({ value, text }))}
        />
      </Section>
      <Section title={t("account.sessions")}>
        <SessionList />
      </Section>
    </div>
  );
}
