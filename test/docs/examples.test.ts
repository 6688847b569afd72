/** Every block of JavaScript and every command of README.md and docs/ runs, as it stands, beside the pictures that it names. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { built, ROOT } from "../support/package.ts";

const PAGES = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** What the pages call the pictures of examples/. */
const PICTURES = {
  "cat.jpg": "cat.jpg",
  "both.jpg": "cat-and-coffee.jpg",
  "elephant.jpg": "coffee.jpg",
  "examples/cat.jpg": "cat.jpg",
  "photos/cat.jpg": "cat.jpg",
  "photos/cup/coffee.jpg": "coffee.jpg",
};

const LIMIT = 300_000;
/** Bytes of output: JSON holds maps in full. */
const MOST = 1 << 28;

/** Below the repository, so that "gradcam-wasm" is this package. */
let folder: string;
beforeAll(() => {
  built("node.js");
  mkdirSync(join(ROOT, "build"), { recursive: true });
  folder = mkdtempSync(join(ROOT, "build/docs-"));
  for (const [name, picture] of Object.entries(PICTURES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(join(ROOT, "examples", picture), join(folder, name));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const textOf = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/** What stands between fences, by the word behind the first. */
function blocksOf(page: string, language: string): string[] {
  const fenced = [...textOf(page).matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  return fenced.filter(([, word]) => word === language).map(([, , code]) => code!);
}

const run = (options: readonly string[]): string =>
  execFileSync(process.execPath, options, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: MOST,
  });

/** As typed: quotes, patterns and redirections are the shell's. */
const shell = (text: string): string =>
  execFileSync("sh", ["-c", `gradcam() { "$NODE" "$BIN" "$@"; }; ${text}`], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE: process.execPath, BIN: built("cli/bin.js") },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: MOST,
  });

const scripts = PAGES.flatMap((page) => blocksOf(page, "js").map((code, i) => [page, i + 1, code] as const));

/**
 * `gradcam …` without comments and pipes. The embedded model stands in for weights that cannot be committed, and two methods for
 * all of them, which take a minute. Nothing is downloaded.
 */
const commands = PAGES.flatMap((page) =>
  blocksOf(page, "sh").flatMap((block) =>
    block
      .split("\n")
      .map((text) =>
        text
          .replace(/ +#.*| *\| *jq.*/g, "")
          .replace(/ --model vgg16\.h5/, "")
          .replace("--methods all", "--methods grad-cam,random-cam"),
      )
      .filter((text) => /^(npx )?gradcam /.test(text) && !/ (bench|pull)\b/.test(text))
      .map((text) => [page, text.replace("npx ", "")] as const),
  ),
);

describe("the JavaScript of", () => {
  it("the pages is found", () => {
    expect(scripts.length).toBeGreaterThan(10);
    expect(commands.length).toBeGreaterThan(10);
  });

  it("is all there is: no command stands in a block that nobody runs", () => {
    const plain = PAGES.flatMap((page) => blocksOf(page, "").map((code) => [page, code] as const));
    expect(plain.filter(([, code]) => /^(npx )?gradcam /m.test(code))).toEqual([]);
  });

  it.each(scripts.filter(([, , code]) => !code.includes("document.")))(
    "%s, block %i, runs",
    (_page, _block, code) => {
      expect(() => run(["--input-type=module", "-e", code])).not.toThrow();
    },
    LIMIT,
  );

  it("README.md comes to the answer that it promises", () => {
    const output = run(["--input-type=module", "-e", blocksOf("README.md", "js")[0]!]);
    expect(output).toMatch(/^Egyptian_cat: 79\.\d %, seen by _relu_head\n$/);
    expect(existsSync(join(folder, "cat.heat.png"))).toBe(true);
  }, 60_000);

  it.each(scripts.filter(([, , code]) => code.includes("document.")))(
    "%s, block %i, for pages, parses",
    (_page, _block, code) => {
      writeFileSync(join(folder, "page.mjs"), code);
      expect(() => run(["--check", "page.mjs"])).not.toThrow();
    },
  );
});

describe("the command of", () => {
  it.each(commands)(
    "%s: %s",
    (_page, text) => {
      const writes = /^gradcam (explain|compare|filters|activations) /.test(text) && !text.includes("--json");
      expect(() => shell(writes ? `${text} --force` : text)).not.toThrow();
    },
    LIMIT,
  );
});
