/** What users download: no install scripts, no surprises, and small. */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import ts from "typescript";
import { build, type Rolldown } from "vite";
import { describe, expect, it } from "vitest";
import { VERSION } from "../src/version.ts";
import { built, manifest, moduleClosure, packedFiles, ROOT, runtimeDependencies } from "./support/package.ts";

interface Locked {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const MAX_CORE_BYTES = 170_000;
/** What loading a file of another format costs besides. */
const MAX_FORMAT_BYTES = 30_000;
const FORMAT = /\bformat-\w+\.js$/;
/** What only reports need, the page's own script and style among it. */
const PAGE = /\bpage\.js$/;
const MAX_PAGE_BYTES = 20_000;
/** What only ShapleyCAM needs. */
const SECOND_ORDER = /\bsecond-order\.js$/;
const MAX_SECOND_ORDER_BYTES = 5_000;
/** What only pictures of filters need. */
const CANVAS = /\bcanvas\.js$/;
/** Not of the core. */
const APART = [FORMAT, PAGE, SECOND_ORDER, CANVAS];

const gzipped = (contents: Uint8Array): number => gzipSync(contents, { level: 9 }).length;

describe("the runtime dependencies", () => {
  const dependencies = runtimeDependencies();
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };

  it("are those that docs/dependencies.md explains, and theirs", () => {
    expect(dependencies.filter((name) => !name.startsWith("@img/sharp-"))).toEqual([
      "@assemblyscript/loader",
      "@bufbuild/protobuf",
      "@img/colour",
      "@zip.js/zip.js",
      "commander",
      "detect-libc",
      "h5wasm",
      "semver",
      "sharp",
    ]);
  });

  it("have no install script in the lockfile, on any platform", () => {
    const runtime = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && !dev);
    expect(runtime.length).toBeGreaterThanOrEqual(dependencies.length);
    expect(runtime.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([]);
  });

  it("have no install script in their own package.json", () => {
    const scripted = dependencies.filter((name) => {
      const file = join(ROOT, "node_modules", name, "package.json");
      if (!existsSync(file)) return false;
      const { scripts = {} } = JSON.parse(readFileSync(file, "utf8")) as { scripts?: Record<string, string> };
      return ["preinstall", "install", "postinstall"].some((stage) => stage in scripts);
    });
    expect(scripted).toEqual([]);
  });
});

