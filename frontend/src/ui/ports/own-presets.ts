import type { ViewPreset } from "../../api";

export interface OwnPresetsState {
  readonly items: readonly ViewPreset[];
  /** Why the server does not hold them, or null when it does. */
  readonly problem: string | null;
}

export interface PresetsPort {
  read: () => Promise<readonly ViewPreset[]>;
  write: (items: readonly ViewPreset[]) => Promise<void>;
}

/**
 * The annotator's own views of channels. They are kept on the server; while that cannot be reached
 * they are kept on the page, and go to the server with the next change or when the page is online again.
 */
export class OwnPresets {
  readonly #port: PresetsPort;
  readonly #listeners = new Set<() => void>();
  #state: OwnPresetsState = { items: [], problem: null };
  #isRead = false;
  /** What changed here before the server's could be read: a view, or null where it was taken away. */
  readonly #changes = new Map<string, ViewPreset | null>();
  #writing: Promise<void> = Promise.resolve();

  constructor(port: PresetsPort) {
    this.#port = port;
  }

  getSnapshot = (): OwnPresetsState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads those of the server and sends what it lacks; never rejects. */
  sync = (): Promise<void> => {
    // One after the other, so that the last list is the one that stays.
    this.#writing = this.#writing.then(() => this.#exchange());
    return this.#writing;
  };

  /** Keeps a view, in the place of one of the same name. */
  keep(preset: ViewPreset): Promise<void> {
    return this.#change(preset.name, preset);
  }

  forget(name: string): Promise<void> {
    return this.#change(name, null);
  }

  #change(name: string, preset: ViewPreset | null): Promise<void> {
    this.#changes.set(name, preset);
    this.#show({ ...this.#state, items: withChanges(this.#state.items, this.#changes) });
    return this.sync();
  }

  async #exchange(): Promise<void> {
    try {
      // Before a change, again: another page of the same person may have kept a view meanwhile.
      if (!this.#isRead || this.#changes.size > 0) {
        const held = await this.#port.read();
        this.#isRead = true;
        this.#show({ items: withChanges(held, this.#changes), problem: null });
      }
      if (this.#changes.size > 0) {
        const sent = new Map(this.#changes);
        await this.#port.write(this.#state.items);
        for (const [name, preset] of sent) {
          if (this.#changes.get(name) === preset) this.#changes.delete(name);
        }
      }
      this.#show({ ...this.#state, problem: null });
    } catch (failure) {
      const problem = failure instanceof Error ? failure.message : String(failure);
      this.#show({ ...this.#state, problem });
    }
  }

  #show(state: OwnPresetsState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function withChanges(
  items: readonly ViewPreset[],
  changes: ReadonlyMap<string, ViewPreset | null>,
): readonly ViewPreset[] {
  const others = items.filter(({ name }) => !changes.has(name));
  return [...others, ...[...changes.values()].filter((preset) => preset !== null)];
}
