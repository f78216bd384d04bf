/** A value that others watch. Listeners are called once per batch, and only when something changed. */
import type { ReadableStore } from "./snapshot";

export class Store<T extends object> implements ReadableStore<T> {
  private value: T;
  private readonly listeners = new Set<() => void>();
  private depth = 0;
  private isStale = false;

  constructor(value: T) {
    this.value = value;
  }

  /** Bound, so that they can be handed to `useSyncExternalStore` as they are. */
  readonly getSnapshot = (): T => this.value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** Replaces the parts that differ; what is the same keeps its identity. */
  update(parts: Partial<T>): void {
    const keys = Object.keys(parts) as (keyof T)[];
    if (keys.some((key) => !Object.is(parts[key], this.value[key]))) {
      this.value = { ...this.value, ...parts };
      this.isStale = true;
      this.emit();
    }
  }

  /** Runs with the listeners waiting until the end. */
  batch<R>(run: () => R): R {
    this.depth++;
    try {
      return run();
    } finally {
      this.depth--;
      this.emit();
    }
  }

  private emit(): void {
    if (this.depth > 0 || !this.isStale) {
      return;
    }
    this.isStale = false;
    for (const listener of [...this.listeners]) {
      listener();
    }
  }
}
