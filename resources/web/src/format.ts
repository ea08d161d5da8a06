/** Sizes, times and dates as people say them, in the reader's locale. Holds no state and no words of its own. */
import { locale } from "./i18n/index.ts";
import { madeOnce, numberFormat } from "./i18n/made-once.ts";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

const sizeFormat = madeOnce(
  (inLocale: string, unit: string, maximumFractionDigits: number) =>
    new Intl.NumberFormat(inLocale, {
      style: "unit",
      unit,
      unitDisplay: unit === "byte" ? "long" : "short",
      maximumFractionDigits,
    }),
);
const percentFormat = madeOnce((inLocale: string) => new Intl.NumberFormat(inLocale, { style: "percent" }));
const leftFormat = madeOnce(
  (inLocale: string, unit: string) =>
    new Intl.NumberFormat(inLocale, { style: "unit", unit, unitDisplay: "short" }),
);
const agoFormat = madeOnce((inLocale: string) => new Intl.RelativeTimeFormat(inLocale, { numeric: "auto" }));
const dateFormat = madeOnce((inLocale: string) => new Intl.DateTimeFormat(inLocale, { dateStyle: "long" }));

/** "1.2 GB". Steps of 1024, so that the usual limits (2 GiB) read as round numbers. */
export function formatBytes(bytes: number, inLocale = locale.value): string {
  let value = Math.max(0, bytes);
  let step = 0;
  // 999.5 would be shown as 1,000 of the smaller unit.
  while (value >= 999.5 && step < UNITS.length - 1) {
    value /= 1024;
    step += 1;
  }
  const digits = step < 2 || value >= 100 ? 0 : 1;
  return sizeFormat(inLocale, UNITS[step] ?? "byte", digits).format(value);
}

/** "4:07", "1:02:03". Seconds are cut, as on every player. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = `${pad(whole % 60)}`;
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** ISO 8601 for the datetime attribute: "PT4M7S". */
export function isoDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `PT${Math.floor(whole / 60)}M${whole % 60}S`;
}

/** "34 %". Never 100 before it is true: 99.6 is 99. */
export function formatPercent(percent: number, inLocale = locale.value): string {
  const whole = Math.floor(Math.min(100, Math.max(0, percent)));
  return percentFormat(inLocale).format(whole / 100);
}

/** "40 sec", "3 min", "1 hr": one unit, rounded up so that nobody waits longer than promised. */
export function formatTimeLeft(seconds: number, inLocale = locale.value): string {
  const say = (value: number, unit: string) => leftFormat(inLocale, unit).format(value);
  if (seconds <= 5) return say(Math.max(1, Math.ceil(seconds)), "second");
  if (seconds < 55) return say(Math.ceil(seconds / 5) * 5, "second");
  if (seconds <= 3540) return say(Math.ceil(seconds / 60), "minute");
  const halves = Math.ceil(seconds / 1800) / 2;
  return say(halves, "hour");
}

const AGO: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86400],
  ["month", 30 * 86400],
  ["week", 7 * 86400],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

/** "3 days ago", "yesterday", "now". */
export function formatAgo(iso: string, nowMs = Date.now(), inLocale = locale.value): string {
  const seconds = (nowMs - Date.parse(iso)) / 1000;
  const relative = agoFormat(inLocale);
  for (const [unit, length] of AGO) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return relative.format(0, "second");
}

/** "12 August 2026". */
export function formatDate(iso: string, inLocale = locale.value): string {
  return dateFormat(inLocale).format(new Date(iso));
}

/** "Sunday 00:00" for a moment within a week, in the reader's time zone; further off with its date. */
export function formatMoment(
  iso: string,
  nowMs = Date.now(),
  inLocale = locale.value,
  timeZone?: string,
): string {
  const moment = new Date(iso);
  const zone = timeZone === undefined ? {} : { timeZone };
  const near = Math.abs(moment.getTime() - nowMs) < 7 * 86_400_000;
  const day = new Intl.DateTimeFormat(
    inLocale,
    near ? { weekday: "long", ...zone } : { dateStyle: "medium", ...zone },
  );
  const time = new Intl.DateTimeFormat(inLocale, { hour: "2-digit", minute: "2-digit", ...zone });
  return `${day.format(moment)} ${time.format(moment)}`;
}

/** "German" for "de". The code itself where the browser does not know it. */
export function languageName(code: string, inLocale = locale.value): string {
  try {
    return new Intl.DisplayNames(inLocale, { type: "language" }).of(code) ?? code;
  } catch {
    // Not a language tag at all: files say all sorts of things.
    return code;
  }
}

/** "1.25" or "1,25". */
export function formatNumber(value: number, inLocale = locale.value): string {
  return numberFormat(inLocale).format(value);
}

/** The name of a day of the week; 0 is Sunday, as in the settings. */
export function dayName(day: number, inLocale = locale.value): string {
  // 4 January 1970 was a Sunday.
  const moment = new Date(Date.UTC(1970, 0, 4 + day));
  return new Intl.DateTimeFormat(inLocale, { weekday: "long", timeZone: "UTC" }).format(moment);
}
