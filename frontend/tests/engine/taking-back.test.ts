import { describe, expect, it } from "vitest";
import { TOOLS, type ToolId } from "../../src/engine";
import type { TestEditor } from "./test-editor";
import { withImage } from "./with-image";

const HELD = { buttons: 1 };
const LOOSE = { buttons: 0 };

/** The ways into the states of a tool. */
const WAYS: Readonly<Record<string, (test: TestEditor) => void>> = {
  pressed: (test) => test.pointer("pointer_down", [30, 30]),
  dragging: (test) =>
    test.pointer("pointer_down", [30, 30]).pointer("pointer_move", [40, 48], HELD),
  clicked: (test) => test.click([30, 30]),
  "clicked and moved": (test) => test.click([30, 30]).pointer("pointer_move", [44, 50], LOOSE),
  "clicked twice and pressed": (test) =>
    test.click([30, 30]).click([50, 30]).pointer("pointer_down", [50, 60]),
};

/** Tools whose gestures change nothing that could be taken back. */
const LOOKING: ReadonlySet<ToolId> = new Set(["select", "pan"]);

async function withOneEdit() {
  const test = await withImage();
  test.editor.select(5);
  const before = test.data().slice();
  test.command("label.grow");
  return { test, before };
}

const shownBy = ({ snapshot: { path, work } }: TestEditor) => [path, work.draft];

const isUnfinished = ({ snapshot: { path, tool } }: TestEditor) =>
  !path.endsWith(".idle") && !LOOKING.has(tool);

/** What is unfinished goes back a step and no edit with it; else the last edit is undone. */
function takeBack(test: TestEditor): void {
  const [shown, seq, wasUnfinished] = [shownBy(test), test.editor.lastSeq(), isUnfinished(test)];
  test.editor.run("history.undo");
  expect(test.editor.lastSeq()).toBe(wasUnfinished ? seq : seq + 1);
  if (wasUnfinished) {
    expect(shownBy(test)).not.toEqual(shown);
  }
}

describe.each(TOOLS.map(({ id }) => id))("Ctrl+Z with %s", (tool) => {
  it.each(Object.entries(WAYS))("%s takes something back, and never two things", async (_, go) => {
    const { test, before } = await withOneEdit();
    test.use(tool);
    go(test);
    for (let n = 0; test.snapshot.canUndo && n < 6; n++) {
      takeBack(test);
    }
    expect(test.data()).toEqual(before);
    expect([test.snapshot.path, test.snapshot.work.draft]).toEqual([`${tool}.idle`, null]);
  });
});

it("Ctrl+Z in a stroke puts its pixels back, and no others", async () => {
  const { test } = await withOneEdit();
  const after = test.data().slice();
  test.use("brush", 4).pointer("pointer_down", [5, 5]);
  expect(test.data()).not.toEqual(after);
  test.command("history.undo");
  expect(test.data()).toEqual(after);
  test.pointer("pointer_move", [9, 9]).pointer("pointer_up", [9, 9]);
  expect(test.data()).toEqual(after);
});

describe("while the view is dragged with a shape open", () => {
  async function panning() {
    const { test } = await withOneEdit();
    test.use("polygon").click([4, 4]).click([4, 20]).click([20, 20]);
    test.pointer("pointer_down", [40, 40], { button: 1, buttons: 4 });
    expect(test.snapshot.path).toBe("pan.dragging");
    return test;
  }

  it("Ctrl+Z takes back a corner", async () => {
    const test = await panning();
    test.command("history.undo");
    expect(test.snapshot.work.draft).toMatchObject({ points: [{}, {}] });
    expect(test.editor.lastSeq()).toBe(1);
  });

  it("another tool ends both", async () => {
    const test = await panning();
    test.command("tool.brush");
    expect(shownBy(test)).toEqual(["brush.idle", null]);
    test.command("tool.polygon");
    expect(shownBy(test)).toEqual(["polygon.idle", null]);
  });

  it("a pointer that gets lost ends the dragging only", async () => {
    const test = await panning();
    test.pointer("pointer_cancel", [40, 40]);
    expect(test.snapshot.path).toBe("polygon.open");
  });
});
