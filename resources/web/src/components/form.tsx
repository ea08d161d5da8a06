/** A form that sends once at a time and says why it was refused, at the field or above its button. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/index.ts";
import { formatTimeLeft } from "../format.ts";
import { t } from "../i18n/index.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

interface FormProps {
  submit: string;
  onSubmit(): Promise<void>;
  /** Called with what the server refuses, so that the fields can show their part. */
  onProblem?(error: ApiError | null): void;
  children: ComponentChildren;
  label: string;
  tone?: "main" | "plain";
  /** In a dialog: offers to leave everything as it is. */
  onCancel?(): void;
}

export function Form({ submit, onSubmit, onProblem, children, label, tone = "main", onCancel }: FormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const form = useRef<HTMLFormElement>(null);

  // What is wrong with a field is said there; the focus goes to it, so that it is heard too. A token has no field here:
  // it stands in the address.
  const saidAtField =
    error?.fields.some(({ field, detail }) => field !== "token" && detail === error.message) ?? false;
  useEffect(() => {
    if (error?.fields.length) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [error]);

  const show = (problem: ApiError | null) => {
    setError(problem);
    onProblem?.(problem);
  };
  const run = async () => {
    if (busy) return;
    setBusy(true);
    show(null);
    try {
      await onSubmit();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      show(problem);
    } finally {
      setBusy(false);
    }
  };
  const wait = error?.retryAfterS
    ? ` ${t("error.waitFor", { time: formatTimeLeft(error.retryAfterS) })}`
    : "";
  return (
    <form
      ref={form}
      class="form"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      {children}
      <div role="alert">
        {error && !saidAtField && (
          <p class="form-problem">
            <Icon name="warning" />
            <span>
              {error.message}
              {wait}
            </span>
          </p>
        )}
      </div>
      {onCancel ? (
        <div class="dialog-actions">
          <Button tone="quiet" onClick={onCancel}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" tone={tone} busy={busy}>
            {submit}
          </Button>
        </div>
      ) : (
        <Button type="submit" tone={tone} wide busy={busy}>
          {submit}
        </Button>
      )}
    </form>
  );
}
