/** Changes the part of the state that belongs to the tools. */

import type { EditorSnapshot } from "./snapshot";
import type { Store } from "./store";
import type { Draft, NoteDraft, PendingPrediction, ToolOptions, WorkState } from "./work";

export class WorkBoard {
  private readonly store: Store<EditorSnapshot>;

  constructor(store: Store<EditorSnapshot>) {
    this.store = store;
  }

  setOptions(options: Partial<ToolOptions>): void {
    this.change({ options: { ...this.work.options, ...options } });
  }

  draw(draft: Draft | null): void {
    this.change({ draft });
  }

  showBusy(busy: string | null): void {
    this.change({ busy });
  }

  say(notice: string | null): void {
    this.change({ notice });
  }

  setHidden(labels: Iterable<number>): void {
    this.change({ hidden: new Set(labels) });
  }

  setActiveType(activeType: string | null): void {
    this.change({ activeType });
  }

  writeNote(noteDraft: NoteDraft | null): void {
    this.change({ noteDraft });
  }

  chooseRegion(selectedRegion: string | null): void {
    this.change({ selectedRegion });
  }

  showPredictions(predictions: readonly PendingPrediction[]): void {
    this.change({ predictions });
  }

  private get work(): WorkState {
    return this.store.getSnapshot().work;
  }

  private change(parts: Partial<WorkState>): void {
    const keys = Object.keys(parts) as (keyof WorkState)[];
    if (keys.some((key) => parts[key] !== this.work[key])) {
      this.store.update({ work: { ...this.work, ...parts } });
    }
  }
}
