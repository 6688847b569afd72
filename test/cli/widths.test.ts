/** Lines that fit: terminals of 40 and 80 columns, and pipes, which have no end. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../../src/cli/terminal/printable.ts";
import { fittedTable } from "../../src/cli/terminal/table.ts";
import { wrapped } from "../../src/cli/terminal/wrap.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const CAT = "examples/cat.jpg";
const WARNED = ["grad-cam", "score-cam", "guided-backprop"].join(",");

const COMMANDS: Readonly<Record<string, (folder: string) => string[]>> = {
  explain: (folder) => ["explain", CAT, "-o", folder, "--metrics", "deletion", "--set", "steps=2"],
  compare: (folder) => ["compare", CAT, "--methods", WARNED, "--grid", `${folder}/grid.png`],
  metrics: () => ["metrics", CAT, "examples/coffee.jpg", "--metrics", "deletion", "--set", "steps=2", "--draws", "1"],
  doctor: () => ["doctor"],
  layers: () => ["layers"],
  inspect: () => ["inspect"],
  methods: () => ["methods"],
  models: () => ["models"],
  classify: () => ["classify", CAT],
  "cache ls": () => ["cache", "ls"],
  activations: (folder) => ["activations", CAT, "-l", "_blocks.1", "-o", `${folder}/a.png`],
  filters: (folder) => ["filters", "-l", "_blocks.1", "-c", "1", "--steps", "1", "-o", `${folder}/f.png`],
};

/** As a terminal shows it. */
const shown = (text: string): string[] => text.split("\n").map((line) => stripVTControlCharacters(line));

/** A path or a name that is longer than a line stays whole. */
const isOneWord = (line: string): boolean => !line.trim().includes(" ");

describe.each(Object.entries(COMMANDS))("what gradcam %s says", (_, argv) => {
  it.each([40, 80])("fits a terminal of %d columns", async (columns) => {
    await inTemporaryFolder(async (folder) => {
      const env = { XDG_CACHE_HOME: folder, NO_COLOR: "1" };
      const { code, stdout } = await gradcam(argv(folder), { tty: true, columns, env });
      expect(code).toBe(0);
      expect(shown(stdout).filter((line) => displayWidth(line) > columns && !isOneWord(line))).toEqual([]);
    });
  });
});

describe("help", () => {
  it.each(["explain", "metrics", "compare", "filters", "reproduce", "activations", "doctor", "bench", ""])(
    "of gradcam %s fits 80 columns, and 40 but for commands to copy",
    async (command) => {
      const argv = [...(command === "" ? [] : [command]), "--help"];
      const wide = await gradcam(argv, { tty: true, columns: 80 });
      expect(shown(wide.stdout).filter((line) => displayWidth(line) > 80)).toEqual([]);
      const narrow = await gradcam(argv, { tty: true, columns: 40 });
      const left = shown(narrow.stdout).filter((line) => displayWidth(line) > 40 && !isOneWord(line));
      expect(left.filter((line) => !/^ {2}(gradcam|curl) /.test(line))).toEqual([]);
    },
  );
});

describe("pipes", () => {
  it("get whole rows, whatever the width of the terminal behind them", async () => {
    const [narrow, wide] = [await gradcam(["layers"], { columns: 40 }), await gradcam(["layers"], { columns: 200 })];
    expect(narrow.stdout).toBe(wide.stdout);
    expect(narrow.stdout).toMatch(/^\+ {2}_bn0 +BatchNormalization +\[1,112,112,32\] +128$/m);
  });
});

describe("wrapped lines", () => {
  it("hang below their text and stay together where a percent sign follows", () => {
    expect(wrapped("  box  10×12 holds 69.4 % of it", 22, 7)).toEqual(["  box  10×12 holds", "       69.4 % of it"]);
    expect(wrapped("short", 5, 2)).toEqual(["short"]);
  });

  it("take no room for colours, two columns for wide characters, and never break a word", () => {
    expect(wrapped("\u001b[31mred\u001b[39m one", 7)).toEqual(["\u001b[31mred\u001b[39m one"]);
    expect(wrapped("猫猫 猫", 6)).toEqual(["猫猫", "猫"]);
    expect(wrapped("  /a/very/long/path is here", 8, 2)).toEqual(["  /a/very/long/path", "  is", "  here"]);
  });
});

describe("tables", () => {
  const rows = [
    ["name", "kind of layer", "size"],
    ["conv1", "DepthwiseConv2D", "12"],
  ];
  const narrowed = (width: number) => fittedTable(rows, ["left", "left", "right"], width, { shrink: 1, drop: [1, 2] });

  it("shorten one column, then do without some", () => {
    expect(narrowed(Infinity)[1]).toBe("conv1  DepthwiseConv2D    12");
    expect(narrowed(24)).toEqual(["name   kind of la…  size", "conv1  DepthwiseC…    12"]);
    expect(narrowed(16)).toEqual(["name   size", "conv1    12"]);
    expect(narrowed(3)).toEqual(["name", "conv1"]);
  });
});
