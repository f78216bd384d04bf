import { zipSync } from "fflate";
import type { WireEdit } from "../../engine";
import { COMPARTMENTS, type Compartment, type LabelSet, type MarkValue } from "../../model";
import { saveFile } from "../ports/save-file";
import type { OpenCrop } from "./open-crop";

/** A .npy file, version 1.0: its header is padded so that the data starts at a multiple of 64. */
function npyFile(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + fields.length + 1) / 64) * 64 - 10;
  const header = `${fields.padEnd(length - 1)}\n`;
  const file = new Uint8Array(10 + length + data.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  file.set(new TextEncoder().encode(header), 10);
  file.set(data, 10 + length);
  return file;
}

/** Names as numpy's fixed-width text (UTF-32, little endian). */
function textArray(names: readonly string[]): Uint8Array {
  const width = Math.max(...names.map((name) => name.length));
  const codes = new Uint32Array(names.length * width);
  names.forEach((name, i) => {
    for (let k = 0; k < name.length; k++) codes[i * width + k] = name.charCodeAt(k);
  });
  return npyFile(`<U${width}`, [names.length], new Uint8Array(codes.buffer));
}

/** The label images side by side, as (frame, row, column, compartment). */
function interleave(labels: LabelSet, names: readonly Compartment[]): Uint8Array {
  const images = names.flatMap((name) => labels[name] ?? []);
  const [first] = images;
  if (!first) throw new Error("There are no labels to download.");
  const values = new Uint32Array(first.data.length * images.length);
  images.forEach(({ data }, plane) => {
    for (let i = 0; i < data.length; i++) values[i * images.length + plane] = data[i] ?? 0;
  });
  const shape = [first.nFrames, first.nRows, first.nCols, images.length];
  return npyFile("<u4", shape, new Uint8Array(values.buffer));
}

/**
 * "Download my work": an npz with `y` (frame, row, column, compartment) and `compartments`, which the
 * command line reads, `marks.json`, and `unsaved_edits.json`, the edits that the server does not hold.
 */
export async function workFile(work: {
  readonly labels: LabelSet;
  readonly marks: Readonly<Record<string, MarkValue>>;
  readonly unsaved: readonly WireEdit[];
}): Promise<Uint8Array> {
  const { labels, marks, unsaved } = work;
  const names = COMPARTMENTS.filter((name) => labels[name] !== undefined);
  return zipSync({
    "y.npy": interleave(labels, names),
    "compartments.npy": textArray(names),
    "marks.json": jsonFile(marks),
    "unsaved_edits.json": jsonFile(unsaved),
  });
}

function jsonFile(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Hands the work of a crop to the browser's downloads, whatever the state of saving. */
export async function downloadWork(
  crop: Pick<OpenCrop, "labels" | "editor" | "assignment">,
): Promise<void> {
  const { labels, editor } = crop;
  const bytes = await workFile({
    labels,
    marks: editor.marksNow(),
    unsaved: editor.unsavedEdits(),
  });
  saveFile(bytes, `cytoloop-assignment-${crop.assignment.id}.npz`);
}
