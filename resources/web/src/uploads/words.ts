/** The one line that says what is happening to an upload now. */
import { formatPercent, formatTimeLeft } from "../format.ts";
import { saySentence, t } from "../i18n/index.ts";
import type { UploadState } from "./machine.ts";
import { type Rate, secondsLeft } from "./rate.ts";

const WAITS_FOR = { lost: "upload.retrying", busy: "upload.busy", full: "upload.full" } as const;

export function sayUpload(state: UploadState, rate: Rate | null, nowMs: number): string {
  const { phase, sentBytes, sizeBytes } = state;
  const sent = formatPercent(sizeBytes > 0 ? (sentBytes / sizeBytes) * 100 : 0);
  switch (phase.at) {
    case "unchosen":
      return t("upload.resume", { percent: sent });
    case "checking":
      return t("upload.checking");
    case "refused":
      return phase.reason;
    case "waiting":
      return t("upload.turn");
    case "sending": {
      const left = rate && secondsLeft(rate, sizeBytes);
      return left === null
        ? t("upload.sending", { percent: sent })
        : t("upload.sendingEta", { percent: sent, time: formatTimeLeft(left) });
    }
    case "paused":
      return t("upload.paused", { percent: sent });
    case "retrying": {
      if (phase.why === "settling") return t("upload.settling");
      const seconds = (phase.untilMs - nowMs) / 1000;
      if (seconds <= 0) return t("upload.retryingNow");
      return t(WAITS_FOR[phase.why], { time: formatTimeLeft(seconds) });
    }
    case "finishing":
      return t("upload.finishing");
    case "queued":
      return phase.place === null ? t("upload.queuedPlain") : t("upload.queued", { place: phase.place });
    case "preparing": {
      const percent = formatPercent(phase.percent);
      return phase.etaMs === null
        ? t("upload.preparing", { percent })
        : t("upload.preparingEta", { percent, time: formatTimeLeft(phase.etaMs / 1000) });
    }
    case "done":
      return t("upload.done");
    case "failed":
      return phase.reason ? saySentence(phase.reason) : t("video.failed");
  }
}
