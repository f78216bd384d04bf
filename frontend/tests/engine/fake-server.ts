/** The server's side of the editing protocol, with a network between that can fail in every way. */
import { expect } from "vitest";
import type { SavePort, SendOutcome, WireEdit } from "../../src/engine";
import {
  applyDiff,
  applyMarks,
  COMPARTMENTS,
  type Compartment,
  decodeDiff,
  editChecksum,
  fromBase64,
  type LabelSet,
  type MarkChange,
  type MarkValue,
  ModelError,
  parseMarks,
  reverseMarks,
} from "../../src/model";
import { Random } from "../model/random";
import { copyLabels, type TestEditor, type TestTime } from "./test-editor";

export class FakeServer implements SavePort {
  readonly labels: LabelSet;
  readonly marks = new Map<string, MarkValue>();
  readonly log: WireEdit[] = [];
  isClosed = false;
  nRequests = 0;

  constructor(labels: LabelSet) {
    this.labels = copyLabels(labels);
  }

  get lastSeq(): number {
    return this.log.length;
  }

  async send(edits: readonly WireEdit[]): Promise<SendOutcome> {
    this.nRequests++;
    return this.append(edits);
  }

  /** All of a batch or nothing. */
  append(edits: readonly WireEdit[]): SendOutcome {
    if (this.isClosed) {
      return this.refuse("assignment_closed", "The assignment was submitted.");
    }
    if (edits.length > 500) {
      return { kind: "rejected", code: "too_many", message: "At most 500 edits." };
    }
    const fresh = edits.filter(({ seq }) => seq > this.lastSeq);
    const held = edits.filter(({ seq }) => seq <= this.lastSeq);
    if (held.some((edit) => this.log[edit.seq - 1].checksum !== edit.checksum)) {
      return this.refuse("diverged", "Another edit is held under this number.");
    }
    if (fresh.some((edit, i) => edit.seq !== this.lastSeq + 1 + i)) {
      return this.refuse("gap", "Edits are missing.");
    }
    for (const edit of fresh) {
      const outcome = this.appendOne(edit);
      if (outcome !== null) {
        return outcome;
      }
    }
    return { kind: "saved", lastSeq: this.lastSeq };
  }

  private appendOne(edit: WireEdit): SendOutcome | null {
    const bytes = fromBase64(edit.diff);
    const marks = edit.marks ?? "";
    if (bytes.length + marks.length === 0) {
      return { kind: "rejected", code: "empty", message: "The edit changes nothing." };
    }
    if (editChecksum(bytes, marks) !== edit.checksum) {
      return { kind: "rejected", code: "checksum", message: "The checksum is wrong." };
    }
    try {
      const changes = parseMarks(marks);
      applyMarks(this.marks, changes);
      this.applyPixels(bytes, changes);
    } catch (error) {
      if (error instanceof ModelError) {
        return this.refuse("diverged", error.message);
      }
      throw error;
    }
    this.log.push(edit);
    return null;
  }

  /** A pixel that differs takes the marks of its edit back. */
  private applyPixels(bytes: Uint8Array, changes: readonly MarkChange[]): void {
    const diff = bytes.length === 0 ? null : decodeDiff(bytes);
    const image = diff === null ? undefined : this.labels[diff.compartment];
    try {
      if (diff !== null && image !== undefined) {
        applyDiff(image, diff);
      }
    } catch (error) {
      applyMarks(this.marks, reverseMarks(changes));
      throw error;
    }
  }

  private refuse(code: string, message: string): SendOutcome {
    return { kind: "refused", code, message, lastSeq: this.lastSeq };
  }
}

/** Loses requests, loses replies, repeats, delays and mixes up; the server behind it is sound. */
export class BadNetwork implements SavePort {
  private readonly server: FakeServer;
  private readonly time: TestTime;
  private readonly random: Random;
  faultRate: number;

  constructor(server: FakeServer, time: TestTime, seed: number, faultRate = 0.5) {
    this.server = server;
    this.time = time;
    this.random = new Random(seed);
    this.faultRate = faultRate;
  }

  send(edits: readonly WireEdit[]): Promise<SendOutcome> {
    if (!this.random.chance(this.faultRate)) {
      return this.server.send(edits);
    }
    const fault = this.random.pick([
      () => Promise.reject(new Error("The network is down.")),
      () => this.loseReply(edits),
      () => this.repeat(edits),
      () => this.delay(edits, this.random.int(10, 200_000)),
      () => this.answerLate(edits, this.random.int(10, 90_000)),
      () => new Promise<SendOutcome>(() => {}),
      () => this.server.send(edits.slice(0, this.random.int(1, edits.length + 1))),
      () => this.server.send(edits.slice(this.random.int(0, edits.length))),
    ]);
    return fault();
  }

  private async loseReply(edits: readonly WireEdit[]): Promise<SendOutcome> {
    await this.server.send(edits);
    return { kind: "unreachable", message: "The connection broke." };
  }

  private async repeat(edits: readonly WireEdit[]): Promise<SendOutcome> {
    await this.server.send(edits);
    return this.server.send(edits);
  }

  /** The request arrives late, perhaps after others. */
  private delay(edits: readonly WireEdit[], delayMs: number): Promise<SendOutcome> {
    return new Promise((resolve) => {
      this.time.after(delayMs, () => resolve(this.server.send(edits)));
    });
  }

  /** The reply arrives late, when it says what is no longer so. */
  private answerLate(edits: readonly WireEdit[], delayMs: number): Promise<SendOutcome> {
    const outcome = this.server.send(edits);
    return new Promise((resolve) => {
      this.time.after(delayMs, () => resolve(outcome));
    });
  }
}

/** Labels, marks and nothing else are the same here and there. */
export function expectSameBytes(
  test: TestEditor,
  server: FakeServer,
  names: readonly Compartment[] = COMPARTMENTS,
): void {
  expect(test.editor.marksNow()).toEqual(Object.fromEntries(server.marks));
  for (const name of names) {
    expect(test.data(name)).toEqual(server.labels[name]?.data);
  }
}
