/** Completion scripts, in the shells that they are for. */
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { METHOD_NAMES } from "../../src/cli/method-facts.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const hasShell = (name: string): boolean => spawnSync(name, ["-c", "true"]).status === 0;

/** What Tab offers after a line: by a function of the script, by an interactive zsh of its own, by fish itself. */
const OFFERED = {
  bash: (script: string, line: string) => {
    const ask = 'COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _gradcam; printf "%s\\n" "${COMPREPLY[@]}"';
    return execFileSync("bash", ["-c", `. "$0"; ${ask}`, script, ...line.split(" ")], { encoding: "utf8" });
  },
  zsh: (script: string, line: string) =>
    execFileSync("zsh", ["test/support/complete.zsh", script, line], { encoding: "utf8", timeout: 30_000 }),
  fish: (script: string, line: string) =>
    execFileSync("fish", ["--no-config", "-c", `source ${script}; complete -C "${line}"`], { encoding: "utf8" }),
} as const;

/** Without fish's descriptions. */
const wordsOf = (offered: string): string[] =>
  offered
    .split("\n")
    .map((line) => line.replace(/\t.*/, ""))
    .filter((line) => line !== "")
    .sort();

describe.each(["bash", "zsh", "fish"] as const)("gradcam completion %s", (shell) => {
  it("knows every command, method and flag", async () => {
    const { stdout, code } = await gradcam(["completion", shell]);
    expect(code).toBe(0);
    const commands = (await gradcam(["--help"])).stdout.matchAll(/^ {2}([a-z]+) /gm);
    for (const word of [...METHOD_NAMES, ...Array.from(commands, ([, name]) => name!)]) expect(stdout).toContain(word);
    const flags = (await gradcam(["explain", "--help"])).stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm);
    for (const [, flag] of flags) expect(stdout).toContain(shell === "fish" ? `-l ${flag}` : `--${flag}`);
  });

  it.runIf(hasShell(shell)).each([
    ["gradcam ex", ["explain"]],
    ["gradcam -q ex", ["explain"]],
    ["gradcam explain --meth", ["--method"]],
    ["gradcam explain --method score", ["score-cam"]],
    ["gradcam explain cat.jpg --sign ", ["negative", "positive", "signed"]],
    ["gradcam explain --qui", ["--quiet"]],
    ["gradcam methods fe", ["fem"]],
    ["gradcam completion ", ["bash", "fish", "zsh"]],
    ["gradcam help ins", ["inspect"]],
  ])(`offers in ${shell} what fits, after "%s"`, async (line, expected) => {
    await inTemporaryFolder(async (folder) => {
      const script = join(folder, `gradcam.${shell}`);
      writeFileSync(script, (await gradcam(["completion", shell])).stdout);
      expect(wordsOf(OFFERED[shell](script, line))).toEqual(expected);
    });
  });

  it.runIf(hasShell(shell))(`offers files in ${shell} where a file is wanted`, async () => {
    await inTemporaryFolder(async (folder) => {
      const script = join(folder, `gradcam.${shell}`);
      writeFileSync(script, (await gradcam(["completion", shell])).stdout);
      for (const line of ["gradcam explain exampl", "gradcam explain --output exampl"]) {
        // bash itself adds them, where the function finds nothing.
        const files = shell === "bash" ? [] : [expect.stringMatching(/^examples\/?$/)];
        expect(wordsOf(OFFERED[shell](script, line))).toEqual(files);
      }
    });
  });
});