describe("the package", () => {
  const files = packedFiles();

  it("holds the build, the embedded model and its papers, and nothing else", () => {
    const unexpected = files.filter(
      (path) => !/^(dist|weights|schema)\/|^(README|CHANGELOG)\.md$|^LICENSE$|^package\.json$/.test(path),
    );
    expect(unexpected).toEqual([]);
    for (const needed of ["README.md", "LICENSE", "CHANGELOG.md", "weights/efficientnet-lite0.f16.safetensors"]) {
      expect(files).toContain(needed);
    }
  });

  it("holds no tests, source maps or golden data", () => {
    expect(files.filter((path) => /(^|\/)(test|golden|bench)\/|\.test\.|\.map$|\.f32$|\.u8$/.test(path))).toEqual([]);
  });

  it("has every file that its exports and commands name", () => {
    const named = [...targets(manifest.exports), ...Object.values(manifest.bin)].map((path) =>
      path.replace(/^\.\//, ""),
    );
    expect(named.filter((path) => !files.includes(path))).toEqual([]);
  });

  it("carries the version that the code reports", () => {
    expect(VERSION).toBe(manifest.version);
  });
});

describe("the core", () => {
  // Readers of formats that describe their own network come when such a file does, the page with the first report,
  // second order with the one method that has it.
  const modules = moduleClosure("index.js", { lazy: true }).filter((file) => !APART.some((part) => part.test(file)));

  it("weighs at most 170 kB gzipped as npm sends it: modules and all .wasm files", () => {
    const plain = modules.filter((file) => !file.includes("generated"));
    const files = [...plain, ...["simd", "relaxed", "turbo"].map((name) => built(`wasm/${name}.wasm`))];
    expect(gzipped(Buffer.concat(files.map((file) => readFileSync(file))))).toBeLessThanOrEqual(MAX_CORE_BYTES);
  });

  it("weighs at most 170 kB gzipped as a bundle: minified, all builds inlined", async () => {
    const turbo = readFileSync(built("wasm/generated/turbo.js"), "utf8");
    const chunks = [...(await bundle(built("index.js"))), turbo];
    expect(chunks.reduce((sum, code) => sum + gzipped(Buffer.from(code)), 0)).toBeLessThanOrEqual(MAX_CORE_BYTES);
  });

  it("leaves what reads other formats apart: at most 30 kB gzipped each, loaded with the first such file", () => {
    const formats = moduleClosure("index.js", { lazy: true }).filter((file) => FORMAT.test(file));
    expect(formats.map((file) => relative(built("."), file)).sort()).toContain("format-tfjs.js");
    for (const file of formats) expect(gzipped(readFileSync(file)), file).toBeLessThanOrEqual(MAX_FORMAT_BYTES);
    const eager = moduleClosure("index.js", { lazy: false });
    expect(eager.filter((file) => FORMAT.test(file))).toEqual([]);
  });

  it("leaves the page of reports apart: at most 20 kB gzipped, loaded with the first report", () => {
    const pages = moduleClosure("index.js", { lazy: true }).filter((file) => PAGE.test(file));
    expect(pages.map((file) => relative(built("."), file))).toEqual(["page.js"]);
    expect(gzipped(readFileSync(pages[0]!))).toBeLessThanOrEqual(MAX_PAGE_BYTES);
    expect(moduleClosure("index.js", { lazy: false }).filter((file) => PAGE.test(file))).toEqual([]);
  });

  it("leaves the canvas of filters apart, loaded with the first of them", () => {
    const parts = (lazy: boolean): string[] => moduleClosure("index.js", { lazy }).filter((file) => CANVAS.test(file));
    expect(parts(true).map((file) => relative(built("."), file))).toEqual(["canvas.js"]);
    expect(parts(false)).toEqual([]);
  });

  it("leaves second order apart: at most 5 kB gzipped, loaded with the first ShapleyCAM", () => {
    const parts = moduleClosure("index.js", { lazy: true }).filter((file) => SECOND_ORDER.test(file));
    expect(parts.map((file) => relative(built("."), file))).toEqual(["second-order.js"]);
    expect(gzipped(readFileSync(parts[0]!))).toBeLessThanOrEqual(MAX_SECOND_ORDER_BYTES);
    expect(moduleClosure("index.js", { lazy: false }).filter((file) => SECOND_ORDER.test(file))).toEqual([]);
  });

  it("has no long lines: Node shows the one that threw above an error that nobody catches", () => {
    const longest = modules
      .filter((file) => !file.includes("generated"))
      .flatMap((file) => readFileSync(file, "utf8").split("\n"))
      .filter((line) => /^(async )?function\b|\bthrow\b/.test(line)) // Tables throw nothing.
      .reduce((a, b) => (a.length >= b.length ? a : b));
    expect(longest.length, longest.slice(0, 100)).toBeLessThanOrEqual(5000);
  });

  it("reaches no file that needs Node or a page", () => {
    const edges = modules
      .map((file) => relative(built("."), file))
      .filter((file) => /^(node|browser|cli)\b/.test(file));
    expect(edges).toEqual([]);
  });

  it("reaches no module of Node's from a page, not even when something is loaded later", () => {
    const files = moduleClosure("browser.js", { lazy: true });
    const needy = files.filter((file) => /["'`]node:/.test(readFileSync(file, "utf8")));
    expect(needy.map((file) => relative(built("."), file))).toEqual([]);
  });
});

describe("TypeScript", () => {
  const typesOf = (moduleResolution: ts.ModuleResolutionKind): string | undefined => {
    const module = moduleResolution === ts.ModuleResolutionKind.Bundler ? ts.ModuleKind.ESNext : ts.ModuleKind.Node16;
    const { resolvedModule } = ts.resolveModuleName(
      "gradcam-wasm",
      join(ROOT, "examples/user.mts"),
      { moduleResolution, module },
      ts.sys,
      undefined,
      undefined,
      ts.ModuleKind.ESNext,
    );
    return resolvedModule && relative(ROOT, resolvedModule.resolvedFileName);
  };

  it("finds what there is for files where programs are for Node", () => {
    expect(typesOf(ts.ModuleResolutionKind.Node16)).toBe("dist/node.d.ts");
  });

  it("finds what there is for pages where programs go to a bundler", () => {
    expect(typesOf(ts.ModuleResolutionKind.Bundler)).toBe("dist/browser.d.ts");
  });
});

describe("the command", () => {
  const gradcam = (...argv: string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [built("cli/bin.js"), ...argv], { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 28 });

  it("shows its help without loading the engine", () => {
    const eager = moduleClosure("cli/bin.js", { lazy: false }).map((file) => relative(built("."), file));
    expect(eager.filter((file) => /^(core|node|wasm)\b/.test(file))).toEqual([]);
    expect(gradcam("--help").stdout).toMatch(/^Usage: gradcam/);
  });

  it("starts without what only downloads and their cache need", () => {
    const eager = ["cli/bin.js", "node.js"].flatMap((entry) => moduleClosure(entry, { lazy: false }));
    const names = eager.map((file) => relative(built("."), file));
    expect(names.filter((file) => /^(cache|cached|contents|download|pull)\b/.test(file))).toEqual([]);
    expect(names).toContain("registry.js");
  });

  it("runs as a program", () => {
    const { status, stdout, stderr } = gradcam("explain", "examples/cat.jpg", "--json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ target: { index: 285 }, version: manifest.version });
  });

  it("ends with the exit code of its failure", () => {
    const { status, stderr } = gradcam("classify", "missing.jpg");
    expect(stderr).toMatch(/^gradcam: E_IMAGE_UNREADABLE: .*\n$/);
    expect(status).toBe(4);
  });
});

/** The file names anywhere in an exports map. */
const targets = (value: string | object): string[] =>
  typeof value === "string" ? [value] : Object.values(value).flatMap((inner: string | object) => targets(inner));

/** The code of every chunk that a page loads for the embedded model; what is apart is loaded when it is needed. */
async function bundle(entry: string): Promise<string[]> {
  const results = await build({
    root: dirname(entry),
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      lib: { entry, formats: ["es"] },
      rolldownOptions: { external: ["h5wasm", /^@zip\.js/, ...APART] },
    },
  });
  const [{ output }] = results as [Rolldown.RolldownOutput];
  return output.map((file) => (file.type === "chunk" ? file.code : String(file.source)));
}
