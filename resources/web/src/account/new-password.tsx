/** The field for a new password, with how hard it is to guess. */
import { type Strength, strengthOf } from "../app/strength.ts";
import { PasswordField } from "../components/field.tsx";
import { type TextKey, t } from "../i18n/index.ts";

const WORDS: Record<Strength, TextKey> = {
  0: "strength.0",
  1: "strength.1",
  2: "strength.2",
  3: "strength.3",
};

interface NewPasswordProps {
  label: string;
  value: string;
  onValue(value: string): void;
  problem?: string | undefined;
  /** What others know about the person: name, e-mail. */
  own?: readonly string[];
  name?: string;
}

export function NewPasswordField({ own = [], ...field }: NewPasswordProps) {
  const strength = strengthOf(field.value, own);
  return (
    <div class="new-password">
      <PasswordField {...field} autocomplete="new-password" hint={t("field.passwordHint")} />
      <div class={`strength strength-${strength}`} hidden={!field.value}>
        <span class="strength-bar" aria-hidden="true">
          <span style={{ transform: `scaleX(${(strength + 1) / 4})` }} />
        </span>
        <span role="status">{field.value && t(WORDS[strength] as "strength.0")}</span>
      </div>
    </div>
  );
}
