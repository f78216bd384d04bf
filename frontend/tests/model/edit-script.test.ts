import { expect, it } from "vitest";
import {
  applyDiff,
  type Change,
  type Compartment,
  decodeDiff,
  encodeDiff,
  type Fill,
  History,
  type LabelDiff,
  LabelDocument,
  labelImage,
  labelsChecksum,
  type OperationArgs,
  type OperationName,
  type OperationPatch,
  runOperation,
  visitStroke,
} from "../../src/model";
import { contract, rasterOf } from "./operations-contract";

const { script } = contract;
const PLANES: readonly Compartment[] = ["whole_cell", "nuclear"];
const [nRows, nCols] = script.scene.shape;
const SHAPE = { nFrames: 1, nRows, nCols };
const IMAGE = rasterOf(script.scene);

interface Edit {
  readonly at: 0 | 1;
  readonly mode: "protect" | "overwrite";
  readonly row: number;
  readonly col: number;
  readonly endRow: number;
  readonly endCol: number;
  readonly k: number;
}

/** The editor's own parts under the script: labels, gestures, diffs as bytes, history. */
class Desk {
  readonly document: LabelDocument;
  /** Follows by the bytes of the diffs alone, as the server does. */
  readonly server = PLANES.map((_, at) => labelImage(this.plane(at), SHAPE));
  private readonly history = new History();

  constructor() {
    this.document = new LabelDocument({
      whole_cell: labelImage(this.plane(0), SHAPE),
      nuclear: labelImage(this.plane(1), SHAPE),
    });
  }

  private plane(at: number): Uint32Array {
    return Uint32Array.from(script.scene.planes[at]);
  }

  name(at: number) {
    return { compartment: PLANES[at], frame: 0 };
  }

  labels(at: number) {
    return { nRows, nCols, labels: this.document.plane(this.name(at)) };
  }

  paste(at: number, patch: OperationPatch | null): void {
    const placed = patch === null ? [] : [{ plane: this.name(at), patch }];
    this.commit(this.document.paste(placed));
  }

  stroke(edit: Edit, fill: Fill): void {
    const { row, col, endRow, endCol, k } = edit;
    const gesture = this.document.begin();
    const writer = gesture.writer(this.name(edit.at));
    const stroke = {
      from: { x: col + 0.5, y: row + 0.5 },
      to: { x: endCol + 0.5, y: endRow + 0.5 },
      radiusPx: k / 2,
    };
    visitStroke(stroke, SHAPE, (r, start, end) => writer.fillSpan(r, start, end, fill));
    this.commit(gesture.finish());
  }

  step(diffs: readonly LabelDiff[]): void {
    for (const diff of diffs) {
      this.document.apply(diff);
      this.send(diff);
    }
  }

  undo = () => this.step(diffsOf(this.history.undo()));
  redo = () => this.step(diffsOf(this.history.redo()));

  private commit(diffs: readonly LabelDiff[]): void {
    if (diffs.length > 0) {
      this.history.push({
        tool: "script",
        changes: diffs.map((diff) => ({ diff, marks: [] })),
      });
    }
    diffs.forEach((diff) => {
      this.send(diff);
    });
  }

  private send(diff: LabelDiff): void {
    applyDiff(this.server[PLANES.indexOf(diff.compartment)], decodeDiff(encodeDiff(diff)));
  }
}

function diffsOf(changes: readonly Change[] | null): LabelDiff[] {
  return changes?.flatMap(({ diff }) => diff ?? []) ?? [];
}

