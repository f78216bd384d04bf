import { describe, expect, it } from "vitest";
import { toScreen } from "../../src/engine/camera";
import { FakeServer } from "./fake-server";
import { copyLabels, emptyLabels, settle, TestEditor, TestJournal } from "./test-editor";

const SHAPE = { nFrames: 4, nRows: 60, nCols: 80 };
const TYPES = [
  { id: "t_cell", name: "T cell", color: "#ff0000", hotkey: 1 },
  { id: "b_cell", name: "B cell", color: "#00ff00", hotkey: 2 },
  { id: "other", name: "Other", color: "#0000ff", hotkey: null },
];

/** Labels 5 and 8, squares of ten pixels in every frame, and a server that checks all it gets. */
async function open(marks: Record<string, unknown> = {}) {
  const labels = emptyLabels(SHAPE);
  for (let frame = 0; frame < SHAPE.nFrames; frame++) {
    for (let row = 10; row < 20; row++) {
      const start = (frame * 60 + row) * 80;
      labels.whole_cell?.data.fill(5, start + 10, start + 20);
      labels.whole_cell?.data.fill(8, start + 22, start + 32);
    }
  }
  const server = new FakeServer(labels);
  for (const [key, value] of Object.entries(marks)) {
    server.marks.set(key, value as never);
  }
  const journal = new TestJournal();
  const options = { shape: SHAPE, save: server, journal, cellTypes: TYPES };
  const test = await TestEditor.open({ ...options, labels, marks });
  const reopened = () =>
    TestEditor.open({
      ...options,
      labels: copyLabels(server.labels),
      marks: Object.fromEntries(server.marks),
      lastSeq: server.lastSeq,
      log: server.log,
    });
  return { test, server, journal, reopened };
}

const ON_5 = [12, 12] as const;
const ON_8 = [12, 25] as const;

describe("flags of uncertain cells", () => {
  const places = ({ snapshot }: TestEditor) =>
    snapshot.uncertainPlaces.map(({ label, row, column }) => [label, row, column]);

  it("have a place at once, which follows the pixels, the plane and undo", async () => {
    const { test } = await open();
    test.editor.select(5);
    test.command("label.uncertain");
    expect(places(test)).toEqual([[5, 14.5, 14.5]]);
    const before = test.snapshot.uncertainPlaces;
    test.editor.select(8);
    test.command("label.grow");
    expect(test.snapshot.uncertainPlaces).toBe(before);
    test.editor.select(5);
    test.command("label.delete");
    expect(places(test)).toEqual([]);
    test.command("history.undo");
    expect(places(test)).toEqual([[5, 14.5, 14.5]]);
    test.editor.setCompartment("nuclear");
    expect(places(test)).toEqual([]);
    test.editor.setCompartment("whole_cell");
    test.editor.setFrame(2);
    expect(places(test)).toEqual([[5, 14.5, 14.5]]);
    test.editor.select(5);
    test.command("label.uncertain");
    expect(places(test)).toEqual([]);
  });

  it("are there when a crop opens, and the key that hides labels shows in the state", async () => {
    const { test } = await open({ "uncertain/whole_cell/8": true });
    expect(places(test)).toEqual([[8, 14.5, 26.5]]);
    test.editor.dispatch({ type: "hold", what: "hide_labels", down: true });
    expect(test.snapshot.isHidingLabels).toBe(true);
    test.editor.dispatch({ type: "hold", what: "hide_labels", down: false });
    expect(test.snapshot.isHidingLabels).toBe(false);
  });
});

