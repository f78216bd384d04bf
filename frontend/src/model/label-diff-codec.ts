/**
 * The bytes of a label diff, version 1 (docs/architecture.md, "Label diff, version 1"). Only the
 * canonical form is read and written, so equal changes have equal bytes and equal checksums.
 */
import { COMPARTMENTS } from "./compartments";
import { crc32 } from "./crc32";
import { InvalidDiff } from "./errors";
import type { LabelDiff } from "./label-diff";
import { utf8Bytes } from "./utf8";
import { VarintReader, VarintWriter } from "./varints";
import type { PixelWindow } from "./windows";

const VERSION = 1;

export function encodeDiff(diff: LabelDiff): Uint8Array {
  const { row, col, height, width } = diff.window;
  const writer = new VarintWriter();
  const compartment = COMPARTMENTS.indexOf(diff.compartment);
  writer.write([VERSION, compartment, diff.frame, row, col, height, width]);
  writer.write(diff.runs);
  return writer.finish();
}

/** CRC-32 of the bytes of a diff and then of its marks: the `checksum` of an edit. */
export function editChecksum(bytes: Uint8Array, marks = ""): number {
  return crc32(utf8Bytes(marks), crc32(bytes));
}

/** @throws InvalidDiff when the bytes are not a canonical label diff. */
export function decodeDiff(bytes: Uint8Array): LabelDiff {
  const reader = new VarintReader(bytes);
  const version = reader.read("the version");
  if (version !== VERSION) {
    throw new InvalidDiff(`The label diff has version ${version}; this program reads version 1.`);
  }
  const compartment = COMPARTMENTS[reader.read("the compartment")];
  if (compartment === undefined) {
    throw new InvalidDiff("The label diff names a compartment other than 0 and 1.");
  }
  const frame = reader.read("the frame");
  const window = readWindow(reader);
  const runs = readRuns(reader, window);
  checkTight(window, runs);
  return { compartment, frame, window, runs };
}

function readWindow(reader: VarintReader): PixelWindow {
  const row = reader.read("the row");
  const col = reader.read("the column");
  const height = reader.read("the height");
  const width = reader.read("the width");
  if (height < 1 || width < 1) {
    throw new InvalidDiff(`The label diff has a rectangle of ${height} x ${width} pixels.`);
  }
  return { row, col, height, width };
}

function readRuns(reader: VarintReader, window: PixelWindow): Uint32Array {
  const area = window.height * window.width;
  const runs: number[] = [];
  let end = 0;
  while (!reader.atEnd) {
    const skip = reader.read("a skip");
    const length = reader.read("a length");
    const old = reader.read("an old label");
    const next = reader.read("a new label");
    end += skip + length;
    checkRun(runs, [skip, length, old, next]);
    if (end > area) {
      throw new InvalidDiff(
        `A run of the label diff passes the end of its rectangle of ${area} pixels.`,
      );
    }
    runs.push(skip, length, old, next);
  }
  if (runs.length === 0) {
    throw new InvalidDiff("The label diff has no runs. Send no edit when nothing changed.");
  }
  return Uint32Array.from(runs);
}

function checkRun(runs: readonly number[], run: readonly [number, number, number, number]): void {
  const [skip, length, old, next] = run;
  if (length < 1) {
    throw new InvalidDiff("The label diff has a run without pixels.");
  }
  if (old === next) {
    throw new InvalidDiff(`The label diff changes label ${old} to itself.`);
  }
  const last = runs.length - 4;
  if (skip === 0 && last >= 0 && runs[last + 2] === old && runs[last + 3] === next) {
    throw new InvalidDiff("The label diff has two runs that should be one.");
  }
}

/** Each side of the rectangle must hold a changed pixel. */
function checkTight(window: PixelWindow, runs: Uint32Array): void {
  const { height, width } = window;
  let at = 0;
  let minCol = width;
  let maxCol = 0;
  for (let i = 0; i < runs.length; i += 4) {
    at += runs[i];
    const first = at % width;
    const last = first + runs[i + 1] - 1;
    minCol = Math.min(minCol, last >= width ? 0 : first);
    maxCol = Math.max(maxCol, Math.min(last, width - 1));
    at += runs[i + 1];
  }
  const firstRow = Math.floor(runs[0] / width);
  const lastRow = Math.floor((at - 1) / width);
  if (firstRow > 0 || lastRow < height - 1 || minCol > 0 || maxCol < width - 1) {
    throw new InvalidDiff("The rectangle of the label diff is larger than its changed pixels.");
  }
}
