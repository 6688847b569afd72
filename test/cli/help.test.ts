/** Help on terminals of all widths, and what shells complete. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { METHODS } from "../../src/methods.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const COMMANDS = [
  ...[
    "explain",
    "compare",
    "classify",
    "activations",
    "filters",
    "metrics",
    "methods",
    "layers",
    "inspect",
    "reproduce",
  ],
  ...["bench", "completion"],
];

/** Lines of flags, commands and paragraphs; examples stay as they are, to be copied. */
const beforeExamples = (help: string): string[] => help.split(/^Examples:$/m)[0]!.split("\n");

describe("--help", () => {
  for (const columns of [40, 80, 200]) {
    it.each(COMMANDS)(`fits ${columns} columns, or 100: gradcam %s`, async (command) => {
      const { stdout } = await gradcam([command, "--help"], { columns });
      const long = beforeExamples(stdout).filter((line) => line.length > Math.min(columns, 100));
      // A word of its own, such as a path, may be longer.
      expect(long.filter((line) => line.trim().includes(" "))).toEqual([]);
    });
  }

  it.each(COMMANDS)("has examples of at most 100 columns: gradcam %s", async (command) => {
    const { stdout } = await gradcam([command, "--help"]);
    const examples = /^Examples:\n([^]*)$/m.exec(stdout)![1]!.split("\n");
    expect(examples.filter((line) => line.length > 100)).toEqual([]);
    expect(examples.some((line) => line.includes(`gradcam ${command}`))).toBe(true);
  });

  it("puts descriptions below their flags where two columns have no room", async () => {
    const { stdout } = await gradcam(["explain", "--help"], { columns: 40 });
    expect(stdout).toContain("  -t, --target <class>\n      class name, wnid, index or top-N,\n");
    expect((await gradcam(["explain", "--help"], { columns: 80 })).stdout).toMatch(
      /^ {2}-t, --target <class> +class name/m,
    );
  });

  it("is bold on terminals, and plain with --no-color and in pipes", async () => {
    const bold = "\u001b[1m";
    const help = ["explain", "--help"];
    expect((await gradcam(help, { tty: true })).stdout).toContain(`${bold}Model and engine:`);
    expect((await gradcam(help, { tty: true })).stdout).toContain(`${bold}Examples:`);
    expect((await gradcam([...help, "--no-color"], { tty: true })).stdout).not.toContain(bold);
    expect((await gradcam(help, { tty: true, env: { NO_COLOR: "1" } })).stdout).not.toContain(bold);
    expect((await gradcam(help)).stdout).not.toContain(bold);
    expect((await gradcam(help, { env: { FORCE_COLOR: "1" } })).stdout).toContain(bold);
  });
});

const hasShell = (name: string): boolean => spawnSync(name, ["-c", "true"]).status === 0;

describe("gradcam completion", () => {
  it.runIf(hasShell("bash"))("completes commands, flags and values in bash, and leaves files to it", async () => {
    const { stdout } = await gradcam(["completion", "bash"]);
    await inTemporaryFolder((folder) => {
      const file = join(folder, "completion.bash");
      const ask = 'COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _gradcam; echo "${COMPREPLY[*]}"';
      writeFileSync(file, `${stdout}${ask}`);
      const completions = (...words: string[]): string =>
        execFileSync("bash", [file, "gradcam", ...words], { encoding: "utf8" }).trim();
      expect(completions("ex")).toBe("explain");
      expect(completions("explain", "--me")).toBe("--method");
      expect(completions("explain", "--method", "score")).toBe("score-cam");
      expect(completions("explain", "cat.jpg", "--sign", "")).toBe("positive negative signed");
      expect(completions("explain", "--qui")).toBe("--quiet");
      expect(completions("methods", "fe")).toBe("fem");
      expect(completions("completion", "")).toBe("bash zsh fish");
      expect(completions("help", "ins")).toBe("inspect");
      expect(completions("explain", "cat")).toBe("");
      expect(completions("explain", "--output", "--")).toBe("");
      return Promise.resolve();
    });
  });

  it.each(["bash", "zsh", "fish"])("prints a script that %s understands and that knows every flag", async (shell) => {
    const { stdout, code } = await gradcam(["completion", shell]);
    expect(code).toBe(0);
    for (const word of [...COMMANDS, ...METHODS]) expect(stdout).toContain(word);
    const flags = (await gradcam(["explain", "--help"])).stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm);
    for (const [, flag] of flags) expect(stdout).toContain(shell === "fish" ? `-l ${flag}` : `--${flag}`);
    if (hasShell(shell)) expect(spawnSync(shell, ["-n"], { input: stdout, encoding: "utf8" }).stderr).toBe("");
  });
});
