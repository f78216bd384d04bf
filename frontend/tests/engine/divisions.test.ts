import { describe, expect, it } from "vitest";
import { alertsOf, type Division } from "../../src/model";
import { FakeServer } from "./fake-server";
import { emptyLabels, TestEditor } from "./test-editor";

const SHAPE = { nFrames: 4, nRows: 20, nCols: 60 };

/** Label 1 in frames 0 and 1, where it divides into 2 and 3 of frames 2 and 3; 9 is everywhere. */
async function open(marks: Record<string, unknown> = {}) {
  const labels = emptyLabels(SHAPE);
  const put = (label: number, frames: readonly number[], col: number) => {
    for (const frame of frames) {
      for (let row = 5; row < 10; row++) {
        const start = (frame * SHAPE.nRows + row) * SHAPE.nCols + col;
        labels.whole_cell?.data.fill(label, start, start + 5);
      }
    }
  };
  put(1, [0, 1], 10);
  put(2, [2, 3], 10);
  put(3, [2, 3], 20);
  put(9, [0, 1, 2, 3], 40);
  const server = new FakeServer(labels);
  for (const [key, value] of Object.entries(marks)) {
    server.marks.set(key, value as never);
  }
  const test = await TestEditor.open({ shape: SHAPE, labels, save: server, marks });
  const divisions = () =>
    test.snapshot.marks.divisions.map(({ parent, frame, daughters }) => [parent, frame, daughters]);
  const rules = () => test.snapshot.alerts.map(({ rule, label, frame }) => [rule, label, frame]);
  return { test, server, divisions, rules };
}

const DIVIDED = { "division/whole_cell/1/2": { daughters: [2, 3] } };

