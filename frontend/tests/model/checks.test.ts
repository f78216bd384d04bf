import { describe, expect, it } from "vitest";
import { type CheckFinding, checkLabels, labelImage } from "../../src/model";
import { type BrightInput, brightAreas } from "../../src/model/checks/bright-areas";
import { partsOf } from "../../src/model/checks/parts";
import { drawn } from "../ui/drawn";

const rulesOf = (findings: readonly CheckFinding[]) =>
  findings.map(({ rule, label, value }) => `${rule} ${label} ${value}`);

describe("parts of a plane", () => {
  it("connect labels across corners and background along sides only", () => {
    const { plane, shape } = drawn(["aa..", "..a.", ".b.a"]);
    const found = partsOf(plane, shape).map(({ label, areaPx }) => [label, areaPx]);
    expect(found).toEqual([
      [1, 4],
      [0, 3],
      [0, 3],
      [2, 1],
      [0, 1],
    ]);
  });

  it("cover every pixel once", () => {
    const { plane, shape } = drawn(["ab.", ".a.", "..b"]);
    const areas = partsOf(plane, shape).map(({ areaPx }) => areaPx);
    expect(areas.reduce((sum, area) => sum + area, 0)).toBe(9);
  });

  it("say what is around background, and whether it touches the border", () => {
    const { plane, shape } = drawn([".....", ".aab.", ".a.b.", ".aab.", "....."]);
    const inside = partsOf(plane, shape).filter((part) => part.label === 0);
    expect(inside.map(({ touchesBorder, around }) => [touchesBorder, around])).toEqual([
      [true, 0],
      [false, 0],
    ]);
  });
});

describe("checks of labels", () => {
  const large = [
    "..........",
    ".aaaaaaa..",
    ".aaa.aaa..",
    ".aaaaaaa..",
    "..........",
    ".bb....aa.",
    "..........",
  ];
  const { plane, shape } = drawn(large);
  const cells = labelImage(plane, { nFrames: 1, ...shape });

  it("find fragments, split labels and holes with their places", () => {
    const findings = checkLabels({ labels: { whole_cell: cells }, nuclei: null });
    expect(rulesOf(findings)).toEqual(["split 1 2", "fragment 2 2", "hole 1 1"]);
    expect(findings[0]).toMatchObject({ row: 5, col: 7, frame: 0, compartment: "whole_cell" });
    expect(findings[2]).toMatchObject({ row: 2, col: 4 });
  });

  it("forgive a small cell that the border cuts", () => {
    const cut = drawn(["ab", "..", ".."]);
    const labels = { whole_cell: labelImage(cut.plane, { nFrames: 1, ...cut.shape }) };
    expect(checkLabels({ labels, nuclei: null })).toEqual([]);
  });

  it("find nuclei that lie mostly outside of cells, frame by frame", () => {
    const whole_cell = labelImage(Uint32Array.of(1, 1, 0, 0, 1, 1, 1, 1), {
      nFrames: 2,
      nRows: 1,
      nCols: 4,
    });
    const nuclear = labelImage(Uint32Array.of(0, 5, 5, 5, 5, 5, 5, 5), {
      nFrames: 2,
      nRows: 1,
      nCols: 4,
    });
    const findings = checkLabels({ labels: { whole_cell, nuclear }, nuclei: null });
    expect(findings).toEqual([
      { rule: "no_cell", compartment: "nuclear", frame: 0, label: 5, row: 0, col: 1, value: 3 },
    ]);
  });

  it("find nothing in an empty crop", () => {
    const empty = labelImage(new Uint32Array(12), { nFrames: 1, nRows: 3, nCols: 4 });
    const bright = new Uint16Array(12).fill(900);
    expect(
      checkLabels({
        labels: { whole_cell: empty, nuclear: empty },
        nuclei: bright,
      }),
    ).toEqual([]);
  });
});

describe("bright areas", () => {
  const shape = { nRows: 40, nCols: 40 };
  const plane = new Uint32Array(1600);
  const light = new Uint16Array(1600).fill(10);
  for (let row = 0; row < 16; row++) {
    for (let col = 0; col < 16; col++) {
      plane[row * 40 + col] = 1;
      light[row * 40 + col] = 500 + ((row * 7 + col) % 11);
      light[(row + 20) * 40 + col + 20] = 600;
    }
  }

  const found = (minAreaPx: number, change: Partial<BrightInput> = {}) =>
    brightAreas({ intensities: light, plane, reference: plane, shape, minAreaPx, ...change });

  it("are found where no label is", () => {
    expect(found(80)).toEqual([{ row: 22, col: 22, areaPx: 256 }]);
    expect(found(300)).toEqual([]);
  });

  it("are none in a constant channel, nor without cells to compare with", () => {
    expect(found(80, { intensities: new Uint16Array(1600).fill(7) })).toEqual([]);
    expect(found(80, { reference: new Uint32Array(1600) })).toEqual([]);
  });

  it("are judged by the reference: a cell is missed where a nucleus shines", () => {
    const reference = plane;
    const cells = plane.map((_, at) => (at % 40 >= 20 ? 1 : 0));
    expect(found(80, { plane: cells, reference })).toMatchObject([{ row: 2, areaPx: 144 }]);
  });
});
