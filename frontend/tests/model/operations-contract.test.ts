import { describe, expect, it } from "vitest";
import { OPERATIONS, patched, runOperation } from "../../src/model";
import { contract, jobOf } from "./operations-contract";

describe.each(Object.keys(OPERATIONS))("%s", (op) => {
  const vectors = contract.vectors.filter((vector) => vector.op === op);

  it.each(vectors.map((vector) => [vector.scene, vector] as const))(
    "gives what the reference gives (scene %i)",
    (_scene, vector) => {
      const job = jobOf(vector);
      const before = job.plane.labels.slice();
      const patch = runOperation(job);
      const after = patched(job.plane, patch).labels;
      expect(job.plane.labels).toEqual(before);
      expect(after).toEqual(Uint32Array.from(vector.result ?? before));
      expect(patch === null).toBe(vector.result === null);
    },
  );
});
