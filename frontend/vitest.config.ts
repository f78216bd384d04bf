import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "core",
          environment: "node",
          include: ["tests/{model,engine}/**/*.test.ts"],
          benchmark: { include: ["tests/**/*.bench.ts"] },
        },
      },
      {
        test: {
          name: "pages",
          environment: "happy-dom",
          setupFiles: ["tests/pages-setup.ts"],
          include: ["tests/{ui,api}/**/*.test.{ts,tsx}"],
          benchmark: { include: [] },
        },
      },
    ],
  },
});
