import type { ChannelData } from "../npy";
import type { PlaneShape } from "../windows";
import { partsOf } from "./parts";

export interface BrightArea {
  readonly row: number;
  readonly col: number;
  readonly areaPx: number;
}

/** Intensities are judged by their mean in blocks of this side, which evens out the noise. */
const BLOCK_PX = 4;
/** An unlabelled block is bright when it outshines this share of the labelled ones. */
const SHARE = 0.4;
/** Fewer labelled blocks than this tell nothing about what is bright. */
const ENOUGH_BLOCKS = 10;

interface Blocks extends PlaneShape {
  readonly mean: Float64Array;
  /** Pixels with a label in each block. */
  readonly nLabelled: Uint8Array;
}

export interface BrightInput {
  readonly intensities: ChannelData;
  /** Labels whose pixels tell how bright an instance is. */
  readonly reference: Uint32Array;
  /** Labels that may be missing. */
  readonly plane: Uint32Array;
  readonly shape: PlaneShape;
  readonly minAreaPx: number;
}

/** Areas of at least `minAreaPx` as bright as the instances of the reference, without a label. */
export function brightAreas(input: BrightInput): BrightArea[] {
  const { intensities, plane, reference, shape, minAreaPx } = input;
  const blocks = blocksOf(intensities, plane, shape);
  const known = reference === plane ? blocks : blocksOf(intensities, reference, shape);
  const inCells = [...known.mean].filter((_, i) => known.nLabelled[i] === BLOCK_PX * BLOCK_PX);
  if (inCells.length < ENOUGH_BLOCKS) return [];
  const bright = inCells.sort((a, b) => a - b)[Math.floor(inCells.length * SHARE)] ?? 0;
  const isBright = Uint32Array.from(blocks.mean, (mean, i) =>
    mean > bright && blocks.nLabelled[i] === 0 ? 1 : 0,
  );
  return partsOf(isBright, blocks)
    .filter(({ label, areaPx }) => label === 1 && areaPx * BLOCK_PX * BLOCK_PX >= minAreaPx)
    .map(({ row, col, areaPx }) => ({
      row: row * BLOCK_PX + BLOCK_PX / 2,
      col: col * BLOCK_PX + BLOCK_PX / 2,
      areaPx: areaPx * BLOCK_PX * BLOCK_PX,
    }));
}

/** Whole blocks only: a strip of less than a block at the far borders is left out. */
function blocksOf(intensities: ChannelData, plane: Uint32Array, shape: PlaneShape): Blocks {
  const nRows = Math.floor(shape.nRows / BLOCK_PX);
  const nCols = Math.floor(shape.nCols / BLOCK_PX);
  const mean = new Float64Array(nRows * nCols);
  const nLabelled = new Uint8Array(nRows * nCols);
  for (let row = 0; row < nRows * BLOCK_PX; row++) {
    const blockRow = Math.floor(row / BLOCK_PX) * nCols;
    for (let col = 0; col < nCols * BLOCK_PX; col++) {
      const at = row * shape.nCols + col;
      const block = blockRow + Math.floor(col / BLOCK_PX);
      mean[block] = (mean[block] ?? 0) + (intensities[at] ?? 0) / (BLOCK_PX * BLOCK_PX);
      if (plane[at] !== 0) nLabelled[block] = (nLabelled[block] ?? 0) + 1;
    }
  }
  return { nRows, nCols, mean, nLabelled };
}
