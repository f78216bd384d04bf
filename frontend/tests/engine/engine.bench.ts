/**
 * What one event costs at 2048 x 2048 with 10,000 cells and at 4096 x 4096 with 40,000. The canvas is
 * missing, so these are the costs of the labels, the index, the history and the state; drawing on a
 * screen of 1000 x 800 is measured apart.
 */
import { bench, describe } from "vitest";
import type { Editor } from "../../src/engine";
import { composeView } from "../../src/engine/render/compose";
import { LabelStyles } from "../../src/engine/render/label-styles";
import { sampleMap } from "../../src/engine/render/sampling";
import type { Scene } from "../../src/engine/render/scene";
import { InstanceIndex, labelImage, labelsChecksum, wholeWindow } from "../../src/model";
import { TestEditor } from "./test-editor";

const QUICK = { time: 300, warmupTime: 50 };

/** Round cells on a grid. */
function cells(size: number, nAcross: number): Uint32Array {
  const pitch = size / nAcross;
  return Uint32Array.from({ length: size * size }, (_, at) => {
    const [row, col] = [Math.floor(at / size), at % size];
    const [i, j] = [Math.floor(row / pitch), Math.floor(col / pitch)];
    const away = Math.hypot(row - (i + 0.5) * pitch, col - (j + 0.5) * pitch);
    return away < pitch * 0.45 ? i * nAcross + j + 1 : 0;
  });
}

function scene(labels: Uint32Array, size: number, zoom: number): Scene {
  const shape = { nRows: size, nCols: size };
  const styles = new LabelStyles();
  styles.learn(labels, shape, wholeWindow(shape));
  const data = Uint16Array.from({ length: size * size }, (_, at) => (at * 7919) % 4000);
  const channel = { data, contrast: [0, 4000], gamma: 1, inverted: false, lut: "color" } as const;
  return {
    shape,
    camera: { zoom, left: 10, top: 10 },
    width: 1000,
    height: 800,
    channels: [
      { ...channel, color: [0, 0, 255] },
      { ...channel, color: [0, 255, 0] },
    ],
    labels,
    other: null,
    styles,
    view: {
      fillOpacity: 0.2,
      outlineOpacity: 0.9,
      outlineWidthPx: 1,
      showLabels: true,
      onlySelected: false,
      palette: "vivid",
      background: [0, 0, 0],
      mode: "composite",
      channel: 0,
      soloChannel: null,
      colorBy: "label",
      colormap: "viridis",
      showOther: false,
    },
    outlinePx: 1,
    ring: null,
  };
}

/** One pointer move of a stroke that never ends, to and fro over the cells. */
function strokeMoves(editor: Editor, size: number, radiusPx: number): () => void {
  let x = size / 4;
  let step = 8;
  editor.setTool("brush");
  editor.setBrushRadius(radiusPx);
  editor.setCamera({ zoom: 1, left: 0, top: 0 });
  editor.dispatch({ type: "pointer_down", x, y: size / 2, button: 0, buttons: 1 });
  return () => {
    step = x > size * 0.75 || x < size / 4 ? -step : step;
    x += step;
    editor.dispatch({ type: "pointer_move", x, y: size / 2 + (x % 64), buttons: 1 });
  };
}

for (const [size, nAcross] of [
  [2048, 100],
  [4096, 200],
] as const) {
  const shape = { nFrames: 1, nRows: size, nCols: size };
  const labels = cells(size, nAcross);
  const open = () =>
    TestEditor.open({ shape, labels: { whole_cell: labelImage(labels.slice(), shape) } });

  describe(`${size} x ${size}, ${nAcross * nAcross} cells`, async () => {
    const [small, large, strokes, acts] = await Promise.all([open(), open(), open(), open()]);
    bench("pointer event, brush of radius 5", strokeMoves(small.editor, size, 5), QUICK);
    bench("pointer event, brush of radius 50", strokeMoves(large.editor, size, 50), QUICK);
    let row = 0;
    strokes.use("brush", 5);
    strokes.editor.setWriteMode("overwrite");
    bench(
      "stroke of 30 events, from press to release",
      () => {
        row = (row + 37) % (size - 100);
        const places = Array.from({ length: 30 }, (_, i): [number, number] => [
          row + i,
          40 + i * 4,
        ]);
        strokes.command("label.new").drag(places);
      },
      QUICK,
    );
    bench(
      "delete a label and undo",
      () => {
        acts.command("label.next").command("label.delete").command("history.undo");
      },
      QUICK,
    );
    bench(
      "index of the instances, built anew",
      () => {
        new InstanceIndex(labels, shape);
      },
      QUICK,
    );
    bench(
      "colours of all labels",
      () => {
        new LabelStyles().learn(labels, shape, wholeWindow(shape));
      },
      QUICK,
    );
    bench(
      "checksum of the label image",
      () => {
        labelsChecksum(labelImage(labels, shape));
      },
      QUICK,
    );
  });
}

describe("Canvas 2D, 1000 x 800 with two channels", () => {
  const out = new Uint8ClampedArray(1000 * 800 * 4);
  const labels = cells(2048, 100);
  for (const zoom of [0.4, 1, 8]) {
    const view = scene(labels, 2048, zoom);
    const map = sampleMap(view);
    bench(
      `full view at zoom ${zoom}`,
      () => {
        composeView(view, map, { x: 0, y: 0, width: 1000, height: 800 }, out);
      },
      QUICK,
    );
    bench(
      `rectangle of 80 x 80 at zoom ${zoom}`,
      () => {
        composeView(view, map, { x: 300, y: 300, width: 80, height: 80 }, out);
      },
      QUICK,
    );
  }
});
