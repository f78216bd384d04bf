/**
 * One crop being edited. The session connects parts that know nothing of each other: the labels
 * and their log, the tools, the display; and it derives the state that everybody sees.
 */

import type { WriteMode } from "../model";
import {
  type Compartment,
  type LabelDiff,
  LabelDocument,
  MarkBook,
  type PixelWindow,
  type PlaneName,
  readMarks,
} from "../model";
import { type CommandTarget, findCommand } from "./commands";
import { Derived } from "./derived";
import { Display } from "./display";
import { EditLog } from "./edit-log";
import type { EditEvent, Place } from "./editor-api";
import type { EditorOptions, EditorPreferences } from "./editor-options";
import { DEFAULT_PREFERENCES, initialSnapshot } from "./initial-state";
import { routeInput } from "./input";
import type { EditorInput } from "./inputs";
import { type MarkEntry, marksAfter } from "./mark-follow";
import type { Operator } from "./operator";
import { Predictions } from "./predictions";
import { ReviewQueue } from "./review";
import { makeContext, makeOperator } from "./session-context";
import type { EditorSnapshot, ReadableStore } from "./snapshot";
import { Steps } from "./steps";
import { Store } from "./store";
import type { ToolId } from "./tool-list";
import { Toolbox } from "./toolbox";
import type { ChannelSettings, ViewSettings } from "./view-state";
import { WorkBoard } from "./work-board";

const MAX_RADIUS_PX = 500;
/** Their result may come while somebody looks elsewhere, and does not call them back. */
const QUIET: ReadonlySet<string> = new Set(["predict_box"]);

export class EditorSession implements CommandTarget {
  readonly ready: Promise<void>;
  readonly compartments: readonly Compartment[];
  private readonly preferences: EditorPreferences;
  readonly store: Store<EditorSnapshot>;
  readonly document: LabelDocument;
  readonly display: Display;
  readonly log: EditLog;
  readonly toolbox: Toolbox;
  readonly work: WorkBoard;
  readonly marks: MarkBook;
  readonly review: ReviewQueue;
  readonly operator: Operator;
  readonly predictions: Predictions;
  readonly steps: Steps;
  private readonly derived: Derived;
  /** What is still being computed then changes nothing any more. */
  private isDisposed = false;
  private readonly editListeners = new Set<(event: EditEvent) => void>();

  constructor(options: EditorOptions) {
    this.preferences = { ...DEFAULT_PREFERENCES, ...options.options };
    this.compartments = options.compartments;
    this.document = new LabelDocument(options.labels);
    this.marks = new MarkBook(readMarks(options.marks ?? {}));
    this.review = new ReviewQueue(options.confidences ?? {});
    this.log = new EditLog({
      document: this.document,
      marks: this.marks,
      lastSeq: options.lastSeq,
      ports: options.ports,
      log: options.log ?? [],
      historyBytes: this.preferences.historyBytes,
      onSaveState: () => this.refreshState(),
      onJournal: (journalWorks) => this.store.update({ journalWorks }),
      beforeReplay: () => this.toolbox.abort(),
      onEdit: (event) => this.store.batch(() => this.followEdit(event)),
    });
    this.store = new Store(
      initialSnapshot({
        options,
        preferences: this.preferences,
        document: this.document,
        save: this.log.saveState,
        journalWorks: this.log.journalWorks,
        history: this.log.history,
        marks: this.marks,
      }),
    );
    const { scheduler } = options.ports;
    this.derived = new Derived(this.document, this.marks, this.log);
    this.display = new Display(this.store, this.document, options, scheduler);
    this.work = new WorkBoard(this.store);
    this.operator = makeOperator(this, options.ports.worker ?? null);
    const context = makeContext(this, scheduler);
    this.predictions = new Predictions(context, options.ports.predictor ?? null, (pending) =>
      this.work.showPredictions(pending),
    );
    this.toolbox = new Toolbox(context, () => this.display.minZoom());
    this.steps = new Steps(this, context);
    this.ready = this.log.open().then(() => {
      this.store.batch(() => {
        this.store.update({ phase: "ready" });
        this.refreshState();
        this.display.marksChanged();
      });
    });
  }

  get state(): ReadableStore<EditorSnapshot> {
    return this.store;
  }

  get nFrames(): number {
    return this.document.shape.nFrames;
  }

  dispatch(input: EditorInput): void {
    this.log.activeTime.touch();
    this.store.batch(() => {
      routeInput(this, input);
      this.followTools();
    });
  }

  run(commandId: string): boolean {
    const command = findCommand(commandId);
    return (
      command !== undefined &&
      this.store.batch(() => {
        const isDone = command.run(this);
        this.followTools();
        return isDone;
      })
    );
  }

  /** A gesture may have ended: what waited for that happens. */
  private followTools(): void {
    this.operator.settle();
    this.store.update({ path: this.toolbox.path });
  }

  autoContrast(index: number): void {
    this.display.autoContrast(index);
  }

  setChannel(index: number, settings: ChannelSettings): void {
    this.display.setChannel(index, settings);
  }

  setView(settings: Partial<ViewSettings>): void {
    this.store.batch(() => this.display.setView(settings));
  }

  setTool(tool: ToolId): void {
    this.toolbox.abort();
    this.store.batch(() => {
      this.work.say(null);
      this.store.update({ tool });
      this.store.update({ path: this.toolbox.path });
      this.display.toolChanged();
    });
  }

