import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Needs a Chromium: npm run test:browser.
    exclude: ["test/browser/**"],
    globalSetup: ["test/support/build-wasm.ts"],
    testTimeout: 60_000,
    maxWorkers: 2,
    execArgv: ["--expose-gc"],
  },
});
