import { describe, expect, it } from "vitest";
import { COMMANDS, findCommand, HOLD_KEYS } from "../../src/engine";
import { labelImage } from "../../src/model";
import { TestEditor } from "./test-editor";
import { withTwoCells } from "./two-cells";

describe("the view", () => {
  it("pans with the middle button, with a held key and with its tool", async () => {
    const test = await withTwoCells();
    test.use("brush").pointer("pointer_down", [10, 10], { button: 1 });
    expect(test.snapshot.path).toBe("pan.dragging");
    test.pointer("pointer_move", [20, 30]).pointer("pointer_up", [10, 10]);
    expect(test.snapshot.camera).toEqual({ zoom: 1, left: -20, top: -10 });
    test.editor.dispatch({ type: "hold", what: "pan", down: true });
    test.drag([
      [10, 10],
      [20, 10],
    ]);
    test.editor.dispatch({ type: "hold", what: "pan", down: false });
    expect(test.snapshot.camera.top).toBe(-20);
    test.use("pan").drag([
      [10, 10],
      [20, 10],
    ]);
    expect([test.snapshot.camera.top, test.editor.lastSeq()]).toEqual([-30, 0]);
  });

  it("zooms at the cursor and with two fingers", async () => {
    const test = await withTwoCells();
    test.editor.dispatch({ type: "wheel", x: 30, y: 20, deltaX: 0, deltaY: -500 });
    const { zoom, left, top } = test.snapshot.camera;
    expect(zoom).toBeCloseTo(Math.exp(0.75));
    expect([left + 30 / zoom, top + 20 / zoom]).toEqual([
      expect.closeTo(30, 9),
      expect.closeTo(20, 9),
    ]);
    test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
    const finger = (pointerId: number) => ({ pointerId, pointerType: "touch" });
    test.use("select").pointer("pointer_down", [20, 20], finger(1));
    test.pointer("pointer_down", [20, 40], finger(2));
    test.editor.dispatch({
      type: "pointer_move",
      x: 60.5,
      y: 20.5,
      pointerId: 2,
      pointerType: "touch",
    });
    expect(test.snapshot.camera.zoom).toBeCloseTo(2);
    test.editor.dispatch({ type: "pointer_up", x: 60, y: 20, pointerId: 2, pointerType: "touch" });
    test.editor.dispatch({ type: "pointer_up", x: 20, y: 20, pointerId: 1, pointerType: "touch" });
    expect([test.snapshot.path, test.snapshot.selected]).toEqual(["select.idle", 0]);
  });

  it("keeps the image in view and the zoom within limits", async () => {
    const test = await withTwoCells();
    test.editor.setCamera({ zoom: 1, left: 9999, top: -9999 });
    expect(test.snapshot.camera).toEqual({ zoom: 1, left: 79, top: -599 });
    test.command("view.fit");
    const fit = test.snapshot.camera;
    expect(fit.zoom).toBeCloseTo((800 * 0.96) / 80);
    for (let i = 0; i < 40; i++) {
      test.command("view.zoom_out");
    }
    expect(test.snapshot.camera.zoom).toBe(1);
    for (let i = 0; i < 80; i++) {
      test.command("view.zoom_in");
    }
    expect(test.snapshot.camera.zoom).toBe(64);
    test.command("view.actual_size");
    expect(test.snapshot.camera.zoom).toBe(1);
  });

  it("tells what is under the pointer", async () => {
    const data = Uint16Array.from({ length: 2 * 60 * 80 }, (_, at) => at);
    const test = await TestEditor.open({
      channels: [
        { name: "DNA", role: "nuclear", data },
        { name: "later", role: "other", data: null },
      ],
    });
    test.pointer("pointer_move", [3, 7], { buttons: 0 });
    expect(test.snapshot.hover).toEqual({ row: 3, col: 7, label: 0, values: [247, null] });
    test.editor.loadChannel(1, Float32Array.from(data));
    expect(test.snapshot.channels[1]).toMatchObject({ loaded: true, visible: false });
    test.pointer("pointer_leave", [3, 7]);
    expect(test.snapshot.hover).toBeNull();
    test.pointer("pointer_move", [3, 500], { buttons: 0 });
    expect(test.snapshot.hover).toBeNull();
  });

  it("changes brush size with Alt and the wheel, within limits", async () => {
    const test = await withTwoCells();
    const wheel = { type: "wheel", x: 0, y: 0, deltaX: 0, alt: true } as const;
    test.use("brush", 5).editor.dispatch({ ...wheel, deltaY: -120 });
    expect(test.snapshot.brushRadiusPx).toBe(6);
    test.editor.setBrushRadius(-3);
    expect(test.snapshot.brushRadiusPx).toBe(0.5);
    test.editor.setBrushRadius(99999);
    expect(test.snapshot.brushRadiusPx).toBe(500);
  });
});

