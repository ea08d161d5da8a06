/** Signing in, and back to where one wanted to go. */

import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { api } from "../api/index.ts";
import { me, refreshMe, server, wasSignedOut } from "../app/session.ts";
import { EntryCard } from "../components/entry-card.tsx";
import { PasswordField, TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { useTitle } from "../components/use-title.ts";
import { t } from "../i18n/index.ts";
import { safeNext } from "./next.ts";

export function SignInPage() {
  const { query, route } = useLocation();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const signedIn = me.value !== null;
  useTitle(t("signIn.title"));
  useEffect(() => {
    if (signedIn) route(safeNext(query.next), true);
  }, [signedIn]);

  const submit = async () => {
    await api.signIn(username.trim(), password);
    await refreshMe();
  };
  return (
    <EntryCard
      title={server.value?.name ?? t("signIn.title")}
      {...(wasSignedOut.value ? { text: t("signIn.ended") } : {})}
    >
      <Form label={t("signIn.title")} submit={t("action.signIn")} onSubmit={submit}>
        <TextField
          label={t("field.usernameOrEmail")}
          name="username"
          autocomplete="username"
          required
          value={username}
          onValue={setUsername}
        />
        <PasswordField
          label={t("field.password")}
          name="password"
          autocomplete="current-password"
          value={password}
          onValue={setPassword}
        />
      </Form>
      <p class="quiet entry-foot">{t("signIn.invite")}</p>
    </EntryCard>
  );
}
