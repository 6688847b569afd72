/** Documentation that is generated. After a change of what it is made from: npm run docs. */
import { describe, expect, it } from "vitest";
import { EXIT_CODE_OF } from "../src/cli/exit-codes.ts";
import { ERROR_CODES, type ErrorCode } from "../src/errors.ts";

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
