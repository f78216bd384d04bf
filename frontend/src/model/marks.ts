/**
 * Marks: what an annotator says of a label or a place that is no pixel. They are one flat map from
 * keys to values; changes of it travel beside the label diff of an edit, as a text (docs/
 * architecture.md, "Marks").
 */
import { COMPARTMENTS, type Compartment } from "./compartments";
import { DivergingMarks, InvalidMarks } from "./errors";
import { byteLength } from "./utf8";

/** A note pinned to a label, or to a place when `label` is 0. */
export interface NoteMark {
  readonly compartment: Compartment;
  readonly label: number;
  readonly frame: number;
  readonly row: number;
  readonly column: number;
  readonly text: string;
}

/** A polygon that training ignores; its corners are places in pixels, (row, column). */
export interface IgnoreMark {
  readonly frame: number;
  readonly points: readonly (readonly [number, number])[];
}

/** The daughters of a parent, in ascending order. */
export interface DivisionMark {
  readonly daughters: readonly number[];
}

export type MarkValue = string | true | NoteMark | IgnoreMark | DivisionMark;

/** `[key, old, new]`; null says that there is no such mark. */
export type MarkChange = readonly [key: string, old: MarkValue | null, next: MarkValue | null];

export type LabelMarkKind = "type" | "uncertain" | "checked";

/** What a key names. */
export type MarkName =
  | { readonly kind: "type"; readonly compartment: Compartment; readonly label: number }
  | { readonly kind: "uncertain"; readonly compartment: Compartment; readonly label: number }
  | { readonly kind: "checked"; readonly compartment: Compartment; readonly label: number }
  | { readonly kind: "note"; readonly id: string }
  | { readonly kind: "ignore"; readonly id: string }
  | {
      readonly kind: "division";
      readonly compartment: Compartment;
      readonly parent: number;
      readonly frame: number;
    };

export const MAX_NOTE_LETTERS = 2000;
export const MAX_CORNERS = 500;
export const MAX_DAUGHTERS = 8;
const MAX_CHANGES = 10_000;
const MAX_BYTES = 1_000_000;
/** Of labels and frames that marks can name. */
const LARGEST = 0x7fffffff;

export function labelKey(kind: LabelMarkKind, compartment: Compartment, label: number): string {
  return `${kind}/${compartment}/${label}`;
}

export function divisionKey(compartment: Compartment, parent: number, frame: number): string {
  return `division/${compartment}/${parent}/${frame}`;
}

/** Whether there can be marks of a label. */
export function isMarkable(label: number): boolean {
  return label >= 1 && label <= LARGEST;
}

const PLACE = `(${COMPARTMENTS.join("|")})/([1-9][0-9]{0,9})`;
const LABEL_KEY = new RegExp(`^(type|uncertain|checked)/${PLACE}$`);
const DIVISION_KEY = new RegExp(`^division/${PLACE}/(0|[1-9][0-9]{0,9})$`);
const FREE_KEY = /^(note|ignore)\/([a-z0-9]{1,16})$/;

/** What a key names. @throws InvalidMarks when it is none. */
export function parseKey(key: string): MarkName {
  const ofLabel = LABEL_KEY.exec(key);
  if (ofLabel !== null) {
    const kind = ofLabel[1] as LabelMarkKind;
    return { kind, compartment: ofLabel[2] as Compartment, label: labelIn(ofLabel[3], key) };
  }
  const free = FREE_KEY.exec(key);
  if (free !== null) {
    return { kind: free[1] as "note" | "ignore", id: free[2] };
  }
  const division = DIVISION_KEY.exec(key);
  if (division === null || Number(division[3]) > LARGEST) {
    throw new InvalidMarks(`"${key}" is no key of a mark.`);
  }
  const compartment = division[1] as Compartment;
  const parent = labelIn(division[2], key);
  return { kind: "division", compartment, parent, frame: Number(division[3]) };
}

function labelIn(digits: string, key: string): number {
  const label = Number(digits);
  if (!isMarkable(label)) {
    throw new InvalidMarks(`"${key}" names a label that marks cannot have: at most ${LARGEST}.`);
  }
  return label;
}

