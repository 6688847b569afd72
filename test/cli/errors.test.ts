/** Every mistake on the command line is one line with a code, a way out and its own exit code. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../src/errors.ts";
import { gradcam, inTemporaryFolder, type Run } from "../support/cli.ts";
import { MISTAKES } from "./mistakes.ts";

const CAT = "examples/cat.jpg";

/** One line on stderr, nothing on stdout, no stack. */
function expectOneLine({ stdout, stderr }: Run, code: ErrorCode): void {
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^gradcam: .*\n$/);
  expect(stderr).toMatch(new RegExp(`^gradcam: ${code}: `));
  expect(stderr).not.toMatch(/\n {4}at /);
}

describe("gradcam answers", () => {
  for (const [title, words, exit, code, names] of MISTAKES) {
    it(`${title} with exit code ${exit} and ${code}`, async () => {
      const run = await gradcam(words.split(" "));
      expectOneLine(run, code);
      expect(run.stderr).toMatch(names);
      expect(run.code).toBe(exit);
    });
  }

  it("a damaged picture with exit code 4, one among several with 1, and goes on with the next one", async () => {
    await inTemporaryFolder(async (folder) => {
      const broken = join(folder, "broken.jpg");
      writeFileSync(broken, Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16));
      const run = await gradcam(["classify", broken, CAT, "--json"]);
      expect(run.stderr).toMatch(/^gradcam: E_IMAGE_CORRUPT: .*broken\.jpg.*\n1 of 2 pictures done, 1 failed\n$/);
      expect(JSON.parse(run.stdout)).toMatchObject({ image: CAT });
      expect(run.code).toBe(1);
      const alone = await gradcam(["classify", broken]);
      expectOneLine(alone, "E_IMAGE_CORRUPT");
      expect(alone.code).toBe(4);
    });
  });

  it("an output folder that is a file with exit code 1", async () => {
    const run = await gradcam(["explain", CAT, "--output", "package.json"]);
    expectOneLine(run, "E_IO");
    expect(run.code).toBe(1);
  });

  it("a missing picture in a folder without pictures without inventing one", async () => {
    await inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, "sub"));
      const run = await gradcam(["explain", join(folder, "cat.jpg")]);
      expectOneLine(run, "E_IMAGE_UNREADABLE");
      expect(run.stderr).not.toMatch(/did you mean/);
    });
  });

  it("Ctrl-C with exit code 130", async () => {
    const run = await gradcam(["classify", CAT], { signal: AbortSignal.abort() });
    expect(run.stderr).toBe("gradcam: interrupted\n");
    expect(run.code).toBe(130);
  });

  it("with a stack trace only when --debug asks for it", async () => {
    const run = await gradcam(["explain", CAT, "--layer", "nope", "--debug"]);
    expect(run.stderr).toMatch(/^gradcam: E_TARGET_LAYER.*\nGradCamError: .*\n {4}at /m);
  });

  it("no command with its help on stderr and exit code 2", async () => {
    const run = await gradcam([]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^Usage: gradcam/);
  });
});
