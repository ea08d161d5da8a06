/** What a one-time address from an admin opens: a new password, and one is in. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { NewPasswordField } from "../account/new-password.tsx";
import { type ApiError, api } from "../api/index.ts";
import { refreshMe } from "../app/session.ts";
import { say } from "../app/toast.ts";
import { EntryCard } from "../components/entry-card.tsx";
import { problemOf } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { useTitle } from "../components/use-title.ts";
import { t } from "../i18n/index.ts";

export function ResetPage({ token = "" }: { token?: string }) {
  const { route } = useLocation();
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<ApiError | null>(null);
  const title = t("reset.title");
  useTitle(title);
  const save = async () => {
    await api.resetPassword(token, password);
    await refreshMe();
    say(t("account.passwordSaved"));
    route("/", true);
  };
  return (
    <EntryCard title={title} text={t("reset.text")}>
      <Form label={title} submit={t("reset.submit")} onSubmit={save} onProblem={setProblem}>
        <NewPasswordField
          label={t("field.passwordNew")}
          value={password}
          onValue={setPassword}
          problem={problemOf(problem, "password")}
        />
      </Form>
    </EntryCard>
  );
}
