import { describe, expect, it } from "vitest";
import type { PredictorPort } from "../../src/engine";
import { COMPARTMENTS, labelsChecksum } from "../../src/model";
import { Random } from "../model/random";
import { BadNetwork, expectSameBytes, FakeServer } from "./fake-server";
import { copyLabels, emptyLabels, settle, TestEditor, TestJournal, TestTime } from "./test-editor";

const SHAPE = { nFrames: 2, nRows: 40, nCols: 50 };

const CLICK_TOOLS = [
  "flood",
  "trim",
  "wand",
  "expand",
  "replace",
  "swap_labels",
  "type",
  "note",
  "daughter",
] as const;
const DRAG_TOOLS = [
  "threshold",
  "split",
  "merge",
  "delete_box",
  "delete_lasso",
  "ignore_box",
  "ignore_lasso",
  "predict_box",
  "note",
] as const;
const CELL_TYPES = [1, 2].map((hotkey) => ({
  id: `type_${hotkey}`,
  name: "A type",
  color: "#102030",
  hotkey,
}));
const SHAPE_TOOLS = ["encircle", "polygon", "watershed"] as const;
const ACTIONS = [
  "label.fill_holes",
  "label.grow",
  "label.shrink",
  "label.smooth",
  "label.autofit",
  "label.expand",
  "label.expand_all",
  "label.copy_to_compartment",
  "label.copy_to_next",
  "label.copy_to_previous",
  "label.interpolate",
  "review.accept",
  "review.uncheck",
  "shape.finish",
  "type.1",
  "type.2",
  "type.clear",
  "label.uncertain",
  "label.renew",
  "note.add",
  "division.remove",
];

function place(random: Random): [number, number] {
  return [random.int(-5, SHAPE.nRows + 5), random.int(-5, SHAPE.nCols + 5)];
}

/** One random thing that an annotator may do. */
function doSomething(test: TestEditor, random: Random): void {
  const { editor } = test;
  const places = Array.from({ length: random.int(1, 5) }, () => place(random));
  random.pick([
    () => test.use("brush", random.pick([0.5, 1, 3, 9])).drag(places),
    () => test.use("brush", random.int(1, 5)).drag(places, { alt: random.chance(0.3) }),
    () => test.use("erase", random.int(1, 6)).drag(places),
    () => test.use("select").click(places[0]),
    () => test.use(random.pick(CLICK_TOOLS)).click(places[0]),
    () => test.use(random.pick(DRAG_TOOLS)).drag(places),
    () => test.use(random.pick(SHAPE_TOOLS)).click(places[0]).click(place(random)),
    () => test.command(random.pick(ACTIONS)),
    () => test.use("brush").pointer("pointer_down", places[0]).command("escape"),
    () => test.use("brush").drag(places).pointer("pointer_cancel", places[0]),
    () => test.command("label.delete"),
    () => test.command("label.new"),
    () => test.command("history.undo").command("history.undo"),
    () => test.command("history.redo"),
    () => test.command("label.next"),
    () => editor.setCompartment(random.pick(COMPARTMENTS)),
    () => editor.setFrame(random.int(0, 2)),
    () => editor.setToolOptions({ frameScope: random.pick(["one", "past", "future", "all"]) }),
    () => editor.saveNote(random.pick(["", "Mitosis?", "\u00df\u{1f600}\n", '"\\'])),
    () => editor.saveNote("again"),
    () => random.pick([editor.deleteNote, editor.deleteRegion])(anyId(test, random)),
    () => editor.addDaughter(random.int(1, 9), random.int(1, 9)),
    () => editor.setWriteMode(random.pick(["protect", "overwrite"])),
  ])();
}

function anyId(test: TestEditor, random: Random): string {
  const { notes, regions } = test.snapshot.marks;
  return random.pick([...notes, ...regions, { id: "none" }]).id;
}

/** Finds a cell in the middle of each box, or nothing, or fails, sooner or later. */
function fickle(time: TestTime, random: Random): PredictorPort {
  return {
    predict: ({ window: { height, width } }) =>
      new Promise((resolve) => {
        const labels = new Uint32Array(height * width);
        labels.fill(1, width, 4 * width).fill(3, 5 * width, 9 * width);
        const outcome = random.pick([
          { kind: "done", labels },
          { kind: "done", labels: new Uint32Array(3) },
          { kind: "failed", message: "The predictor is away." },
        ] as const);
        time.after(random.int(1, 4000), () => resolve(outcome));
      }),
  };
}

/** Time passes, the clock jumps, storage breaks and works again. */
async function goWrong(time: TestTime, journal: TestJournal, random: Random): Promise<void> {
  journal.isBroken = random.chance(journal.isBroken ? 0.8 : 0.01);
  if (random.chance(0.02)) {
    time.jump(random.pick([-86_400_000, 3_600_000, -1, 1e10]));
  }
  if (random.chance(0.3)) {
    await time.pass(random.pick([10, 300, 5000, 400_000]));
  }
}

describe("after ten thousand random gestures, reloads and network faults", () => {
  it.each([1, 2, 3, 4])(
    "browser and server hold the same bytes (seed %i)",
    { timeout: 30_000 },
    async (seed) => {
      const random = new Random(seed);
      const time = new TestTime();
      const server = new FakeServer(emptyLabels(SHAPE));
      const network = new BadNetwork(server, time, seed + 100);
      const journal = new TestJournal();
      const always = {
        shape: SHAPE,
        time,
        save: network,
        journal,
        cellTypes: CELL_TYPES,
        predictor: fickle(time, random),
      };
      let test = await TestEditor.open(always);
      for (let i = 0; i < 2500; i++) {
        doSomething(test, random);
        await goWrong(time, journal, random);
        if (random.chance(0.01)) {
          journal.isBroken = false;
          await settle();
          test.editor.dispose();
          test = await TestEditor.open({
            ...always,
            marks: Object.fromEntries(server.marks),
            labels: copyLabels(server.labels),
            lastSeq: server.lastSeq,
            log: [...server.log],
          });
        }
      }
      expect(test.snapshot.save.kind).not.toBe("conflict");
      network.faultRate = 0;
      journal.isBroken = false;
      await time.pass(1_000_000);
      await test.editor.flush();
      expect(test.snapshot.save).toEqual({ kind: "saved" });
      expect(server.lastSeq).toBe(test.editor.lastSeq());
      expect(server.lastSeq).toBeGreaterThan(300);
      expect(journal.edits).toEqual([]);
      expectSameBytes(test, server);
      for (const name of COMPARTMENTS) {
        const image = server.labels[name];
        expect(test.editor.checksums()[name]).toBe(image && labelsChecksum(image));
      }
    },
  );
});
