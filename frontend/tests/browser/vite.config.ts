// Builds the page of the browser tests and the browser bench: the engine alone. It is never shipped.
import { resolve } from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  publicDir: false,
  worker: { format: "es" },
  build: {
    target: "es2022",
    emptyOutDir: true,
    rollupOptions: { input: resolve(import.meta.dirname, "engine.html") },
  },
});
