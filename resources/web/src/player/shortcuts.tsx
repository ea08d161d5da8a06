/** The list of the player's keys, shown on "?". */
import { Dialog } from "../components/dialog.tsx";
import { t } from "../i18n/index.ts";

export function Shortcuts({ onClose }: { onClose(): void }) {
  const rows: [string, string][] = [
    [t("player.key.space"), t("player.keys.toggle")],
    ["J  L", t("player.keys.ten")],
    ["←  →", t("player.keys.five")],
    ["0 – 9", t("player.keys.part")],
    [",  .", t("player.keys.frame")],
    ["<  >", t("player.speed")],
    ["↑  ↓  M", t("player.keys.volume")],
    ["C", t("player.captions")],
    ["F", t("player.keys.fullscreen")],
    ["T", t("player.theatre")],
    ["I", t("player.keys.picture")],
    [t("player.key.shiftN"), t("player.next")],
  ];
  return (
    <Dialog title={t("player.keys")} onClose={onClose}>
      <dl class="key-list">
        {rows.map(([keys, words]) => (
          <div key={keys}>
            <dt>
              {keys.split("  ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
