/** Many pictures: how they are named, in which order they are answered, and what becomes of failures. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inOrder } from "../../src/cli/files/in-order.ts";
import { placeOf } from "../../src/cli/files/output-pattern.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const PICTURES = ["cat-and-coffee.jpg", "cat.jpg", "coffee.jpg"];

/** A folder with pictures, one of them below, one broken one, and a text. */
async function inAlbum(work: (album: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (album) => {
    mkdirSync(join(album, "below/deep"), { recursive: true });
    mkdirSync(join(album, ".hidden"));
    for (const [from, to] of [
      ["cat", "10.jpg"],
      ["coffee", "2.jpg"],
      ["coffee", "below/deep/c[1].jpg"],
      ["cat", ".hidden/secret.jpg"],
    ] as const) {
      copyFileSync(`examples/${from}.jpg`, join(album, to));
    }
    writeFileSync(join(album, "3.png"), "no picture");
    writeFileSync(join(album, "notes.txt"), "no picture either");
    await work(album);
  });
}

const labelsOf = (stdout: string): [string, string][] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { image: string; predictions: { label: string }[] })
    .map(({ image, predictions }) => [image, predictions[0]!.label]);

describe("words for pictures", () => {
  it("may be a folder: the pictures in it, in natural order, and none below; failures are reported and summed up", async () => {
    await inAlbum(async (album) => {
      const run = await gradcam(["classify", album, "--json", "--top", "1"]);
      expect(labelsOf(run.stdout)).toEqual([
        [join(album, "2.jpg"), "espresso"],
        [join(album, "10.jpg"), "Egyptian_cat"],
      ]);
      expect(run.stderr).toMatch(/^gradcam: E_IMAGE_FORMAT: .*3\.png.*\n2 of 3 pictures done, 1 failed\n$/);
      expect(run.code).toBe(1);
    });
  });

  it("may be a pattern, with ** for folders below and nothing hidden", async () => {
    await inAlbum(async (album) => {
      const run = await gradcam(["classify", `${album}/**/*.jpg`, "--json", "--top", "1"]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      const names = ["2.jpg", "10.jpg", "below/deep/c[1].jpg"].map((name) => join(album, name));
      expect(labelsOf(run.stdout).map(([image]) => image)).toEqual(names);
      expect(labelsOf((await gradcam(["classify", names[2]!, "--json"])).stdout)).toEqual([[names[2], "espresso"]]);
    });
  });

  it("go on when one of them stands for nothing", async () => {
    const run = await gradcam(["classify", "nowhere/*.jpg", "examples/cat.jpg", "--json"]);
    expect(labelsOf(run.stdout)).toHaveLength(1);
    expect(run.stderr).toMatch(/^gradcam: E_IMAGE_UNREADABLE: .*\n1 of 2 pictures done, 1 failed\n$/);
    expect(run.code).toBe(1);
  });
});

describe("--jobs", () => {
  it("changes neither results nor their order", async () => {
    const argv = ["classify", "examples", "--json", "--exact", "--jobs"];
    const [one, many] = [await gradcam([...argv, "1"]), await gradcam([...argv, "4"])];
    expect(many.stdout).toBe(one.stdout);
    expect(labelsOf(many.stdout).map(([image]) => image)).toEqual(
      ["astronaut.jpg", ...PICTURES].map((name) => `examples/${name}`),
    );
  });

  it("holds no more than that many items, and finishes them in order", async () => {
    const log: string[] = [];
    let held = 0;
    let most = 0;
    const begin = async (item: number): Promise<number> => {
      most = Math.max(most, ++held);
      // Later ones are ready sooner.
      await new Promise((resolve) => setTimeout(resolve, 10 - item));
      return item;
    };
    const finish = async (result: Promise<number>): Promise<void> => {
      log.push(String(await result));
      held--;
    };
    await inOrder([0, 1, 2, 3, 4, 5], 3, begin, finish);
    expect(log.join("")).toBe("012345");
    expect(most).toBe(3);
  });

  it("waits for what was begun when one fails", async () => {
    let settled = 0;
    const begin = async (item: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, item * 5));
      settled++;
      if (item === 0) throw new Error("first");
    };
    await expect(inOrder([0, 1, 2, 3], 3, begin, (result) => result)).rejects.toThrow("first");
    expect(settled).toBe(3);
  });
});

describe("--output", () => {
  it("names files by a pattern, in folders and formats of its own, with exact maps", async () => {
    await inTemporaryFolder(async (folder) => {
      const pattern = join(folder, "{folder}/{target}/{name}-{method}-{layer}-{index}.webp");
      const run = await gradcam(["explain", "examples/cat.jpg", "--output", pattern, "--quiet"]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      const names = ["cat-grad-cam-_relu_head-285.map.png", "cat-grad-cam-_relu_head-285.webp"];
      expect(readdirSync(join(folder, "examples/egyptian-cat")).sort()).toEqual(names);
    });
  });

  it("keeps the usual names where the pattern ends in a folder", async () => {
    await inTemporaryFolder(async (folder) => {
      await gradcam(["explain", "examples/cat.jpg", "--output", `${folder}/{name}/`, "--quiet"]);
      expect(readdirSync(join(folder, "cat"))).toContain("cat.grad-cam.egyptian-cat.png");
    });
  });

  it("never replaces a picture that the command reads, --force or not", async () => {
    await inTemporaryFolder(async (folder) => {
      const own = join(folder, "cat.jpg");
      copyFileSync("examples/cat.jpg", own);
      const run = await gradcam(["explain", own, "--output", join(folder, "{name}.jpg"), "--force"]);
      expect(run.stderr).toMatch(/^gradcam: E_EXISTS: .*reads/);
      expect(readdirSync(folder)).toEqual(["cat.jpg"]);
    });
  });

  it("keeps folders of pictures inside of the output", () => {
    expect(placeOf("../../photos/./a.jpg")).toEqual({ folder: "photos", name: "a" });
    expect(placeOf("/etc/b.png")).toEqual({ folder: "etc", name: "b" });
    expect(placeOf("c.tar.gz.png")).toEqual({ folder: "", name: "c.tar.gz" });
    expect(placeOf("-")).toEqual({ folder: "", name: "stdin" });
  });
});

describe("Ctrl-C", () => {
  it("finishes the files that were begun, begins no others, says so, and ends with 130", async () => {
    await inTemporaryFolder(async (folder) => {
      const interruption = new AbortController();
      const argv = ["explain", "examples", "--output", folder, "--quiet", "--jobs", "1"];
      const run = await gradcam(argv, { signal: interruption.signal, onPrint: () => interruption.abort() });
      expect(run.code).toBe(130);
      expect(run.stderr).toMatch(/gradcam: interrupted\n$/);
      expect(readdirSync(folder).filter((name) => !/^astronaut\..*\.png$/.test(name))).toEqual([]);
      expect(readdirSync(folder)).toHaveLength(2);
    });
  });
});
