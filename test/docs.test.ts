/** Documentation that is generated (after a change of what it is made from: npm run docs), and examples that must work. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT_CODE_OF } from "../src/cli/exit-codes.ts";
import { ERROR_CODES, type ErrorCode } from "../src/errors.ts";
import { inTemporaryFolder } from "./support/cli.ts";
import { built, ROOT } from "./support/package.ts";

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
    await expect(ERRORS).toMatchFileSnapshot("../docs/errors.md");
  });
});

describe("README.md", () => {
  const text = readFileSync(join(ROOT, "README.md"), "utf8");

  it("shows a first example that runs as it stands", async () => {
    built("node.js");
    const [, code = ""] = /```js\n(.*?)```/s.exec(text) ?? [];
    await inTemporaryFolder((folder) => {
      const output = join(folder, "cat.heat.png");
      const script = code.replace('"cat.jpg"', '"examples/cat.jpg"').replace('"cat.heat.png"', JSON.stringify(output));
      const run = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        cwd: ROOT,
        encoding: "utf8",
      });
      expect(run).toMatch(/^Egyptian_cat: 79\.\d %, seen by _relu_head\n$/);
      expect(existsSync(output)).toBe(true);
      return Promise.resolve();
    });
  });

  it("links to files that exist", () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target!);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
  });
});
