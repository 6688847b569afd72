import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Examples and benchmarks name the package as users do; tests mean the sources.
  resolve: { alias: [{ find: /^gradcam-wasm$/, replacement: fileURLToPath(new URL("src/node.ts", import.meta.url)) }] },
  test: {
    include: ["test/**/*.test.ts"],
    // Needs a Chromium: npm run test:browser.
    exclude: ["test/browser/**"],
    globalSetup: ["test/support/build-generated.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    execArgv: ["--expose-gc"],
  },
});
