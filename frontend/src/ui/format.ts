import { COMPARTMENTS } from "../model";
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

export function formatMoment(iso: string): string {
  return moment.format(new Date(iso));
}

/** "4 min 5 s" or "2 h 4 min" between two moments; `end` is now for work that goes on. */
export function formatDuration(start: string | null, end: number): string {
  if (!start) return NONE;
  const seconds = Math.max(0, Math.round((end - Date.parse(start)) / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** The entries of a body by compartment, in the order of the application; other keys are left out. */
export function byCompartment<T>(body: Record<string, T>): [name: string, value: T][] {
  return COMPARTMENTS.flatMap((name) => {
    const value = body[name];
    return value === undefined ? [] : [[strings.compartments[name], value]];
  });
}

/** The value under nested keys of a JSON body whose form depends on its content. */
export function valueAt(body: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined,
    body,
  );
}
