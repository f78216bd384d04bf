import { emptyLabels, TestEditor } from "./test-editor";

const SHAPE = { nFrames: 2, nRows: 60, nCols: 80 };

/** Label 5 in a square, label 8 in another one to its right, two background columns between. */
export async function withTwoCells(): Promise<TestEditor> {
  const labels = emptyLabels(SHAPE);
  for (let row = 10; row < 20; row++) {
    labels.whole_cell?.data.fill(5, row * 80 + 10, row * 80 + 20);
    labels.whole_cell?.data.fill(8, row * 80 + 22, row * 80 + 32);
  }
  return TestEditor.open({ shape: SHAPE, labels });
}