describe("the state", () => {
  it("tells listeners once per input and keeps the identity of what did not change", async () => {
    const test = await withTwoCells();
    let n = 0;
    const stop = test.editor.state.subscribe(() => n++);
    const before = test.snapshot;
    test.use("brush");
    n = 0;
    test.click([40, 40]);
    expect(n).toBeLessThanOrEqual(2);
    expect(test.snapshot.channels).toBe(before.channels);
    expect(test.snapshot.view).toBe(before.view);
    expect(test.snapshot.camera).toBe(before.camera);
    stop();
    n = 0;
    test.click([50, 50]);
    expect(n).toBe(0);
  });

  it("stops telling edits to those who left", async () => {
    const test = await withTwoCells();
    let n = 0;
    const stop = test.editor.onEdit(() => n++);
    test.use("brush").click([40, 40]);
    stop();
    test.click([50, 50]);
    expect(n).toBe(1);
  });

  it("opens with nuclei and membranes shown, and contrast fitted", async () => {
    const shape = { nFrames: 1, nRows: 100, nCols: 100 };
    const data = Uint16Array.from({ length: 10000 }, (_, at) => at);
    const channel = (role: string) => ({ name: role, role, data });
    const labels = { nuclear: labelImage(new Uint32Array(10000), shape) };
    const test = await TestEditor.open({
      shape,
      labels,
      channels: [channel("other"), channel("nuclear"), channel("membrane")],
    });
    expect(test.snapshot.compartment).toBe("nuclear");
    expect(test.snapshot.channels.map(({ visible }) => visible)).toEqual([false, true, true]);
    expect(test.snapshot.channels[0].contrast).toEqual([10, 9989]);
    test.editor.setCompartment("whole_cell");
    expect(test.snapshot.compartment).toBe("nuclear");
    test.editor.setChannel(0, { contrast: [0, 5], visible: true });
    test.editor.autoContrast(1);
    expect(test.snapshot.channels[0]).toMatchObject({ contrast: [0, 5], visible: true });
    test.command("channels.auto_contrast");
    expect(test.snapshot.channels[0].contrast).toEqual([10, 9989]);
  });
});

describe("commands", () => {
  it("have ids, labels and keys of their own", () => {
    const keys = [...COMMANDS, ...HOLD_KEYS].flatMap((entry) => [...entry.keys]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(COMMANDS.map(({ id }) => id)).size).toBe(COMMANDS.length);
    expect(COMMANDS.every(({ label, keys }) => label.length > 2 && keys.length > 0)).toBe(true);
  });

  it("all run", async () => {
    const test = await withTwoCells();
    for (const { id } of COMMANDS) {
      test.command(id);
    }
    expect(test.editor.run("no.such.command")).toBe(false);
    expect(findCommand("no.such.command")).toBeUndefined();
  });

  it("change what they name", async () => {
    const test = await withTwoCells();
    const after = (id: string) => test.command(id).snapshot;
    expect(after("tool.brush").tool).toBe("brush");
    expect(after("tool.swap").tool).toBe("erase");
    expect(after("tool.swap").tool).toBe("brush");
    expect(after("brush.larger").brushRadiusPx).toBe(6);
    expect(after("brush.smaller").brushRadiusPx).toBe(5);
    expect(after("write_mode.toggle").writeMode).toBe("overwrite");
    expect(after("compartment.next").compartment).toBe("nuclear");
    expect(after("compartment.next").compartment).toBe("whole_cell");
    expect(after("frame.next").frame).toBe(1);
    expect(test.editor.run("frame.next")).toBe(false);
    expect(after("frame.previous").frame).toBe(0);
    expect(after("view.fill").view.fillOpacity).toBe(0.4);
    expect(after("view.outline").view.outlineOpacity).toBe(1);
    expect(after("view.outline").view.outlineOpacity).toBe(0);
    expect(after("view.only_selected").view.onlySelected).toBe(true);
  });
});
