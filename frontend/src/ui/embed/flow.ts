import { type AnnotatorApi, ApiError, type Assignment, type Launch } from "../../api";
import type { HostMessage } from "../ports/host";
import type { OpenCrop } from "./open-crop";

/** Where the annotator's page stands. */
export type FlowPhase =
  | { phase: "launching" | "claiming" }
  | { phase: "loading"; assignment: Assignment }
  | { phase: "editing"; crop: OpenCrop; leaving: "submit" | "skip" | null; problem: string | null }
  | { phase: "thanks" }
  | { phase: "finished" }
  | { phase: "failed"; message: string };

export type FlowState = FlowPhase & {
  job: Launch["job"] | null;
  nSubmitted: number;
  nSkipped: number;
};

export interface FlowPorts {
  api: AnnotatorApi;
  openCrop: (assignment: Assignment) => Promise<OpenCrop>;
  /** Keeps the bearer token in memory. */
  holdToken: (token: string) => void;
  tellHost: (message: HostMessage) => void;
  pause: (ms: number) => Promise<void>;
}

const THANKS_MS = 1100;

/** Launch, claim, load, edit, submit or skip, and the next crop, until nothing is left. */
export class AnnotationFlow {
  #state: FlowState = { phase: "launching", job: null, nSubmitted: 0, nSkipped: 0 };
  readonly #launchToken: string;
  readonly #ports: FlowPorts;
  readonly #listeners = new Set<() => void>();
  #renewing: Promise<boolean> | null = null;

  constructor(launchToken: string, ports: FlowPorts) {
    this.#launchToken = launchToken;
    this.#ports = ports;
  }

  getSnapshot = (): FlowState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Starts, or starts again after a failure: the server hands back the assignment already held. */
  start = async (): Promise<void> => {
    await this.#guarded(async () => {
      this.#closeCrop();
      if (!this.#state.job) {
        this.#enter({ phase: "launching" });
        await this.#launch();
      }
      await this.#claimNext();
    });
  };

  /**
   * A fresh token after the server refused the last one; false when the link is no longer good. Calls
   * that are refused together share one. Rejects while the server cannot be asked.
   */
  renew = async (): Promise<boolean> => {
    if (!this.#state.job) return false;
    this.#renewing ??= this.#relaunch();
    return this.#renewing;
  };

  async #relaunch(): Promise<boolean> {
    try {
      await this.#launch();
      return true;
    } catch (failure) {
      if (failure instanceof ApiError && !failure.isTransient) return false;
      throw failure;
    } finally {
      this.#renewing = null;
    }
  }

  submit = (): Promise<void> =>
    this.#leave("submit", async ({ assignment, editor }) => {
      await editor.flush();
      const body = { last_seq: editor.lastSeq(), checksums: editor.checksums() };
      await this.#ports.api.submit(assignment.id, body);
      this.#ports.tellHost({ type: "cytoloop:submitted", assignment_id: assignment.id });
      this.#closeCrop();
      this.#enter({ phase: "thanks" }, { nSubmitted: this.#state.nSubmitted + 1 });
      await this.#ports.pause(THANKS_MS);
    });

  skip = (): Promise<void> =>
    this.#leave("skip", async ({ assignment, editor }) => {
      await this.#ports.api.skip(assignment.id);
      await editor.discardUnsaved();
      this.#closeCrop();
      this.#enter({ phase: "claiming" }, { nSkipped: this.#state.nSkipped + 1 });
    });

  /** Gives up what the server does not hold and loads its version. */
  reloadCrop = async (): Promise<void> => {
    if (this.#state.phase !== "editing") return;
    await this.#state.crop.editor.discardUnsaved();
    await this.start();
  };

  /** Lets go of the canvas and the timers when the page goes away. */
  stop = (): void => this.#closeCrop();

  async #launch(): Promise<void> {
    const { token, job } = await this.#ports.api.launch(this.#launchToken);
    this.#ports.holdToken(token);
    this.#change({ ...this.#state, job });
  }

  async #claimNext(): Promise<void> {
    const { job } = this.#state;
    if (!job) return;
    this.#enter({ phase: "claiming" });
    const assignment = await this.#ports.api.claim(job.id);
    if (!assignment) {
      this.#enter({ phase: "finished" });
      return;
    }
    this.#enter({ phase: "loading", assignment });
    const crop = await this.#ports.openCrop(assignment);
    this.#enter({ phase: "editing", crop, leaving: null, problem: null });
  }

  /** However often a button is pressed, a crop is left once; a failure keeps it open with the reason. */
  async #leave(how: "submit" | "skip", act: (crop: OpenCrop) => Promise<void>): Promise<void> {
    const state = this.#state;
    if (state.phase !== "editing" || state.leaving) return;
    const { crop } = state;
    this.#enter({ phase: "editing", crop, leaving: how, problem: null });
    try {
      await act(crop);
    } catch (failure) {
      this.#enter({ phase: "editing", crop, leaving: null, problem: wordsOf(failure) });
      return;
    }
    await this.#guarded(() => this.#claimNext());
  }

  async #guarded(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (failure) {
      this.#enter({ phase: "failed", message: wordsOf(failure) });
    }
  }

  #closeCrop(): void {
    if (this.#state.phase !== "editing") return;
    const { editor, tab } = this.#state.crop;
    editor.dispose();
    tab.release();
  }

  #enter(phase: FlowPhase, counts: Partial<Pick<FlowState, "nSubmitted" | "nSkipped">> = {}): void {
    const { job, nSubmitted, nSkipped } = this.#state;
    this.#change({ job, nSubmitted, nSkipped, ...counts, ...phase });
  }

  #change(state: FlowState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Server and editor errors speak to people already; anything else is a fault of the page. */
function wordsOf(failure: unknown): string {
  if (failure instanceof ApiError || failure instanceof Error) return failure.message;
  return String(failure);
}
