/** Help on terminals of all widths. */
import { describe, expect, it } from "vitest";
import { gradcam } from "../support/cli.ts";

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
