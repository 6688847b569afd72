/** What pictures explain writes, what they are called, and what is refused before any work. */
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it, vi } from "vitest";
import { outputPattern } from "../../src/cli/files/output-pattern.ts";
import { stemOf } from "../../src/cli/files/picture-stem.ts";
import { readImage } from "../../src/node/read-image.ts";
import * as painting from "../../src/image/overlay.ts";
import { codeOf } from "../support/error-code.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

vi.mock("../../src/image/overlay.ts", { spy: true });

const CAT = "examples/cat.jpg";
const STEM = "cat.grad-cam.egyptian-cat";

const pixelsOf = async (file: string): Promise<Buffer> => sharp(file).raw().toBuffer();
const redOf = async (file: string): Promise<Buffer> => sharp(file).extractChannel(0).raw().toBuffer();

describe("stemOf", () => {
  it.each([
    ["photos/cat.jpg", "cat"],
    ["-", "stdin"],
    ["https://example.org/a/b%20c.jpg?size=2/3#x", "b-c"],
    ["https://example.org/", "example.org"],
    ["con.jpg", "con_"],
    ["NUL", "NUL_"],
    ["lpt1.cat.png", "lpt1_.cat"],
    ["console.jpg", "console"],
  ])("names what is written of %s %s", (picture, stem) => {
    expect(stemOf(picture)).toBe(stem);
  });

  it("gives data: URLs short names, each its own", () => {
    const [one, other] = ["AAAA/BBBB", "AAAA/CCCC"].map((data) => stemOf(`data:image/png;base64,${data}`));
    expect(one).toMatch(/^data-[0-9a-f]{8}$/);
    expect(other).not.toBe(one);
  });
});

describe("--output", () => {
  it("is a file where it ends as one, with its map beside it", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam(["explain", CAT, "--output", join(folder, "heat.webp"), "--quiet"]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(readdirSync(folder).sort()).toEqual(["heat.map.png", "heat.webp"]);
    });
  });

  it.each(["{name", "name}.png", "{na{me}}"])("with braces that are not in pairs is refused: %s", async (output) => {
    expect(await codeOf(() => outputPattern(output, "x"))).toBe("E_OPTION");
  });

  it.each([
    ["--output heat.png --method grad-cam,fem", 2, /E_OPTION: .*\{method\} in it, for 2 methods/],
    ["--output {name}.{method}.png --layer _blocks.4 --layer _blocks.7", 2, /E_OPTION: .*\{layer\} in it/],
    ["--output {name}.{method}.png -t top-1 -t top-2", 2, /E_OPTION: .*\{target\} or \{index\} in it/],
    ["examples/coffee.jpg --output heat.png", 1, /E_EXISTS: .*coffee\.jpg/],
  ])("that several results would share is refused before any work: %s", async (words, code, message) => {
    // A model that is none would be found out first, if any work were done.
    const run = await gradcam(["explain", CAT, ...words.split(" "), "--model", "README.md"]);
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toMatch(message);
  });

  it("does not mind a method, layer or target that is named twice", async () => {
    await inTemporaryFolder(async (folder) => {
      const twice = ["-M", "grad-cam,grad-cam", "-t", "285", "-t", "285", "-l", "_blocks.7", "-l", "_blocks.7"];
      const run = await gradcam(["explain", CAT, ...twice, "--output", join(folder, "heat.png"), "--quiet"]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
    });
  });
});

describe("--report", () => {
  it("never replaces a picture that the command reads, --force or not", async () => {
    await inTemporaryFolder(async (folder) => {
      const picture = join(folder, "cat.jpg");
      copyFileSync(CAT, picture);
      const run = await gradcam(["explain", folder, "--report", join(folder, "x/../cat.jpg"), "--force"]);
      expect(run).toMatchObject({ code: 1, stdout: "" });
      expect(run.stderr).toMatch(/E_EXISTS: .*this very command reads/);
      expect(readFileSync(picture)).toEqual(readFileSync(CAT));
    });
  });
});

describe("on narrow terminals", () => {
  it("lines of predictions fit", async () => {
    const { stdout } = await gradcam(["classify", CAT], { tty: true, columns: 40, env: { NO_COLOR: "1" } });
    const lines = stdout.trimEnd().split("\n");
    expect(lines[1]).toBe("  79.8 %  Egyptian_cat");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });
});

describe("pictures", () => {
  it("are painted once for the file and the preview", async () => {
    await inTemporaryFolder(async (folder) => {
      vi.mocked(painting.overlay).mockClear();
      const run = await gradcam(["explain", CAT, "--output", folder], { tty: true });
      expect(run.stdout).toContain("▀");
      expect(vi.mocked(painting.overlay)).toHaveBeenCalledTimes(1);
    });
  });

  it.each(["--contours", "--boxes"])("have white lines with dark rims with %s, and are else the same", async (flag) => {
    await inTemporaryFolder(async (folder) => {
      await gradcam(["explain", CAT, "--output", join(folder, "plain.png"), "--quiet"]);
      await gradcam(["explain", CAT, "--output", join(folder, "drawn.png"), "--quiet", flag]);
      const [plain, drawn] = await Promise.all(["plain", "drawn"].map((name) => pixelsOf(join(folder, `${name}.png`))));
      let [changed, white, darker] = [0, 0, 0];
      for (let i = 0; i < drawn!.length; i += 3) {
        const [now, before] = [drawn!.subarray(i, i + 3), plain!.subarray(i, i + 3)];
        if (now.equals(before)) continue;
        changed++;
        if (now.every((value) => value > 250)) white++;
        if (now.every((value, c) => value <= before[c]! / 2)) darker++;
      }
      expect(white).toBeGreaterThan(500);
      expect(darker).toBeGreaterThan(500);
      expect(changed / (drawn!.length / 3)).toBeLessThan(0.1);
    });
  });

  it("show only what the map marks with --mask, in files of their own", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam(["explain", CAT, "--output", folder, "--mask", "--json"]);
      const { files } = JSON.parse(run.stdout) as { files: string[] };
      expect(files).toEqual([`${STEM}.png`, `${STEM}.map.png`, `${STEM}.mask.png`].map((name) => join(folder, name)));
      const { data, width, height } = await readImage(CAT);
      const [mask, map] = await Promise.all([redOf(files[2]!), redOf(files[1]!)]);
      let [hot, cold] = [0, 0];
      for (let i = 0; i < width * height; i++) {
        const before = data[3 * i]!;
        // Half of the maximum is 127.5 in the map's bytes, which were cut.
        if (map[i]! > 128) hot += Number(mask[i] === before);
        else if (map[i]! < 127) cold += Number(mask[i]! <= Math.ceil(before * 0.15));
      }
      expect(hot).toBe(map.filter((value) => value > 128).length);
      expect(cold).toBe(map.filter((value) => value < 127).length);
      expect(Math.min(hot, cold)).toBeGreaterThan(10_000);
    });
  });

  it("of a mask do not fit on stdout", async () => {
    const run = await gradcam(["explain", CAT, "--output", "-", "--mask"]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/E_OPTION: .*--mask/);
  });
});
