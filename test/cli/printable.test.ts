/** Names from outside that hold more than text: nothing of it may reach a terminal. */
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printable, printableJson, shownName } from "../../src/cli/terminal/printable.ts";
import { styleFor } from "../../src/cli/terminal/style.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const BAD = "\u001b[31mred\nline\u202egpj\u009b2J";
const UNSAFE = /[\p{Cc}\p{Bidi_Control}]/u;

describe("printable", () => {
  it("leaves text as it is and nothing else", () => {
    expect(printable("Katze 猫 🐈, é")).toBe("Katze 猫 🐈, é");
    expect(printable(BAD)).toBe("?[31mred?line?gpj?2J");
    expect(printable("a\u2028b\u2029c\ud800d\u2067e")).toBe("a?b?c?d?e");
  });

  it("writes JSON that means the same", () => {
    expect(printableJson({ name: BAD })).not.toMatch(UNSAFE);
    expect(JSON.parse(printableJson({ name: BAD }))).toEqual({ name: BAD });
  });

  it("cuts pictures that are their own name", () => {
    expect(shownName(`data:image/png;base64,${"A".repeat(1000)}`)).toHaveLength(41);
    expect(shownName("data.jpg")).toBe("data.jpg");
  });

  it("keeps the colours of the command, where there are any", () => {
    const sink = { isTTY: true, columns: 80, write: () => undefined, drained: () => Promise.resolve() };
    const style = styleFor(sink, {}, true);
    expect(style.clean(`${style.bold("a")}\u001b[2J\u001b[8mb`)).toBe(`${style.bold("a")}?[2J?[8mb`);
    expect(styleFor(sink, {}, false).clean("\u001b[31ma")).toBe("?[31ma");
  });
});

describe("row 45: names with escape sequences, line breaks and direction marks", () => {
  it.each([true, false])(
    "are printed without them, in all that is said of a picture; on a terminal: %s",
    async (tty) => {
      await inTemporaryFolder(async (folder) => {
        const picture = join(folder, `${BAD}.jpg`);
        const labels = join(folder, "labels.json");
        copyFileSync("examples/cat.jpg", picture);
        writeFileSync(labels, JSON.stringify(Array.from({ length: 1000 }, (_, i) => `${BAD}${i}`)));
        const words = ["--labels", labels, "--no-color", "--verbose", "--output", join(folder, "out")];
        const run = await gradcam(["explain", picture, ...words], { tty, columns: 300, env: { NO_COLOR: "1" } });
        expect(run.code).toBe(0);
        const lines = run.stdout.split("\n");
        expect(lines.join("")).not.toMatch(UNSAFE);
        expect(lines.find((line) => line.includes("wrote"))).toMatch(/\?\[31mred\?line\?gpj\?2J/);
        expect(lines.find((line) => line.includes("target"))).toMatch(/\?\[31mred\?line\?gpj\?2J285/);
        if (!tty) expect(run.stderr.replaceAll("\n", "")).not.toMatch(UNSAFE);
      });
    },
  );

  it("reach programs unchanged: as JSON, and as paths in pipes", async () => {
    await inTemporaryFolder(async (folder) => {
      const picture = join(folder, "\u001b[31mred\u202e.jpg");
      copyFileSync("examples/cat.jpg", picture);
      const json = await gradcam(["explain", picture, "--json"]);
      expect(json.stdout.trim()).not.toMatch(UNSAFE);
      expect((JSON.parse(json.stdout) as { image: string }).image).toBe(picture);
      const quiet = await gradcam(["explain", picture, "--quiet", "--output", folder]);
      for (const file of quiet.stdout.trim().split("\n")) expect(existsSync(file)).toBe(true);
    });
  });
});
