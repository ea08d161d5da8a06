/** An address to hand on: shown whole, copied with one tap, with its QR code. */
import { useId, useRef } from "preact/hooks";
import { copyText } from "../app/copy.ts";
import { say } from "../app/toast.ts";
import { Button } from "../components/button.tsx";
import { t } from "../i18n/index.ts";
import { QrCode } from "./qr-code.tsx";

export function CopyField({ label, text }: { label: string; text: string }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    if (await copyText(text, field.current)) say(t("share.copied"));
    else say(t("share.copyFailed"), "bad");
  };
  return (
    <div class="copy-field">
      <div class="field">
        <label for={id}>{label}</label>
        <div class="copy-row">
          <input
            ref={field}
            id={id}
            class="input"
            readOnly
            value={text}
            onFocus={(event) => event.currentTarget.select()}
          />
          <Button tone="main" icon="copy" autofocus onClick={() => void copy()}>
            {t("action.copy")}
          </Button>
        </div>
      </div>
      <QrCode text={text} label={t("share.qr")} />
    </div>
  );
}