/** @throws InvalidMarks when the value is none that a mark of this key may have. */
export function checkMark(key: string, value: unknown): asserts value is MarkValue {
  const { kind } = parseKey(key);
  if (!RULES[kind](value)) {
    throw new InvalidMarks(`The mark "${key}" cannot have this value: ${shortText(value)}.`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isTrue = (value: unknown) => value === true;

const RULES: Readonly<Record<MarkName["kind"], (value: unknown) => boolean>> = {
  type: (value) => typeof value === "string" && /^[a-z0-9_-]{1,40}$/.test(value),
  uncertain: isTrue,
  checked: isTrue,
  note: (value) =>
    hasFields(value, ["column", "compartment", "frame", "label", "row", "text"]) &&
    COMPARTMENTS.includes(value.compartment as Compartment) &&
    isWhole(value.label, LARGEST) &&
    isWhole(value.frame, LARGEST) &&
    isPlace(value.row) &&
    isPlace(value.column) &&
    typeof value.text === "string" &&
    isNoteText(value.text),
  ignore: (value) =>
    hasFields(value, ["frame", "points"]) &&
    isWhole(value.frame, LARGEST) &&
    Array.isArray(value.points) &&
    isWhole(value.points.length - 3, MAX_CORNERS - 3) &&
    value.points.every(
      (point) => Array.isArray(point) && point.length === 2 && point.every(isPlace),
    ),
  division: (value) =>
    hasFields(value, ["daughters"]) &&
    Array.isArray(value.daughters) &&
    isWhole(value.daughters.length - 1, MAX_DAUGHTERS - 1) &&
    value.daughters.every(
      (label, i, all) => isWhole(label, LARGEST) && label > (i === 0 ? 0 : all[i - 1]),
    ),
};

function hasFields(value: unknown, names: readonly string[]): value is Fields {
  return (
    typeof value === "object" && value !== null && `${Object.keys(value).sort()}` === `${names}`
  );
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function isPlace(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0 && (value as number) <= LARGEST;
}

/** Whether a note can say this. */
export function isNoteText(text: string): boolean {
  // With the flag u, a surrogate is only met when its other half is missing.
  return isWhole([...text].length - 1, MAX_NOTE_LETTERS - 1) && !/[\0\ud800-\udfff]/u.test(text);
}

/** Whether two values are the same mark. */
export function isSameMark(a: MarkValue | null, b: MarkValue | null): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** A text of a value that does not depend on the order of its fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** The text that an edit carries; "" without changes. @throws InvalidMarks when it is too large. */
export function marksText(changes: readonly MarkChange[]): string {
  const text = changes.length === 0 ? "" : JSON.stringify(changes);
  checkSize(changes.length, text);
  return text;
}

/**
 * The changes that a text tells of; none for "".
 *
 * @throws InvalidMarks when it is no text of changes.
 */
export function parseMarks(text: string): MarkChange[] {
  if (text === "") {
    return [];
  }
  const changes = parsed(text);
  checkSize(changes.length, text);
  const keys = new Set<string>();
  for (const change of changes) {
    checkChange(change);
    keys.add(change[0]);
  }
  if (keys.size < changes.length) {
    throw new InvalidMarks("The changes of marks name a key twice. Send one change for each key.");
  }
  return changes as MarkChange[];
}

function parsed(text: string): unknown[] {
  let changes: unknown;
  try {
    changes = JSON.parse(text);
  } catch {
    throw new InvalidMarks("The changes of marks are no JSON text.");
  }
  if (!Array.isArray(changes) || changes.length === 0) {
    throw new InvalidMarks('The changes of marks are no list with entries. Send "" for none.');
  }
  return changes;
}

function checkChange(change: unknown): asserts change is MarkChange {
  if (!Array.isArray(change) || change.length !== 3 || typeof change[0] !== "string") {
    throw new InvalidMarks(`${shortText(change)} is no change of a mark: [key, old, new].`);
  }
  const [key, ...values] = change;
  parseKey(key);
  for (const value of values) {
    if (value !== null) {
      checkMark(key, value);
    }
  }
  if (isSameMark(values[0], values[1])) {
    throw new InvalidMarks(`The change of the mark "${key}" changes nothing.`);
  }
}

function checkSize(nChanges: number, text: string): void {
  if (nChanges > MAX_CHANGES || byteLength(text) > MAX_BYTES) {
    throw new InvalidMarks(
      `${nChanges} changes of marks in ${byteLength(text)} bytes are too many for one edit: ` +
        `at most ${MAX_CHANGES} in ${MAX_BYTES} bytes.`,
    );
  }
}

function shortText(value: unknown): string {
  return `${JSON.stringify(value)}`.slice(0, 80);
}

/** The changes that take these back. */
export function reverseMarks(changes: readonly MarkChange[]): MarkChange[] {
  return changes.map(([key, old, next]) => [key, next, old]);
}

/**
 * Changes the marks in place; when it throws, none was touched.
 *
 * @throws DivergingMarks when a mark is not what the change says that it was.
 */
export function applyMarks(marks: Map<string, MarkValue>, changes: readonly MarkChange[]): void {
  for (const [key, old] of changes) {
    if (!isSameMark(marks.get(key) ?? null, old)) {
      throw new DivergingMarks(key);
    }
  }
  for (const [key, , next] of changes) {
    if (next === null) {
      marks.delete(key);
    } else {
      marks.set(key, next);
    }
  }
}

/**
 * The marks of an assignment as the server tells them.
 *
 * @throws InvalidMarks when a key or value is none.
 */
export function readMarks(values: Readonly<Record<string, unknown>>): Map<string, MarkValue> {
  const marks = new Map<string, MarkValue>();
  for (const [key, value] of Object.entries(values)) {
    checkMark(key, value);
    marks.set(key, value);
  }
  return marks;
}
