/** Dialogs for changing e-mail and password; both ask for the current password. */
import { useState } from "preact/hooks";
import { type AccountChanges, type ApiError, api } from "../api/index.ts";
import { me } from "../app/session.ts";
import { say } from "../app/toast.ts";
import { Dialog } from "../components/dialog.tsx";
import { Form } from "../components/entry-card.tsx";
import { PasswordField, problemOf, TextField } from "../components/field.tsx";
import { t } from "../i18n/index.ts";
import { NewPasswordField } from "./new-password.tsx";

async function change(changes: AccountChanges): Promise<void> {
  me.value = await api.changeMe(changes);
}

export function ChangeEmail({ email: before, onClose }: { email: string; onClose(): void }) {
  const [email, setEmail] = useState(before);
  const [current, setCurrent] = useState("");
  const [problem, setProblem] = useState<ApiError | null>(null);
  const save = async () => {
    await change({ email: email.trim(), current_password: current });
    say(t("account.emailSaved"));
    onClose();
  };
  const title = t("account.changeEmail");
  return (
    <Dialog title={title} onClose={onClose}>
      <Form label={title} submit={t("action.save")} onSubmit={save} onProblem={setProblem}>
        <TextField
          label={t("field.email")}
          type="email"
          autocomplete="email"
          required
          maxlength={254}
          value={email}
          onValue={setEmail}
          problem={problemOf(problem, "email")}
        />
        <PasswordField
          label={t("field.passwordCurrent")}
          autocomplete="current-password"
          value={current}
          onValue={setCurrent}
          problem={problemOf(problem, "current_password")}
        />
      </Form>
    </Dialog>
  );
}

export function ChangePassword({ onClose }: { onClose(): void }) {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<ApiError | null>(null);
  const save = async () => {
    await change({ password, current_password: current });
    say(t("account.passwordSaved"));
    onClose();
  };
  const title = t("account.changePassword");
  return (
    <Dialog title={title} onClose={onClose}>
      <Form label={title} submit={t("action.save")} onSubmit={save} onProblem={setProblem}>
        <PasswordField
          label={t("field.passwordCurrent")}
          autocomplete="current-password"
          value={current}
          onValue={setCurrent}
          problem={problemOf(problem, "current_password")}
        />
        <NewPasswordField
          label={t("field.passwordNew")}
          own={[me.value?.username ?? "", ...(me.value?.email ?? "").split(/[@.]/)]}
          value={password}
          onValue={setPassword}
          problem={problemOf(problem, "password")}
        />
      </Form>
    </Dialog>
  );
}
