import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const PAGES = ["index", "embed", "review", "admin"] as const;
const page = (name: string) => resolve(import.meta.dirname, `${name}.html`);

/** The development server answers /embed/<token>, /review and /admin as the web application does. */
const pagePaths: Plugin = {
  name: "page-paths",
  apply: "serve",
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      const found = /^\/(embed|review|admin)(?:\/[^.]*)?(?:\?|$)/.exec(request.url ?? "");
      if (found) request.url = `/${found[1]}.html`;
      next();
    });
  },
};

export default defineConfig(({ command }) => ({
  // The web application serves dist/assets at /static/assets.
  base: command === "build" ? "/static/" : "/",
  plugins: [react(), pagePaths],
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
  worker: { format: "es" },
  build: {
    manifest: true,
    target: "es2022",
    rollupOptions: { input: Object.fromEntries(PAGES.map((name) => [name, page(name)])) },
  },
}));