  setBrushRadius(radiusPx: number): void {
    const brushRadiusPx = Math.min(MAX_RADIUS_PX, Math.max(0.5, radiusPx));
    this.store.update({ brushRadiusPx });
    this.display.toolChanged();
  }

  changeRadius(byPx: number): void {
    this.setBrushRadius(this.store.getSnapshot().brushRadiusPx + byPx);
  }

  setWriteMode(writeMode: WriteMode): void {
    this.store.update({ writeMode });
  }

  setContextBrush(contextBrush: boolean): void {
    this.store.update({ contextBrush });
  }

  setCompartment(compartment: Compartment): void {
    if (this.document.compartments.includes(compartment)) {
      this.changePlane({ compartment });
    }
  }

  setFrame(frame: number): void {
    this.changePlane({ frame: Math.min(this.nFrames - 1, Math.max(0, Math.floor(frame))) });
  }

  setHidden(labels: Iterable<number>): void {
    this.store.batch(() => {
      this.work.setHidden(labels);
      this.display.setHidden(this.store.getSnapshot().work.hidden);
    });
  }

  select(label: number): void {
    this.store.batch(() => {
      this.display.highlight(label);
      this.store.update({ selected: label, selection: this.instance(label) });
    });
  }

  /** Ends a step: its pixels have changed already. */
  commit(tool: string, diffs: readonly LabelDiff[], said: readonly MarkEntry[] = []): void {
    this.log.commit(tool, diffs, marksAfter(this.document, this.marks, diffs, said));
  }

  mark(tool: string, said: readonly MarkEntry[]): boolean {
    const changes = this.marks.changesTo(said);
    const isAllowed = this.store.getSnapshot().editable && changes.length > 0;
    if (isAllowed) {
      this.log.commit(tool, [], changes);
    }
    return isAllowed;
  }

  goTo({ compartment, frame, label, row, column }: Place): void {
    const shown = this.plane();
    this.store.batch(() => {
      if (compartment !== undefined && compartment !== shown.compartment) {
        this.setCompartment(compartment);
      }
      if (frame !== undefined && frame !== shown.frame) {
        this.setFrame(frame);
      }
      if (label !== undefined) {
        this.select(label);
      }
      if (row !== undefined && column !== undefined) {
        const place = { row: Math.floor(row), col: Math.floor(column), height: 1, width: 1 };
        this.display.show(place);
      } else {
        this.showSelected();
      }
    });
  }

  onEdit(listener: (event: EditEvent) => void): () => void {
    this.editListeners.add(listener);
    return () => {
      this.editListeners.delete(listener);
    };
  }

  dispose(): void {
    this.toolbox.abort();
    this.isDisposed = true;
    this.refreshState();
    this.predictions.cancelAll();
    this.log.dispose();
    this.display.detach();
  }

  zoomBy(factor: number): void {
    this.display.zoomBy(factor);
  }

  fit(): void {
    this.display.fit();
  }

  actualSize(): void {
    this.display.actualSize();
  }

  showSelected(): boolean {
    const { selection } = this.store.getSnapshot();
    if (selection !== null) {
      this.display.show(selection.window);
    }
    return selection !== null;
  }

  private changePlane(parts: Partial<PlaneName>): void {
    this.toolbox.abort();
    this.store.batch(() => {
      this.store.update(parts);
      this.display.planeChanged();
      this.refreshState();
    });
  }

  private followEdit(event: EditEvent): void {
    for (const diff of event.diffs) {
      this.display.learnDiff(diff);
    }
    const { compartment, frame } = this.store.getSnapshot();
    const isHere = (diff: LabelDiff) => diff.compartment === compartment && diff.frame === frame;
    const last = event.diffs[event.diffs.length - 1];
    if (last === undefined || QUIET.has(event.tool) || event.diffs.some(isHere)) {
      this.redraw(event.diffs.filter(isHere).map(({ window }) => window));
    } else {
      this.changePlane({ compartment: last.compartment, frame: last.frame });
    }
    for (const { window } of event.diffs.filter((diff) => diff.frame === frame && !isHere(diff))) {
      this.display.otherChanged(window);
    }
    this.refreshState();
    if (event.marks.length > 0) {
      this.display.marksChanged();
    }
    for (const listener of this.editListeners) {
      listener(event);
    }
  }

  private redraw(windows: readonly PixelWindow[]): void {
    for (const window of windows) {
      this.display.labelsChanged(window);
    }
  }

  /** What follows from the log, the labels and the plane that is shown. */
  private refreshState(): void {
    const snapshot = this.store.getSnapshot();
    this.store.update({ ...this.derived.of(snapshot), editable: this.isEditable(snapshot) });
  }

  private isEditable({ phase, compartment }: EditorSnapshot): boolean {
    const { kind } = this.log.saveState;
    const isStopped = kind === "conflict" || kind === "closed";
    const isAllowed = this.compartments.includes(compartment) && !this.preferences.readOnly;
    return phase === "ready" && isAllowed && !isStopped && !this.isDisposed;
  }

  plane(): PlaneName {
    const { compartment, frame } = this.store.getSnapshot();
    return { compartment, frame };
  }

  private instance(label: number) {
    return this.document.index(this.plane()).get(label);
  }
}
