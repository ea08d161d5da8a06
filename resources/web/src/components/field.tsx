/** Labelled form fields, with their hint and what the server says about them. */
import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { ApiError } from "../api/index.ts";
import { t } from "../i18n/index.ts";
import { Icon } from "./icon.tsx";

interface Frame {
  label: string;
  hint?: string;
  /** The sentence that the server has for this field. */
  problem?: string | undefined;
}

/** What an error says about one field. */
export function problemOf(error: ApiError | null, field: string): string | undefined {
  return error?.fields.find((one) => one.field === field)?.detail;
}

function describedBy(id: string, { hint, problem }: Frame) {
  const ids = [problem && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return { "aria-describedby": ids || undefined, "aria-invalid": problem ? true : undefined };
}

function Framed({ id, label, hint, problem, children }: Frame & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {problem && (
        <p class="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

type Text = Frame & {
  value: string;
  onValue(value: string): void;
  type?: "text" | "email";
  autocomplete?: JSX.IntrinsicElements["input"]["autocomplete"];
  required?: boolean;
  maxlength?: number;
  autofocus?: boolean;
  name?: string;
};

export function TextField({ label, hint, problem, value, onValue, type = "text", ...rest }: Text) {
  const id = useId();
  const frame: Frame = { label, problem, ...(hint ? { hint } : {}) };
  return (
    <Framed id={id} {...frame}>
      <input
        id={id}
        class="input"
        // The typings want one literal; both kinds of field take the same attributes.
        type={type as "text"}
        {...rest}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        {...describedBy(id, frame)}
      />
    </Framed>
  );
}

type Email = Pick<Text, "value" | "onValue" | "problem">;

/** The address of a member's account. */
export function EmailField(rest: Email) {
  return (
    <TextField
      label={t("field.email")}
      name="email"
      type="email"
      autocomplete="email"
      required
      maxlength={254}
      {...rest}
    />
  );
}

type Password = Frame & {
  value: string;
  onValue(value: string): void;
  autocomplete: "current-password" | "new-password";
  name?: string;
};

export function PasswordField({ label, hint, problem, value, onValue, ...rest }: Password) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const frame: Frame = { label, problem, ...(hint ? { hint } : {}) };
  return (
    <Framed id={id} {...frame}>
      <div class="input-with-button">
        <input
          id={id}
          class="input"
          type={(shown ? "text" : "password") as "password"}
          required
          maxlength={128}
          autocapitalize="off"
          spellcheck={false}
          {...rest}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
          {...describedBy(id, frame)}
        />
        <button
          type="button"
          class="icon-button"
          aria-pressed={shown}
          aria-label={t(shown ? "field.passwordHide" : "field.passwordShow")}
          title={t(shown ? "field.passwordHide" : "field.passwordShow")}
          onClick={() => setShown((isShown) => !isShown)}
        >
          <Icon name={shown ? "lock" : "eye"} />
        </button>
      </div>
    </Framed>
  );
}

export function TextArea({
  label,
  value,
  onValue,
  problem,
}: Frame & { value: string; onValue(value: string): void }) {
  const id = useId();
  return (
    <Framed id={id} label={label} problem={problem}>
      <textarea
        id={id}
        class="input"
        rows={5}
        maxlength={5000}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        {...describedBy(id, { label, problem })}
      />
    </Framed>
  );
}

interface SelectProps extends Frame {
  value: string;
  onValue(value: string): void;
  options: readonly { value: string; text: string }[];
}

export function SelectField({ label, value, onValue, options, problem }: SelectProps) {
  const id = useId();
  return (
    <Framed id={id} label={label} problem={problem}>
      <Select id={id} value={value} onValue={onValue} options={options} />
    </Framed>
  );
}

type Bare = Omit<SelectProps, "label"> & { id?: string; label?: string };

/** The native list, which every phone and screen reader knows, in our looks. */
export function Select({ id, label, value, onValue, options }: Bare) {
  return (
    <span class="select">
      <select
        id={id}
        aria-label={label}
        value={value}
        onChange={(event) => onValue(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      <Icon name="chevronDown" size={16} />
    </span>
  );
}

interface SwitchProps {
  checked: boolean;
  onChecked(checked: boolean): void;
  children: ComponentChildren;
}

/** Something that is on or off at once. */
export function Switch({ checked, onChecked, children }: SwitchProps) {
  return (
    <label class="switch">
      <input type="checkbox" checked={checked} onChange={(event) => onChecked(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}
