/** A question before something that cannot be undone: what will happen, and a button for each way on. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { sayError } from "../app/toast.ts";
import { t } from "../i18n/index.ts";
import type { IconName } from "../icons.ts";
import { Button, type Tone } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

export interface Way {
  text: string;
  tone: Tone;
  icon?: IconName;
  /** What is done. When it fails, the question stays and the reason is said. */
  act(): Promise<void>;
}

interface ConfirmProps {
  title: string;
  ways: readonly Way[];
  onClose(): void;
  children: ComponentChildren;
}

export function ConfirmDialog({ title, ways, onClose, children }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const take = async (way: Way) => {
    setBusy(true);
    try {
      await way.act();
      onClose();
    } catch (error) {
      sayError(error);
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p dir="auto">{children}</p>
      <div class="dialog-actions">
        <Button tone="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        {ways.map((way) => (
          <Button
            key={way.text}
            tone={way.tone}
            {...(way.icon ? { icon: way.icon } : {})}
            busy={busy}
            onClick={() => void take(way)}
          >
            {way.text}
          </Button>
        ))}
      </div>
    </Dialog>
  );
}
