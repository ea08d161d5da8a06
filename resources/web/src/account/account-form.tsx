/** The fields of a new account, for an invitation and for the first set-up. */
import { useState } from "preact/hooks";
import type { ApiError, api, NewAccount } from "../api/index.ts";
import { refreshMe } from "../app/session.ts";
import { EmailField, problemOf, TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { t } from "../i18n/index.ts";
import { NewPasswordField } from "./new-password.tsx";

interface AccountFormProps {
  label: string;
  submit: string;
  token: string;
  email?: string;
  send: typeof api.join;
  onDone(): void;
}

export function AccountForm({ label, submit, token, email: invited = "", send, onDone }: AccountFormProps) {
  const [email, setEmail] = useState(invited);
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<ApiError | null>(null);

  const create = async () => {
    const account: NewAccount = { token, email: email.trim(), username: username.trim(), password };
    await send(account);
    await refreshMe();
    onDone();
  };
  return (
    <Form label={label} submit={submit} onSubmit={create} onProblem={setProblem}>
      <TextField
        label={t("field.username")}
        name="username"
        autocomplete="username"
        required
        maxlength={64}
        value={username}
        onValue={setUsername}
        problem={problemOf(problem, "username")}
      />
      <EmailField value={email} onValue={setEmail} problem={problemOf(problem, "email")} />
      <NewPasswordField
        label={t("field.password")}
        name="password"
        own={[username, ...email.split(/[@.]/)]}
        value={password}
        onValue={setPassword}
        problem={problemOf(problem, "password")}
      />
    </Form>
  );
}