describe("divisions", () => {
  it("are made by clicks on daughters in their first frame, and taken back by another", async () => {
    const { test, server, divisions, rules } = await open();
    test.use("daughter").click([7, 12]);
    expect(test.snapshot.selected).toBe(1);
    test.editor.setFrame(2);
    test.click([7, 12]);
    expect([divisions(), rules()]).toEqual([[[1, 2, [2]]], [["one_daughter", 2, 2]]]);
    test.click([7, 22]);
    expect([divisions(), rules()]).toEqual([[[1, 2, [2, 3]]], []]);
    test.click([7, 22]);
    expect(divisions()).toEqual([[1, 2, [2]]]);
    test.command("history.undo").editor.select(3);
    test.command("division.remove");
    expect(divisions()).toEqual([[1, 2, [2]]]);
    expect(test.editor.removeDaughter(test.snapshot.marks.divisions[0], 2)).toBe(true);
    expect(divisions()).toEqual([]);
    await test.editor.flush();
    expect([server.marks.size, test.snapshot.save.kind]).toEqual([0, "saved"]);
  });

  it("are refused to a cell of itself and in the first frame, in words", async () => {
    const { test } = await open();
    expect(test.editor.addDaughter(1, 9)).toBe(false);
    expect(test.snapshot.work.notice).toContain("after the first frame");
    test.editor.setFrame(2);
    expect(test.editor.addDaughter(9, 9)).toBe(false);
    expect(test.snapshot.work.notice).toContain("its own daughter");
  });

  it("follow labels that are replaced, swapped, merged, deleted or renewed, in one undo step", async () => {
    const { test, server, divisions } = await open(DIVIDED);
    const { editor } = test;
    editor.setToolOptions({ frameScope: "future" });
    const at = (frame: number, act: () => unknown) => {
      editor.setFrame(frame);
      const before = test.data().slice();
      const said = divisions();
      act();
      const after = divisions();
      test.command("history.undo");
      expect([test.data(), divisions()]).toEqual([before, said]);
      return after;
    };
    const click = (tool: "replace" | "swap_labels" | "merge", selected: number, col: number) => {
      editor.select(selected);
      test.use(tool).click([7, col]);
    };
    expect(at(2, () => click("replace", 50, 22))).toEqual([[1, 2, [2, 50]]]);
    expect(at(2, () => click("swap_labels", 9, 22))).toEqual([[1, 2, [2, 9]]]);
    expect(at(2, () => click("merge", 9, 22))).toEqual([[1, 2, [2, 9]]]);
    expect(at(0, () => click("swap_labels", 9, 12))).toEqual([[9, 2, [2, 3]]]);
    const command = (id: string, label: number) => {
      editor.select(label);
      test.command(id);
    };
    expect(at(2, () => command("label.delete", 3))).toEqual([[1, 2, [2]]]);
    expect(at(0, () => command("label.delete", 1))).toEqual([]);
    expect(at(2, () => command("label.renew", 2))).toEqual([[1, 2, [3, 51]]]);
    editor.setToolOptions({ frameScope: "past" });
    expect(at(1, () => command("label.renew", 1))).toEqual([[52, 2, [2, 3]]]);
    await editor.flush();
    expect(test.snapshot.save.kind).toBe("saved");
    expect(Object.fromEntries(server.marks)).toEqual(DIVIDED);
  });

  it("lose a daughter whose last pixels are erased", async () => {
    const { test, divisions } = await open(DIVIDED);
    for (const frame of [2, 3]) {
      test.editor.setFrame(frame);
      expect(divisions()).toEqual([[1, 2, [2, 3]]]);
      test.editor.select(3);
      test.use("erase", 6).click([7, 22]);
    }
    expect(divisions()).toEqual([[1, 2, [2]]]);
    test.command("history.undo");
    expect(divisions()).toEqual([[1, 2, [2, 3]]]);
  });

  it("say what does not fit, and where to look", async () => {
    const { test, rules } = await open({
      ...DIVIDED,
      "division/whole_cell/9/2": { daughters: [3, 9] },
      "division/whole_cell/1/3": { daughters: [2, 3] },
    });
    expect(rules()).toEqual([
      ["parent_divides_twice", 1, 1],
      ["daughter_of_two", 2, 2],
      ["daughter_of_two", 3, 2],
      ["parent_after_division", 9, 2],
      ["daughter_of_two", 3, 2],
      ["daughter_before_division", 9, 0],
      ["parent_divides_twice", 1, 2],
      ["daughter_before_division", 2, 2],
      ["daughter_of_two", 2, 3],
      ["daughter_before_division", 3, 2],
      ["daughter_of_two", 3, 3],
    ]);
    test.editor.goTo(test.snapshot.alerts[3]);
    expect([test.snapshot.frame, test.snapshot.selected]).toEqual([2, 9]);
  });

  it("without fault have no alerts, whatever their number", () => {
    const division = (n: number): Division => {
      const daughters = [3 * n + 1, 3 * n + 2];
      return { compartment: "nuclear", parent: 3 * n, frame: 5, daughters };
    };
    const all = Array.from({ length: 40 }, (_, n) => division(n + 1));
    expect(alertsOf(all, (label) => (label % 3 === 0 ? [3, 4] : [5, 6]))).toEqual([]);
  });
});

describe("identity", () => {
  it("takes type, flag and notes along when a whole cell gets another name", async () => {
    const note = { compartment: "whole_cell", label: 9, frame: 0, row: 7, column: 42, text: "Odd" };
    const { test } = await open({
      "type/whole_cell/9": "a",
      "uncertain/whole_cell/9": true,
      "type/whole_cell/2": "b",
      "note/n": note,
    });
    test.editor.setToolOptions({ frameScope: "all" });
    test.editor.select(9);
    test.command("label.renew");
    expect(test.editor.marksNow()).toEqual({
      "type/whole_cell/10": "a",
      "uncertain/whole_cell/10": true,
      "type/whole_cell/2": "b",
      "note/n": { ...note, label: 10 },
    });
    test.command("history.undo").editor.setFrame(2);
    test.editor.select(9);
    test.use("swap_labels").click([7, 12]);
    expect(test.snapshot.marks.types).toEqual(
      new Map([
        [9, "b"],
        [2, "a"],
      ]),
    );
    test.command("history.undo").editor.setToolOptions({ frameScope: "one" });
    test.editor.select(9);
    test.command("label.renew");
    expect(test.snapshot.marks.types.get(9)).toBe("a");
  });
});
