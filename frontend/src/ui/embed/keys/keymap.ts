import type { TextStore } from "../../ports/storage";
import { ACTIONS, type KeyAction } from "./actions";
import { keyLabel } from "./names";
import { type KeyChanges, PRESETS, type PresetId } from "./presets";

/** The one table of keys, as it holds now. */
export interface KeyTable {
  readonly preset: PresetId;
  /** What the user chose beside the preset. */
  readonly changes: KeyChanges;
  keysOf(actionId: string): readonly string[];
  /** The action of a key, or undefined. */
  actionOf(key: string): string | undefined;
  /** The first key of an action as it stands on the keyboard; undefined when it has none. */
  labelOf(actionId: string): string | undefined;
}

const STORED = "cytoloop.keys";

/** Presets and remapped keys, kept in the browser where it allows that. */
export class Keymap {
  readonly #store: TextStore;
  readonly #actions: readonly KeyAction[];
  readonly #listeners = new Set<() => void>();
  #table: KeyTable;

  constructor(store: TextStore, actions: readonly KeyAction[] = ACTIONS) {
    this.#store = store;
    this.#actions = actions;
    const { preset, changes } = readChoice(store.get(STORED));
    this.#table = tableOf(actions, preset, changes);
  }

  getSnapshot = (): KeyTable => this.#table;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes a preset as it is: keys that the user had chosen are forgotten. */
  takePreset(preset: PresetId): void {
    this.#choose(preset, {});
  }

  /** Gives an action these keys, and takes them from any other. */
  setKeys(actionId: string, keys: readonly string[]): void {
    const { preset, changes } = this.#table;
    const others = Object.entries(changes)
      .filter(([id]) => id !== actionId)
      .map(([id, held]) => [id, held.filter((key) => !keys.includes(key))] as const);
    this.#choose(preset, { ...Object.fromEntries(others), [actionId]: keys });
  }

  #choose(preset: PresetId, changes: KeyChanges): void {
    this.#table = tableOf(this.#actions, preset, changes);
    this.#store.set(STORED, JSON.stringify({ preset, changes }));
    for (const listener of this.#listeners) listener();
  }
}

function tableOf(actions: readonly KeyAction[], preset: PresetId, changes: KeyChanges): KeyTable {
  const own = new Map(actions.map(({ id, keys }) => [id, keys]));
  const keys = layered(layered(own, PRESETS[preset]), changes);
  const byKey = new Map<string, string>();
  for (const [id, held] of keys) {
    for (const key of held) if (!byKey.has(key)) byKey.set(key, id);
  }
  const keysOf = (id: string) => keys.get(id) ?? [];
  return {
    preset,
    changes,
    keysOf,
    actionOf: (key) => byKey.get(key),
    labelOf: (id) => {
      const [first] = keysOf(id);
      return first === undefined ? undefined : keyLabel(first);
    },
  };
}

type Keys = ReadonlyMap<string, readonly string[]>;

/** A key that the upper layer gives to one action is taken from all others. */
function layered(below: Keys, changes: KeyChanges): Keys {
  const known = Object.entries(changes).filter(([id]) => below.has(id));
  const taken = new Set(known.flatMap(([, keys]) => keys));
  const rest = [...below].map(([id, keys]) => [id, keys.filter((key) => !taken.has(key))] as const);
  return new Map([...rest, ...known]);
}

/** What was stored, or the default when it is nothing that this page wrote. */
function readChoice(text: string | null): { preset: PresetId; changes: KeyChanges } {
  try {
    const { preset, changes } = JSON.parse(text ?? "");
    if (preset in PRESETS && isChanges(changes)) return { preset, changes };
  } catch {
    // Not ours, or of another version: the default holds.
  }
  return { preset: "default", changes: {} };
}

function isChanges(value: unknown): value is KeyChanges {
  const isKeys = (keys: unknown) =>
    Array.isArray(keys) && keys.every((key) => typeof key === "string");
  return typeof value === "object" && value !== null && Object.values(value).every(isKeys);
}
