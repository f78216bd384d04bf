import { strings } from "./strings";

const NONE = strings.common.none;
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

export function formatCount(value: unknown): string {
  return isNumber(value) ? whole.format(value) : NONE;
}

export function formatNumber(value: unknown, digits = 2): string {
  return isNumber(value) ? value.toFixed(digits) : NONE;
}

export function formatMoment(iso: string | null | undefined): string {
  return iso ? moment.format(new Date(iso)) : NONE;
}

/** "4 min 5 s" between two moments; `end` is now for work that goes on. */
export function formatDuration(start: string | null, end: number): string {
  if (!start) return NONE;
  const seconds = Math.max(0, Math.round((end - Date.parse(start)) / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** The value under nested keys of a JSON body whose form depends on its content. */
export function valueAt(body: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined,
    body,
  );
}