describe("cell types", () => {
  it("are given by digits and clicks, counted, cleared and undone", async () => {
    const { test, server } = await open();
    test.editor.select(5);
    test.command("type.1");
    expect(test.snapshot.marks.types).toEqual(new Map([[5, "t_cell"]]));
    test.use("type").click(ON_8);
    const counts = { t_cell: 2, "": 0 };
    expect(Object.fromEntries(test.snapshot.typeCounts)).toEqual(counts);
    test.click(ON_5);
    expect(test.snapshot.marks.types).toEqual(new Map([[8, "t_cell"]]));
    test.editor.select(8);
    test.command("type.clear");
    expect(test.snapshot.marks.types.size).toBe(0);
    test.command("history.undo").command("history.undo");
    expect(test.snapshot.marks.types.size).toBe(2);
    expect(test.command("type.7").snapshot.work.notice).toContain("No cell type");
    await test.editor.flush();
    expect(Object.fromEntries(server.marks)).toEqual(test.editor.marksNow());
  });

  it("colour labels, also after an undo, and confidence does", async () => {
    const { test } = await open({ "type/whole_cell/5": "b_cell" });
    test.editor.setView({ colorBy: "type" });
    expect(test.snapshot.marks.types.get(5)).toBe("b_cell");
    expect(test.editor.setType("other")).toBe(false);
    expect(test.snapshot.work.notice).toContain("Select");
  });

  it("stay with a label that lost its pixels, and are not counted", async () => {
    const { test } = await open({ "type/whole_cell/5": "b_cell" });
    test.editor.setToolOptions({ frameScope: "all" });
    test.editor.select(5);
    test.command("label.delete");
    expect([test.snapshot.marks.types.size, test.snapshot.typeCounts.get("b_cell")]).toEqual([
      1,
      undefined,
    ]);
    test.command("history.undo");
    expect(test.snapshot.typeCounts.get("b_cell")).toBe(1);
  });
});

describe("checks", () => {
  it("go when the pixels change, in the same edit, and come back with its undo", async () => {
    const { test, server } = await open();
    test.editor.select(5);
    test.command("review.accept");
    expect([test.snapshot.nChecked, test.editor.lastSeq()]).toEqual([1, 1]);
    test.editor.select(5);
    test.use("brush", 2).click([20, 20]);
    expect([test.snapshot.nChecked, test.editor.lastSeq()]).toEqual([0, 2]);
    test.command("history.undo");
    expect([test.snapshot.nChecked, test.editor.lastSeq()]).toEqual([1, 3]);
    await test.editor.flush();
    expect(server.marks.get("checked/whole_cell/5")).toBe(true);
  });

  it("are refused for labels beyond what marks can name, and without labels", async () => {
    const { test } = await open();
    expect(test.command("label.uncertain").snapshot.work.notice).toContain("Select");
    test.use("brush", 2).editor.select(2 ** 31);
    test.click([40, 40]).command("label.uncertain");
    expect(test.snapshot.work.notice).toContain("too large");
    test.editor.select(5);
    test.command("label.uncertain");
    expect(test.snapshot.marks.uncertain).toEqual(new Set([5]));
    test.command("label.uncertain");
    expect(test.snapshot.marks.uncertain.size).toBe(0);
  });
});

describe("notes", () => {
  it("are pinned to a cell, opened by a click, moved by a drag, deleted when emptied", async () => {
    const { test } = await open();
    test.use("note").click([12, 25]);
    expect(test.snapshot.work.noteDraft).toMatchObject({ id: null, label: 8, row: 12, column: 25 });
    expect(test.editor.saveNote("  Mitosis? ")).toBe(true);
    const [note] = test.snapshot.marks.notes;
    expect(note).toMatchObject({ label: 8, text: "Mitosis?", frame: 0 });
    test.click([13, 26]);
    expect(test.snapshot.work.noteDraft?.id).toBe(note.id);
    test.command("escape");
    expect(test.snapshot.work.noteDraft).toBeNull();
    test.drag([
      [12, 25],
      [30, 40],
      [50, 70],
    ]);
    expect(test.snapshot.marks.notes[0]).toMatchObject({ id: note.id, label: 0, row: 50 });
    test.editor.editNote(note.id);
    expect(test.editor.saveNote("x".repeat(2001))).toBe(false);
    expect(test.editor.saveNote(" ")).toBe(true);
    expect(test.snapshot.marks.notes).toEqual([]);
    test.command("history.undo");
    expect(test.snapshot.marks.notes.length).toBe(1);
    expect(test.editor.deleteNote(note.id)).toBe(true);
    expect(test.editor.editNote(note.id)).toBe(false);
  });

  it("open where they are", async () => {
    const place = { compartment: "nuclear", label: 0, frame: 2, row: 5, column: 6, text: "Dust" };
    const { test } = await open({ "note/a": place });
    test.editor.editNote("a");
    expect(test.snapshot).toMatchObject({ compartment: "nuclear", frame: 2 });
    test.editor.cancelNote();
    test.editor.setCompartment("whole_cell");
    test.editor.setFrame(0);
    test.editor.select(5);
    test.command("note.add");
    expect(test.snapshot.work.noteDraft).toMatchObject({ label: 5, row: 14.5, column: 14.5 });
  });
});

