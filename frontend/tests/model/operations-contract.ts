/** The vectors of `tests/contract/label_operations.json` as the operations of the model take them. */
import { readFileSync } from "node:fs";
import {
  boxMask,
  cropLabels,
  type LabelPlane,
  type OperationJob,
  type OperationName,
  type PixelWindow,
  type Raster,
  type WriteMode,
} from "../../src/model";

export interface ContractScene {
  readonly shape: readonly [number, number];
  readonly planes: readonly [readonly number[], readonly number[]];
  readonly image: readonly number[];
}

export interface OperationVector {
  readonly op: OperationName;
  readonly scene: number;
  readonly args: Readonly<Record<string, unknown>>;
  /** All labels afterwards; null when nothing changes. */
  readonly result: readonly number[] | null;
}

export interface EditScript {
  readonly scene: ContractScene;
  readonly operations: readonly string[];
  readonly every: number;
  readonly edits: readonly (readonly number[])[];
  readonly checksums: readonly (readonly [number, number])[];
}

interface Contract {
  readonly scenes: readonly ContractScene[];
  readonly vectors: readonly OperationVector[];
  readonly script: EditScript;
}

const path = new URL("../../../tests/contract/label_operations.json", import.meta.url);
export const contract = JSON.parse(readFileSync(path, "utf8")) as Contract;

export function planeOfScene(scene: ContractScene, at: 0 | 1): LabelPlane {
  const [nRows, nCols] = scene.shape;
  return { nRows, nCols, labels: Uint32Array.from(scene.planes[at]) };
}

export function rasterOf(scene: ContractScene): Raster {
  const [nRows, nCols] = scene.shape;
  return { nRows, nCols, data: Uint16Array.from(scene.image) };
}

/** Rolls a plane by whole pixels, as the generator does for the second of two frames. */
function rolled(plane: LabelPlane, down: number, across: number): LabelPlane {
  const { nRows, nCols } = plane;
  const labels = new Uint32Array(plane.labels.length);
  for (let row = 0; row < nRows; row++) {
    for (let col = 0; col < nCols; col++) {
      const r = (((row - down) % nRows) + nRows) % nRows;
      const c = (((col - across) % nCols) + nCols) % nCols;
      labels[row * nCols + col] = plane.labels[r * nCols + c];
    }
  }
  return { nRows, nCols, labels };
}

type Pair = readonly [number, number];

/** Places and boxes come as lists. */
export function translated(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const pixel = ([row, col]: Pair) => ({ row, col });
  const out: Record<string, unknown> = { ...args };
  if (args.box !== undefined) {
    const [row, col, height, width] = args.box as readonly [number, number, number, number];
    out.box = { row, col, height, width };
    out.region = boxMask({ row, col, height, width });
  }
  if (args.first !== undefined) {
    out.first = pixel(args.first as Pair);
    out.second = pixel(args.second as Pair);
  }
  if (args.path !== undefined) {
    out.path = (args.path as readonly Pair[]).map(pixel);
  }
  if (args.points !== undefined) {
    out.points = (args.points as readonly Pair[]).map(([x, y]) => ({ x, y }));
  }
  return out;
}

/** The labels of the box in the second plane, numbered from 1 on in ascending order. */
function adoptArgs(
  second: LabelPlane,
  args: Readonly<Record<string, unknown>>,
): OperationJob<"adopt">["args"] {
  const { box, names, mode } = translated(args) as {
    box: PixelWindow;
    names: number[];
    mode: WriteMode;
  };
  const part = cropLabels(second, box);
  const values = [...new Set(part)].filter((label) => label > 0).sort((a, b) => a - b);
  return { found: part.map((label) => values.indexOf(label) + 1), box, labels: names, mode };
}

export function jobOf({ op, scene: at, args }: OperationVector): OperationJob {
  const scene = contract.scenes[at];
  const second = planeOfScene(scene, 1);
  const more = {
    image: rasterOf(scene),
    source: second,
    nuclei: second,
    before: planeOfScene(scene, 0),
    after: rolled(second, 2, -3),
  };
  if (op === "adopt") {
    return { op, plane: planeOfScene(scene, 0), args: adoptArgs(second, args) };
  }
  const all = { ...more, ...translated(args) } as unknown as OperationJob["args"];
  return { op, plane: planeOfScene(scene, 0), args: all };
}
