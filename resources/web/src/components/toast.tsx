/** Draws the one short message of app/toast.ts in a live region that is always there. */
import { toast } from "../app/toast.ts";
import { Icon } from "./icon.tsx";

export function ToastRegion() {
  const shown = toast.value;
  return (
    <div class="toast-region" role="status" aria-live="polite">
      {shown && (
        <p class={`toast toast-${shown.tone}`}>
          {shown.tone === "bad" && <Icon name="warning" />}
          <span>{shown.text}</span>
        </p>
      )}
    </div>
  );
}
