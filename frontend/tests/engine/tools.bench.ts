/**
 * Every tool at 2048 x 2048 with 10,000 cells and at 4096 x 4096 with 40,000, as one table beside the
 * budgets and the figures of DeepCell Label at 2048 x 2048. Heavy tools run without a worker here.
 */
import { bench, describe } from "vitest";
import { InstanceIndex } from "../../src/model";
import { speedTable, timings } from "./speed-table";

describe("tools", async () => {
  const small = await timings(2048, 100);
  const large = await timings(4096, 200);
  console.log(`\n${speedTable(small, large)}\n`);

  const shape = { nRows: 64, nCols: 64 };
  const plane = Uint32Array.from({ length: 64 * 64 }, (_, at) => Math.floor(at / 256));
  bench(
    "index of a small plane, for comparing machines",
    () => {
      new InstanceIndex(plane, shape);
    },
    { time: 100, warmupTime: 20 },
  );
});
