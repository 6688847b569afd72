import { defineConfig } from "vitest/config";

/** `npm run test:browser`: kept apart from `npm test` because it needs a Chromium. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
