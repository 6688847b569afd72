/** What README.md counts is counted. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listModels } from "../../src/api.ts";
import { METHODS } from "../../src/methods.ts";
import { ROOT } from "../support/package.ts";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");

describe("README.md", () => {
  it("says how many methods there are besides Grad-CAM", () => {
    expect(readme).toContain(`Grad-CAM and ${METHODS.length - 1} other methods`);
  });

  it("says how many architectures are known by name", () => {
    expect(readme).toContain(`[${listModels().length} architectures](docs/models.md)`);
  });
});
