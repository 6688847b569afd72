/** Documentation that is generated: after a change of what it is made from, npm run docs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT_CODE_OF } from "../../src/cli/exit-codes.ts";
import { ERROR_CODES, type ErrorCode } from "../../src/errors.ts";
import { METHODS } from "../../src/methods.ts";
import { ROOT } from "../support/package.ts";
import { methodsTable, picturesTable } from "./methods-table.ts";

const row = (code: ErrorCode): string => `| \`${code}\` | ${ERROR_CODES[code]} | ${EXIT_CODE_OF[code]} |`;

const ERRORS = `# Errors

Every error this package throws is a \`GradCamError\` with a stable \`code\` from this list and the facts \`where\`,
\`expected\`, \`got\`, \`hint\` and \`cause\`. Its message reads \`where: expected …, got …; hint\`. The command line prints
\`gradcam: CODE: message\` and ends with the exit code in the last column (130 when interrupted).

| code | meaning | exit code |
| --- | --- | --- |
${(Object.keys(ERROR_CODES) as ErrorCode[]).map(row).join("\n")}
`;

describe("docs/errors.md", () => {
  it("lists every code", async () => {
    await expect(ERRORS).toMatchFileSnapshot("../../docs/errors.md");
  });
});

describe("docs/methods.md", () => {
  it("shows every method with its picture, and says what each asks for", async () => {
    const page = readFileSync(join(ROOT, "docs/methods.md"), "utf8");
    const written = filled(filled(page, "pictures", picturesTable()), "table", await methodsTable());
    await expect(written).toMatchFileSnapshot("../../docs/methods.md");
  });

  it("has a picture of every method: scripts/make-method-pictures.mjs", () => {
    const missing = METHODS.filter((name) => !existsSync(join(ROOT, `docs/images/methods/${name}.webp`)));
    expect(missing).toEqual([]);
  });
});

/** The page with what stands between two markers replaced. */
function filled(page: string, name: string, content: string): string {
  const [open, close] = [`<!-- methods:${name} -->`, `<!-- /methods:${name} -->`];
  const [before, after] = [page.indexOf(open) + open.length, page.indexOf(close)];
  expect(before).toBeGreaterThan(open.length);
  return `${page.slice(0, before)}\n\n${content}\n\n${page.slice(after)}`;
}
