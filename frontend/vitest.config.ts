import { defineConfig } from "vitest/config";

/** Tests are no clocks: on a busy machine a page of them may take long. */
const LIMIT_MS = 30_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "core",
          testTimeout: LIMIT_MS,
          environment: "node",
          include: ["tests/{model,engine}/**/*.test.ts"],
          benchmark: { include: ["tests/**/*.bench.ts"] },
        },
      },
      {
        test: {
          name: "pages",
          testTimeout: LIMIT_MS,
          environment: "happy-dom",
          setupFiles: ["tests/pages-setup.ts"],
          include: ["tests/{ui,api}/**/*.test.{ts,tsx}"],
          benchmark: { include: [] },
        },
      },
    ],
  },
});
