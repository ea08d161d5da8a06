/** "Firefox on Android" from a User-Agent header: enough to recognise one's own devices. Pure but for the words. */
import { t } from "../i18n/index.ts";

// The order matters: Edge and Opera name Chrome too, and Chrome names Safari.
const BROWSERS: readonly [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "Mac"],
  [/Linux/, "Linux"],
];

const isOnPhone = /iPhone|Android.*Mobile/;

export interface Device {
  name: string;
  isPhone: boolean;
}

export function deviceOf(userAgent: string | null): Device {
  const agent = userAgent ?? "";
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  const isPhone = isOnPhone.test(agent);
  if (browser && system) return { name: t("device.on", { browser, system }), isPhone };
  // Programs such as "curl/8.5" name themselves first.
  return { name: browser ?? system ?? (agent.split(/[\s/]/)[0] || t("device.unknown")), isPhone };
}
