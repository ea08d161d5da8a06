/** Dialogs for changing e-mail and password; both ask for the current password. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type AccountChanges, type ApiError, api } from "../api/index.ts";
import { me } from "../app/session.ts";
import { say } from "../app/toast.ts";
import { Dialog } from "../components/dialog.tsx";
import { EmailField, PasswordField, problemOf } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { t } from "../i18n/index.ts";
import { NewPasswordField } from "./new-password.tsx";

interface ChangeProps {
  title: string;
  changes: Omit<AccountChanges, "current_password">;
  /** What is said when it is done. */
  done: string;
  onClose(): void;
  /** The field for what is new, with what the server says about it. */
  children(problem: ApiError | null): ComponentChildren;
}

function Change({ title, changes, done, onClose, children }: ChangeProps) {
  const [current, setCurrent] = useState("");
  const [problem, setProblem] = useState<ApiError | null>(null);
  const save = async () => {
    me.value = await api.changeMe({ ...changes, current_password: current });
    say(done);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Form label={title} submit={t("action.save")} onSubmit={save} onProblem={setProblem} onCancel={onClose}>
        <PasswordField
          label={t("field.passwordCurrent")}
          autocomplete="current-password"
          value={current}
          onValue={setCurrent}
          problem={problemOf(problem, "current_password")}
        />
        {children(problem)}
      </Form>
    </Dialog>
  );
}

export function ChangeEmail({ email: before, onClose }: { email: string; onClose(): void }) {
  const [email, setEmail] = useState(before);
  return (
    <Change
      title={t("account.changeEmail")}
      changes={{ email: email.trim() }}
      done={t("account.emailSaved")}
      onClose={onClose}
    >
      {(problem) => <EmailField value={email} onValue={setEmail} problem={problemOf(problem, "email")} />}
    </Change>
  );
}

export function ChangePassword({ onClose }: { onClose(): void }) {
  const [password, setPassword] = useState("");
  return (
    <Change
      title={t("account.changePassword")}
      changes={{ password }}
      done={t("account.passwordSaved")}
      onClose={onClose}
    >
      {(problem) => (
        <NewPasswordField
          label={t("field.passwordNew")}
          own={[me.value?.username ?? "", ...(me.value?.email ?? "").split(/[@.]/)]}
          value={password}
          onValue={setPassword}
          problem={problemOf(problem, "password")}
        />
      )}
    </Change>
  );
}
