/** Checks of a crop before it is submitted: pure, from the label images and the intensities. */
import { COMPARTMENTS, type Compartment } from "../compartments";
import { type LabelImage, type LabelSet, planeOf } from "../labels";
import type { ChannelData } from "../npy";
import { type BrightInput, brightAreas } from "./bright-areas";
import { type Part, partsOf } from "./parts";

export type CheckRule = "fragment" | "split" | "hole" | "no_cell" | "unlabelled";

/** One thing to look at, with its place. */
export interface CheckFinding {
  readonly rule: CheckRule;
  readonly compartment: Compartment;
  readonly frame: number;
  /** 0 where nothing is labelled. */
  readonly label: number;
  readonly row: number;
  readonly col: number;
  /** Pixels of the fragment, the hole or the area; parts of a split label. */
  readonly value: number;
}

export interface CheckThresholds {
  /** Cells below this are fragments. */
  readonly minAreaPx: number;
  /** A nucleus has a cell when at least this share of it lies in cells. */
  readonly minCovered: number;
  readonly minBrightAreaPx: number;
}

export const CHECK_THRESHOLDS: CheckThresholds = {
  minAreaPx: 15,
  minCovered: 0.5,
  minBrightAreaPx: 80,
};

export interface CheckInput {
  readonly labels: LabelSet;
  /** Intensities of the nuclear channel in C order (frame, row, column), where there is one. */
  readonly nuclei: ChannelData | null;
  readonly thresholds?: CheckThresholds;
}

/** Every finding, frame by frame, in the order of the compartments. */
export function checkLabels(input: CheckInput): CheckFinding[] {
  const { labels, nuclei, thresholds = CHECK_THRESHOLDS } = input;
  const findings: CheckFinding[] = [];
  for (const compartment of COMPARTMENTS) {
    const image = labels[compartment];
    if (image === undefined) continue;
    for (let frame = 0; frame < image.nFrames; frame++) {
      const plane = planeOf(image, frame);
      const reference = labels.nuclear ? planeOf(labels.nuclear, frame) : plane;
      const found = [
        ...shapeFindings(partsOf(plane, image), thresholds),
        ...unlabelled({ plane, reference, shape: image, frame, nuclei, thresholds }),
      ];
      findings.push(...found.map((finding) => ({ ...finding, compartment, frame })));
    }
  }
  return [...findings, ...nucleiWithoutCell(labels, thresholds)];
}

interface UnlabelledInput extends Pick<BrightInput, "plane" | "reference" | "shape"> {
  readonly frame: number;
  readonly nuclei: ChannelData | null;
  readonly thresholds: CheckThresholds;
}

/** Places as bright as nuclei are: a cell without a label shows by its nucleus. */
function unlabelled({ nuclei, frame, thresholds, ...planes }: UnlabelledInput): Found[] {
  if (nuclei === null) return [];
  const size = planes.shape.nRows * planes.shape.nCols;
  const intensities = nuclei.subarray(frame * size, (frame + 1) * size);
  const areas = brightAreas({ ...planes, intensities, minAreaPx: thresholds.minBrightAreaPx });
  return areas.map(({ row, col, areaPx }) => {
    return { rule: "unlabelled", label: 0, row, col, value: areaPx };
  });
}

type Found = Omit<CheckFinding, "compartment" | "frame">;

function shapeFindings(parts: readonly Part[], { minAreaPx }: CheckThresholds): Found[] {
  const found: Found[] = [];
  for (const [label, own] of partsByLabel(parts)) {
    const area = own.reduce((sum, { areaPx }) => sum + areaPx, 0);
    const least = own.reduce((a, b) => (b.areaPx < a.areaPx ? b : a));
    const { row, col } = least;
    // A cell that the border of the crop cuts is small by no one's fault.
    if (area < minAreaPx && !own.some(({ touchesBorder }) => touchesBorder)) {
      found.push({ rule: "fragment", label, row, col, value: area });
    } else if (own.length > 1) {
      found.push({ rule: "split", label, row, col, value: own.length });
    }
  }
  const holes = parts.filter(({ around, touchesBorder }) => around > 0 && !touchesBorder);
  return [
    ...found,
    ...holes.map(({ around, row, col, areaPx }): Found => {
      return { rule: "hole", label: around, row, col, value: areaPx };
    }),
  ];
}

function partsByLabel(parts: readonly Part[]): Map<number, Part[]> {
  const byLabel = new Map<number, Part[]>();
  for (const part of parts) {
    const own = byLabel.get(part.label);
    if (own) own.push(part);
    else if (part.label > 0) byLabel.set(part.label, [part]);
  }
  return byLabel;
}

function nucleiWithoutCell(labels: LabelSet, { minCovered }: CheckThresholds): CheckFinding[] {
  const { whole_cell: cells, nuclear: nuclei } = labels;
  if (!cells || !nuclei) return [];
  return Array.from({ length: nuclei.nFrames }, (_, frame) =>
    uncoveredIn(frame, { cells, nuclei, minCovered }),
  ).flat();
}

function uncoveredIn(
  frame: number,
  { cells, nuclei, minCovered }: { cells: LabelImage; nuclei: LabelImage; minCovered: number },
): CheckFinding[] {
  const [below, above] = [planeOf(cells, frame), planeOf(nuclei, frame)];
  const counts = new Map<number, { areaPx: number; nCovered: number; first: number }>();
  above.forEach((label, at) => {
    if (label === 0) return;
    const count = counts.get(label) ?? { areaPx: 0, nCovered: 0, first: at };
    count.areaPx++;
    if (below[at] !== 0) count.nCovered++;
    counts.set(label, count);
  });
  return [...counts]
    .filter(([, { areaPx, nCovered }]) => nCovered < minCovered * areaPx)
    .map(([label, { areaPx, first }]) => ({
      rule: "no_cell",
      compartment: "nuclear",
      frame,
      label,
      row: Math.floor(first / nuclei.nCols),
      col: first % nuclei.nCols,
      value: areaPx,
    }));
}