function run(desk: Desk, name: string, edit: Edit): void {
  const { at, mode, row, col, endRow, endCol, k } = edit;
  const { document } = desk;
  const here = document.labelAt(desk.name(at), { row, col });
  const there = document.labelAt(desk.name(at), { row: endRow, col: endCol });
  const fresh = document.nextLabel();
  const other = document.labelAt(desk.name(1 - at), { row, col });
  const nucleus = document.labelAt(desk.name(1), { row, col });
  const box = {
    row: Math.min(row, endRow),
    col: Math.min(col, endCol),
    height: Math.abs(row - endRow) + 1,
    width: Math.abs(col - endCol) + 1,
  };
  const own = { label: here, mode };
  const act = <K extends OperationName>(op: K, args: OperationArgs<K>) =>
    desk.paste(at, runOperation({ op, plane: desk.labels(at), args }));
  const unknown = () => {
    throw new Error(`The script has an operation ${name} that this test does not know.`);
  };
  const region = { window: box, data: new Uint8Array(box.height * box.width).fill(1) };
  const copied = (from: number) => {
    const plane = desk.labels(from);
    return { ...plane, labels: plane.labels.slice() };
  };
  const points = [
    { x: col + 0.25, y: row + 0.5 },
    { x: endCol + 0.75, y: row - 1 },
    { x: endCol + 0.5, y: endRow + 0.3 },
    { x: col - 2, y: endRow + k / 4 },
  ];
  const path = [
    { row: 2 * row - endRow, col: 2 * col - endCol },
    { row: endRow, col: endCol },
  ];
  const runs: Record<string, () => void> = {
    brush: () => {
      const label = here || fresh;
      desk.stroke(edit, mode === "protect" ? { label, only: 0 } : { label });
    },
    erase: () => desk.stroke(edit, mode === "protect" ? { label: 0, only: here } : { label: 0 }),
    flood: () => act("flood", { row, col, label: there || fresh, mode }),
    trim: () => act("trim", { row, col, label: here }),
    fill_holes: () => act("fill_holes", own),
    grow: () => act("grow", own),
    shrink: () => act("shrink", { label: here }),
    smooth: () => act("smooth", { ...own, radiusPx: 1 + (k % 3) }),
    threshold: () => act("threshold", { image: IMAGE, box, label: fresh, mode }),
    wand: () =>
      act("wand", { image: IMAGE, row, col, tolerance: 60 * k, reachPx: 6, label: fresh, mode }),
    watershed: () =>
      act("watershed", {
        image: IMAGE,
        label: here,
        newLabel: fresh,
        first: { row, col },
        second: { row: endRow, col: endCol },
      }),
    split_line: () => act("split_line", { label: here, newLabel: fresh, path }),
    autofit: () => act("autofit", { ...own, image: IMAGE }),
    replace: () => act("replace", { from: here, to: there }),
    delete: () => act("replace", { from: here, to: 0 }),
    swap: () => act("swap", { a: here, b: there }),
    delete_in: () => act("delete_in", { region }),
    copy: () => act("copy", { source: copied(1 - at), label: other, mode }),
    interpolate: () =>
      act("interpolate", { before: copied(0), after: copied(1), share: k / 8, ...own }),
    expand: () => act("expand", { nuclei: copied(1), distancePx: k / 2, label: nucleus, mode }),
    polygon: () => act("polygon", { points, label: here || fresh, mode }),
    undo: desk.undo,
    redo: desk.redo,
  };
  (runs[name] ?? unknown)();
}

it("10,000 random edits leave the labels that the reference leaves", { timeout: 60_000 }, () => {
  const desk = new Desk();
  expect(script.edits.length).toBe(10_000);
  script.edits.forEach(([op, at, overwrite, row, col, endRow, endCol, k], i) => {
    const mode = overwrite === 1 ? "overwrite" : "protect";
    run(desk, script.operations[op], { at: at as 0 | 1, mode, row, col, endRow, endCol, k });
    if ((i + 1) % script.every === 0) {
      const found = PLANES.map((name) => labelsChecksum(desk.document.image(name)));
      expect([i + 1, ...found]).toEqual([i + 1, ...script.checksums[(i + 1) / script.every - 1]]);
      expect(desk.server.map(labelsChecksum)).toEqual(found);
    }
  });
});
