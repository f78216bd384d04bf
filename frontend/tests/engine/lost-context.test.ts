import { expect, it } from "vitest";
import type { TestEditor } from "./test-editor";
import { withTwoCells } from "./two-cells";

interface Upload {
  readonly call: string;
  readonly width: number;
  readonly data: unknown;
}

/** A canvas whose WebGL2 context takes every call and remembers what was uploaded. */
class FakeGlCanvas {
  width = 1;
  height = 1;
  isLost = false;
  uploads: Upload[] = [];
  nDraws = 0;
  private readonly listeners = new Map<string, (event: Event) => void>();
  private readonly gl = new Proxy({}, { get: (_, name) => this.member(String(name)) });

  get element(): HTMLCanvasElement {
    return this as unknown as HTMLCanvasElement;
  }

  getContext(kind: string) {
    return kind === "webgl2" ? this.gl : null;
  }

  addEventListener(name: string, listener: (event: Event) => void): void {
    this.listeners.set(name, listener);
  }

  removeEventListener(name: string): void {
    this.listeners.delete(name);
  }

  /** Tells the renderer; true when it asked to get the context back. */
  fire(name: "webglcontextlost" | "webglcontextrestored"): boolean {
    this.isLost = name === "webglcontextlost";
    const event = new Event(name, { cancelable: true });
    this.listeners.get(name)?.(event);
    return event.defaultPrevented;
  }

  private member(name: string): unknown {
    if (/^[A-Z0-9_]+$/.test(name)) {
      return name === "MAX_TEXTURE_SIZE" ? 3379 : 1;
    }
    return (...args: unknown[]) => this.call(name, args);
  }

  private call(name: string, args: readonly unknown[]): unknown {
    if (name.startsWith("tex") && name.endsWith("Image2D")) {
      const width = args[name === "texImage2D" ? 3 : 4] as number;
      this.uploads.push({ call: name, width, data: args[args.length - 1] });
    }
    this.nDraws += name === "drawArrays" ? 1 : 0;
    const answers: Record<string, unknown> = {
      isContextLost: this.isLost,
      getParameter: 8192,
      getProgramParameter: true,
      getShaderParameter: true,
    };
    return name in answers ? answers[name] : {};
  }
}

function attached(test: TestEditor): FakeGlCanvas {
  const canvas = new FakeGlCanvas();
  const size = { width: 80, height: 60, pixelRatio: 1 };
  test.editor.attach(canvas.element, { ...size, renderer: "webgl2" });
  test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
  test.time.drawFrame();
  return canvas;
}

it("a lost context costs no edit: what was painted meanwhile is uploaded when it is back", async () => {
  const test = await withTwoCells();
  const canvas = attached(test);
  expect([test.snapshot.renderer, canvas.nDraws > 0]).toEqual(["webgl2", true]);
  expect(canvas.fire("webglcontextlost")).toBe(true);
  const nDraws = canvas.nDraws;
  canvas.uploads = [];
  test.use("brush", 3).click([40, 40]).command("label.grow");
  test.time.drawFrame();
  expect([canvas.nDraws, canvas.uploads.length, test.labelAt(40, 40)]).toEqual([nDraws, 0, 9]);
  canvas.fire("webglcontextrestored");
  test.time.drawFrame();
  const labels = canvas.uploads.filter(({ data }) => data instanceof Uint32Array);
  expect(labels.map(({ call, width }) => [call, width])).toEqual([["texImage2D", 80]]);
  expect((labels[0].data as Uint32Array)[40 * 80 + 40]).toBe(9);
  expect(canvas.nDraws).toBeGreaterThan(nDraws);
});

it("a stroke uploads the rectangle that it changed, selecting only the table of styles", async () => {
  const test = await withTwoCells();
  const canvas = attached(test);
  test.use("brush", 3).command("label.new").click([40, 40]);
  test.time.drawFrame();
  canvas.uploads = [];
  test.pointer("pointer_down", [45, 50]);
  test.time.drawFrame();
  const labels = canvas.uploads.filter(({ data }) => data instanceof Uint32Array);
  expect(labels.map(({ call, width }) => [call, width])).toEqual([["texSubImage2D", 7]]);
  test.pointer("pointer_up", [45, 50]);
  test.time.drawFrame();
  canvas.uploads = [];
  test.editor.select(5);
  test.time.drawFrame();
  expect(canvas.uploads.every(({ data }) => data instanceof Uint8Array)).toBe(true);
});

it("the other compartment is uploaded anew when it may have changed unseen", async () => {
  const test = await withTwoCells();
  const canvas = attached(test);
  const uploads = () => {
    canvas.uploads = [];
    test.time.drawFrame();
    return canvas.uploads.filter(({ data }) => data instanceof Uint32Array).length;
  };
  test.command("view.other_compartment");
  expect(uploads()).toBe(1);
  test.command("view.fill");
  expect(uploads()).toBe(0);
  test.command("view.other_compartment").command("compartment.next");
  uploads();
  test.use("brush", 3).click([40, 40]).command("compartment.next");
  uploads();
  test.command("view.other_compartment");
  expect(uploads()).toBe(1);
});