describe("regions to ignore", () => {
  it("are boxes and lassos within the image, chosen by a click and deleted", async () => {
    const { test, server } = await open();
    test.use("ignore_box").drag([
      [40, 50],
      [70, 90],
    ]);
    expect(test.snapshot.marks.regions[0].points).toEqual([
      [40, 50],
      [40, 80],
      [60, 80],
      [60, 50],
    ]);
    test.use("ignore_lasso").drag([
      [5, 5],
      [5, 30],
      [30, 30],
      [30, 5],
    ]);
    expect(test.snapshot.marks.regions.length).toBe(2);
    test.command("escape").click([50, 60]);
    expect(test.snapshot.work.selectedRegion).toBe(test.snapshot.marks.regions[0].id);
    test.command("label.delete");
    expect(test.snapshot.marks.regions.length).toBe(1);
    expect(test.editor.deleteRegion(test.snapshot.marks.regions[0].id)).toBe(true);
    await test.editor.flush();
    expect([server.marks.size, test.snapshot.save.kind]).toEqual([0, "saved"]);
  });

  it("of thousands of places keep at most 500 corners", async () => {
    const { test } = await open();
    const around = Array.from({ length: 1733 }, (_, i) => {
      const at = (i / 1733) * 2 * Math.PI;
      return toScreen(test.snapshot.camera, {
        x: 40 + 20 * Math.cos(at),
        y: 30 + 20 * Math.sin(at),
      });
    });
    test.use("ignore_lasso").pointer("pointer_down", [30, 60]);
    test.pointer("pointer_move", [30, 59], { coalesced: around });
    test.pointer("pointer_up", [30, 59]);
    expect(test.snapshot.marks.regions[0].points.length).toBeLessThanOrEqual(500);
    expect(test.snapshot.marks.regions[0].points.length).toBeGreaterThan(300);
  });
});

describe("marks and the log", () => {
  it("survive a reload, and undo reaches back over it", async () => {
    const { test, reopened, server } = await open();
    test.editor.select(5);
    test.command("type.2").command("label.uncertain");
    test.use("brush", 2).click([40, 40]);
    await test.editor.flush();
    test.editor.dispose();
    const again = await reopened();
    expect(again.snapshot.marks.types.get(5)).toBe("b_cell");
    again.command("history.undo").command("history.undo").command("history.undo");
    expect([again.snapshot.canUndo, again.editor.marksNow()]).toEqual([false, {}]);
    await again.editor.flush();
    expect([server.marks.size, server.lastSeq]).toEqual([0, 6]);
  });

  it("come back from the crash journal, which says how many edits there were", async () => {
    const { test, reopened, server } = await open();
    test.editor.select(5);
    test.command("type.2").command("label.uncertain");
    await settle();
    expect(test.editor.unsavedEdits().map(({ marks }) => marks)).toEqual([
      '[["type/whole_cell/5",null,"b_cell"]]',
      '[["uncertain/whole_cell/5",null,true]]',
    ]);
    test.editor.dispose();
    const again = await reopened();
    expect([again.snapshot.nRestored, again.snapshot.marks.uncertain.size]).toEqual([2, 1]);
    await again.editor.flush();
    expect(server.marks.size).toBe(2);
  });

  it("a step in several frames is one undo, also after a reload", async () => {
    const { test, reopened, server } = await open({ "checked/whole_cell/5": true });
    test.editor.setToolOptions({ frameScope: "all" });
    test.editor.select(5);
    test.command("label.delete");
    expect([test.editor.lastSeq(), test.area(5), test.snapshot.frame]).toEqual([4, 0, 0]);
    await test.editor.flush();
    test.editor.dispose();
    const again = await reopened();
    again.command("history.undo");
    expect([again.area(5), again.snapshot.canUndo, again.snapshot.nChecked]).toEqual([
      400,
      false,
      1,
    ]);
    again.command("history.redo");
    expect([again.area(5), again.snapshot.nChecked]).toEqual([0, 0]);
    await again.editor.flush();
    expect([server.lastSeq, again.snapshot.save.kind]).toEqual([12, "saved"]);
  });
});
