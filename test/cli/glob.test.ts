/** Patterns for files: what they match, what they cost, and where they look. */
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, win32 } from "node:path";
import { describe, expect, it } from "vitest";
import { bracesExpanded } from "../../src/cli/files/braces.ts";
import { glob, placesOf } from "../../src/cli/files/glob.ts";
import type { Sink } from "../../src/cli/terminal/io.ts";
import { findPictures } from "../../src/cli/files/picture-files.ts";
import { Terminal } from "../../src/cli/terminal/terminal.ts";
import { wildcard } from "../../src/cli/files/wildcard.ts";
import type { GradCamError } from "../../src/errors.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";
import { codeOf } from "../support/error-code.ts";

const failing = (error: GradCamError): void => {
  throw error;
};

/** Runs `work` as a user who may not do everything: permissions do not bind root. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  const user = process.geteuid!();
  if (user !== 0) return work();
  process.seteuid!(65534);
  try {
    return await work();
  } finally {
    process.seteuid!(user);
  }
}

describe("wildcards", () => {
  it.each([
    ["*", "", true],
    ["*.jpg", "cat.jpg", true],
    ["*.jpg", "cat.jpeg", false],
    ["c?t", "cat", true],
    ["c?t", "ct", false],
    ["?", "😀", true],
    ["[abc]at", "bat", true],
    ["[!abc]at", "bat", false],
    ["[^abc]at", "rat", true],
    ["[a-cx]at", "xat", true],
    ["[z-a]", "m", false],
    ["[]x]", "]", true],
    ["[a-]", "-", true],
    ["[ab", "[ab", true],
    ["a.c", "abc", false],
    ["c(at|offee)", "cat", false],
    ["a*b*c", "aXbYbZc", true],
    ["a*b*c", "aXbYbZ", false],
    ["**a", "bba", true],
  ])("%s and %s: %s", (pattern, name, expected) => {
    expect(wildcard(pattern)(name)).toBe(expected);
  });

  it("take no time that grows with the stars", () => {
    const begun = performance.now();
    const fits = wildcard(`${"*a".repeat(40)}b`);
    for (let i = 0; i < 100; i++) expect(fits("a".repeat(255))).toBe(false);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe("braces", () => {
  it("stand for what shells make of them", () => {
    expect(bracesExpanded("a{b,c}d")).toEqual(["abd", "acd"]);
    expect(bracesExpanded("{a,b{c,d}}{,e}")).toEqual(["a", "ae", "bc", "bce", "bd", "bde"]);
    expect(bracesExpanded("{a}{}")).toEqual(["{a}{}"]);
    expect(bracesExpanded("a{b,c")).toEqual(["a{b,c"]);
    expect(bracesExpanded("a{b,{c,d}")).toEqual(["a{b,c", "a{b,d"]);
    expect(bracesExpanded("a},b")).toEqual(["a},b"]);
  });

  it("of a thousand are made, and of more none", async () => {
    expect(bracesExpanded("{0,1,2,3,4,5,6,7,8,9}".repeat(3))).toHaveLength(1000);
    expect(await codeOf(() => bracesExpanded("{a,b}".repeat(400)))).toBe("E_OPTION");
    const deep = `${"{a,".repeat(20_000)}b${"}".repeat(20_000)}`;
    expect(await codeOf(() => bracesExpanded(deep))).toBe("E_OPTION");
    expect(await gradcam(["classify", "{a,b}".repeat(40)])).toMatchObject({ code: 2 });
  });
});

describe("patterns", () => {
  it("find what shells find", async () => {
    const found = async (pattern: string): Promise<string[]> =>
      (await glob(`examples/${pattern}`, failing)).map((path) => path.replace(/^examples\//, ""));
    expect(await found("c*.jpg")).toEqual(["cat-and-coffee.jpg", "cat.jpg", "coffee.jpg"]);
    expect(await found("c[!o]*.jpg")).toEqual(["cat-and-coffee.jpg", "cat.jpg"]);
    expect(await found("{coffee,cat}.{jpg,png}")).toEqual(["coffee.jpg", "cat.jpg"]);
    expect(await found("c(at|offee).jpg")).toEqual([]);
    expect(await glob("{examples,nowhere}/train-*/*.mjs", failing)).toHaveLength(3);
    expect(await glob(`${process.cwd()}/examples/cat.*`, failing)).toEqual([`${process.cwd()}/examples/cat.jpg`]);
  });

  it("with many ** look into each folder once and name each file once, in order", async () => {
    await inTemporaryFolder(async (album) => {
      const deep = Array.from({ length: 40 }, () => "d").join("/");
      mkdirSync(join(album, deep), { recursive: true });
      writeFileSync(join(album, "2.jpg"), "");
      writeFileSync(join(album, deep, "10.jpg"), "");
      const expected = [join(album, "2.jpg"), join(album, deep, "10.jpg")];
      expect(await glob(`${album}/**/**/**/*.jpg`, failing)).toEqual(expected);
      expect(await glob(`${album}/**/*/**/*/**/*/**/*/**/*.jpg`, failing)).toEqual(expected.slice(1));
      expect(await glob(`${album}/**`, failing)).toEqual(expected);
    });
  });

  it("row 56: begin at drives and shares on Windows", () => {
    const places = (pattern: string): object => placesOf(pattern, win32);
    expect(places("C:\\photos\\*.jpg")).toEqual({ root: "C:\\", segments: ["photos", "*.jpg"] });
    expect(places("//server/share/a/**/**/*.jpg")).toEqual({
      root: "//server/share/",
      segments: ["a", "**", "*.jpg"],
    });
    expect(places("photos\\*.jpg")).toEqual({ root: "", segments: ["photos", "*.jpg"] });
  });
});

describe("folders that cannot be read", () => {
  it("are failures with their reason, not empty, and the others are looked into", async () => {
    await inTemporaryFolder(async (album) => {
      chmodSync(album, 0o755);
      for (const name of ["locked", "open"]) {
        mkdirSync(join(album, name));
        copyFileSync("examples/cat.jpg", join(album, name, "cat.jpg"));
      }
      chmodSync(join(album, "locked"), 0);
      const said: string[] = [];
      const write = (data: string | Uint8Array): void => void said.push(String(data));
      const sink: Sink = { write, isTTY: false, columns: 80, drained: () => Promise.resolve() };
      const signal = new AbortController().signal;
      const readStdin = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array());
      const terminal = new Terminal({ stdout: sink, stderr: sink, env: {}, signal, readStdin });
      const list = await unprivileged(() => findPictures([join(album, "locked"), join(album, "open")], terminal));
      expect(list).toEqual({ names: [join(album, "open/cat.jpg")], failed: 1 });
      expect(said.join("")).toMatch(
        /^gradcam: E_IO: .*locked: expected a folder .*no permission to read it \(EACCES\)\n$/,
      );
      expect(terminal.status).toBe(1);
      const errors: GradCamError[] = [];
      const found = await unprivileged(() => glob(`${album}/**/*.jpg`, (error) => errors.push(error)));
      expect(found).toEqual([join(album, "open/cat.jpg")]);
      expect(errors.map(({ code, where }) => [code, where])).toEqual([["E_IO", join(album, "locked")]]);
    });
  });
});
