/** The vectors of tests/contract/label_diff.json, which the server's tests read too. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  applyDiff,
  type Compartment,
  crc32,
  DivergingDiff,
  decodeDiff,
  diffLabels,
  editChecksum,
  encodeDiff,
  InvalidDiff,
  type LabelDiff,
  labelImage,
} from "../../src/model";

interface Vector {
  readonly name: string;
  readonly compartment: Compartment;
  readonly frame: number;
  readonly shape: readonly [number, number];
  readonly old: readonly number[];
  readonly new: readonly number[];
  readonly diff_hex: string;
  readonly checksum: number;
  readonly labels_checksum_after: number;
}

interface Invalid {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly labels: readonly number[];
  readonly diff_hex: string;
  readonly error: "invalid" | "diverging";
}

interface Contract {
  readonly vectors: readonly Vector[];
  readonly invalid: readonly Invalid[];
  readonly label_images: readonly { name: string; labels: readonly number[]; checksum: number }[];
}

const path = new URL("../../../tests/contract/label_diff.json", import.meta.url);
const contract = JSON.parse(readFileSync(path, "utf8")) as Contract;

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

function checksumOf(labels: Uint32Array): number {
  return crc32(new Uint8Array(labels.buffer));
}

describe.each(contract.vectors)("vector: $name", (vector) => {
  const [nRows, nCols] = vector.shape;
  const before = Uint32Array.from(vector.old);
  const after = Uint32Array.from(vector.new);

  it("is encoded to the same bytes and checksum", () => {
    const { compartment, frame } = vector;
    const diff = diffLabels(before, after, { compartment, frame, nRows, nCols }) as LabelDiff;
    const bytes = encodeDiff(diff);
    expect(Buffer.from(bytes).toString("hex")).toBe(vector.diff_hex);
    expect(editChecksum(bytes)).toBe(vector.checksum);
  });

  it("is decoded and applied to the same labels", () => {
    const diff = decodeDiff(bytesOf(vector.diff_hex));
    expect([diff.compartment, diff.frame]).toEqual([vector.compartment, vector.frame]);
    const labels = labelImage(before.slice(), { nFrames: 1, nRows, nCols });
    applyDiff(labels, { ...diff, frame: 0 });
    expect(labels.data).toEqual(after);
    expect(checksumOf(labels.data)).toBe(vector.labels_checksum_after);
  });
});

describe.each(contract.invalid)("invalid: $name", (invalid) => {
  it(`is refused as ${invalid.error} and changes nothing`, () => {
    const [nRows, nCols] = invalid.shape;
    const labels = labelImage(Uint32Array.from(invalid.labels), { nFrames: 1, nRows, nCols });
    const attempt = () => applyDiff(labels, decodeDiff(bytesOf(invalid.diff_hex)));
    expect(attempt).toThrow(invalid.error === "invalid" ? InvalidDiff : DivergingDiff);
    expect(labels.data).toEqual(Uint32Array.from(invalid.labels));
  });
});

it.each(contract.label_images)("checksum of the label image: $name", ({ labels, checksum }) => {
  expect(checksumOf(Uint32Array.from(labels))).toBe(checksum);
});
