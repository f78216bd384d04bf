/**
 * Edits on their way to the server and the crash journal. The bytes of a large diff are made when
 * somebody asks for them, so that no gesture waits for them.
 */
import {
  type Change,
  decodeDiff,
  editChecksum,
  encodeDiff,
  fromBase64,
  type LoggedChange,
  marksText,
  parseMarks,
  toBase64,
} from "../model";
import type { WireEdit } from "./ports";

export type EditHead = Pick<WireEdit, "seq" | "tool" | "client_at" | "active_s">;

/** A diff of more numbers than this, a millisecond's worth, is encoded after the gesture. */
const LARGE_NUMBERS = 65_536;
/** Letters of base64 per number of a diff: one to five bytes, mostly one. */
const LETTERS_PER_NUMBER = 2;

export class OutgoingEdit {
  private readonly head: EditHead;
  private change: Change | null;
  private wire: WireEdit | null;
  private readonly estimate: number;

  constructor(head: EditHead, change: Change | null, wire: WireEdit | null = null) {
    this.head = head;
    this.change = change;
    this.wire = wire;
    this.estimate = LETTERS_PER_NUMBER * (change?.diff?.runs.length ?? 0);
  }

  static of(wire: WireEdit): OutgoingEdit {
    return new OutgoingEdit(wire, null, wire);
  }

  get seq(): number {
    return this.head.seq;
  }

  /** Whether its bytes are still to be made, and take a while. */
  get isSlow(): boolean {
    return this.wire === null && this.estimate > LETTERS_PER_NUMBER * LARGE_NUMBERS;
  }

  /** Letters that it takes in a request, at least roughly. */
  get letters(): number {
    return this.wire === null
      ? this.estimate
      : this.wire.diff.length + (this.wire.marks?.length ?? 0);
  }

  toWire(): WireEdit {
    this.wire ??= encoded(this.head, this.change as Change);
    this.change = null;
    return this.wire;
  }
}

function encoded(head: EditHead, { diff, marks }: Change): WireEdit {
  const bytes = diff === null ? new Uint8Array(0) : encodeDiff(diff);
  const text = marksText(marks);
  return { ...head, diff: toBase64(bytes), marks: text, checksum: editChecksum(bytes, text) };
}

/** What an edit changes. @throws ModelError when it cannot be read. */
export function changeOf(edit: WireEdit): Change {
  const diff = edit.diff === "" ? null : decodeDiff(fromBase64(edit.diff));
  return { diff, marks: parseMarks(edit.marks ?? "") };
}

/**
 * Edits of one step share tool and moment; those of steps that follow each other never do. The server
 * may write a moment in other words.
 */
function groupOf({ tool, client_at }: EditHead): string {
  return `${tool} ${Date.parse(client_at)}`;
}

export function loggedChange(edit: WireEdit): LoggedChange {
  return { tool: edit.tool, group: groupOf(edit), change: changeOf(edit) };
}
