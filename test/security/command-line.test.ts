/** Words, names, files and surroundings that a command may meet. By the rows of the list in docs/security.md. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/node.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";
import { codeOf } from "../support/error-code.ts";
import { built } from "../support/package.ts";

const CAT = "examples/cat.jpg";
const NAMES = Array.from({ length: 1000 }, (_, index) => `name ${index}`);

describe("row 45: names of files", () => {
  it.each(["🐈.jpg", "line\nbreak.jpg", "cat (1) [2] {3}.jpg", `${"n".repeat(251)}.jpg`])(
    "are read as they are: %j",
    async (name) => {
      await inTemporaryFolder(async (folder) => {
        const picture = join(folder, name);
        copyFileSync(CAT, picture);
        const run = await gradcam(["classify", picture, "--json", "--top", "1"]);
        expect(run).toMatchObject({ code: 0, stderr: "" });
        expect((JSON.parse(run.stdout) as { image: string }).image).toBe(picture);
      });
    },
  );

  it("may look like flags behind --", async () => {
    await inTemporaryFolder((folder) => {
      copyFileSync(CAT, join(folder, "--top.jpg"));
      const words = [built("cli/bin.js"), "classify", "--json", "--", "--top.jpg"];
      const out = execFileSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
      expect((JSON.parse(out) as { image: string }).image).toBe("--top.jpg");
      return Promise.resolve();
    });
  });

  it("of 300 characters, or with a NUL, are one line with a code", async () => {
    for (const name of ["n".repeat(300), "a\u0000b.jpg"]) {
      const run = await gradcam(["classify", `${name}.jpg`]);
      expect(run.stderr).toMatch(/^gradcam: E_I(O|MAGE_UNREADABLE): [^\n]*\n$/);
      expect(run.code).toBeGreaterThan(0);
    }
  });
});

describe("row 52: files of class names", () => {
  const answerTo = (text: string, ...words: string[]) =>
    inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, "labels"), text);
      return gradcam(["classify", CAT, "--labels", join(folder, "labels"), ...words]);
    });

  it("may begin with a mark of byte order and end their lines as Windows does", async () => {
    for (const text of [NAMES.join("\r\n"), JSON.stringify(NAMES)]) {
      const run = await answerTo(`\ufeff${text}`, "--json", "--top", "1000");
      const { predictions } = JSON.parse(run.stdout) as { predictions: { index: number; label: string }[] };
      expect(predictions.map(({ label }) => label)).toEqual(predictions.map(({ index }) => NAMES[index]));
    }
  });

  it.each<[string, string, RegExp]>([
    ["one name too few", NAMES.slice(1).join("\n"), /expected 1000 class names, one for each class, got 999/],
    ["one name too many", JSON.stringify([...NAMES, "more"]), /got 1001/],
    ["an object", '{"0": "tench"}', /got 1\b/],
    ["a list that is cut off", '["tench", ', /expected a JSON list/],
    ["a list of numbers", JSON.stringify(NAMES.map((_, i) => i)), /labels\[0\]: expected a name/],
    ["nothing at all", "", /got 0/],
  ])("with %s are one line with a code", async (_, text, says) => {
    const run = await answerTo(text);
    expect(run.stdout).toBe("");
    expect(run.stderr).toMatch(/^gradcam: E_INPUT_VALUE: [^\n]*\n$/);
    expect(run.stderr).toMatch(says);
  });

  it("are as strict for programs", async () => {
    expect(await codeOf(() => loadModel(undefined, { labels: ["cat", "dog"] }))).toBe("E_INPUT_VALUE");
  });
});

describe("row 56: the surroundings of a process", () => {
  const classify = (env: Readonly<Record<string, string>>) => {
    const words = [built("cli/bin.js"), "classify", CAT];
    return spawnSync(process.execPath, words, { encoding: "utf8", env: { PATH: process.env["PATH"], ...env } });
  };
  const usual = classify({});

  it.each<[string, Readonly<Record<string, string>>]>([
    ["a language with decimal commas", { LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8", LC_NUMERIC: "de_DE.UTF-8" }],
    ["no UTF-8", { LANG: "C", LC_ALL: "C" }],
    ["a clock far away", { TZ: "Pacific/Kiritimati" }],
    ["options for Node", { NODE_OPTIONS: "--max-old-space-size=512 --no-warnings" }],
  ])("changes nothing of what is printed: %s", (_, env) => {
    const { status, stdout, stderr } = classify(env);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: usual.stdout, stderr: "" });
    expect(stdout).toContain("79.8 %");
  });

  it.skipIf(process.platform === "win32")("a word that is no UTF-8 is one line with a code", async () => {
    await inTemporaryFolder((folder) => {
      mkdirSync(join(folder, "in"));
      const script = `"$1" "$2" classify "$(printf 'a\\377b.jpg')"`;
      const run = spawnSync("sh", ["-c", script, "sh", process.execPath, built("cli/bin.js")], {
        cwd: join(folder, "in"),
        encoding: "utf8",
      });
      expect(run.status).toBe(4);
      expect(run.stderr).toMatch(/^gradcam: E_IMAGE_UNREADABLE: a.*b\.jpg[^\n]*\n$/);
      return Promise.resolve();
    });
  });
});
