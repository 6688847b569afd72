/** What an installation weighs: the core as a page loads it, the package as npm unpacks it, and the other engines. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Value } from "../record.ts";
import { ROOT } from "../root.ts";
import { sum } from "../statistics.ts";
import type { BenchCase } from "./bench-case.ts";

const KB = 1e3;
const MB = 1e6;
const CONTENDERS = join(ROOT, "bench/contenders");
const NODE_PEERS = ["onnxruntime-node", "onnxruntime-web", "@tensorflow/tfjs-node", "@tensorflow/tfjs-backend-wasm"];
const PYTHON_PEERS = ["torch", "openvino", "MNN", "ncnn"];

export const size: BenchCase = {
  title: "Sizes",
  run: () => Promise.resolve([core(), ours(), ...NODE_PEERS.flatMap(nodePeer), ...PYTHON_PEERS.flatMap(pythonPeer)]),
};

/** All modules that `gradcam-wasm/core` may load, and both builds as files, in one stream. */
function core(): Value {
  const modules = importsFrom(join(ROOT, "dist/index.js")).filter((file) => !file.includes("generated"));
  const files = [...modules, ...["simd", "relaxed", "turbo"].map((name) => join(ROOT, `dist/wasm/${name}.wasm`))];
  const bytes = gzipSync(Buffer.concat(files.map((file) => readFileSync(file))), { level: 9 }).length;
  return { name: "core", value: bytes / KB, unit: "kB", detail: `${files.length} files, gzip -9` };
}

/** A built module and all files it imports, at once or later. */
function importsFrom(entry: string): string[] {
  const seen = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, path] of readFileSync(file, "utf8").matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+\.js)"/g)) {
      open.push(join(dirname(file), path!));
    }
  }
  return [...seen];
}

function ours(): Value {
  const pack = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const [{ unpackedSize }] = JSON.parse(pack) as [{ unpackedSize: number }];
  const dependencies = closure(["gradcam-wasm"], ROOT).filter((name) => name !== "gradcam-wasm");
  const bytes = unpackedSize + sum(dependencies.map((name) => folderBytes(join(ROOT, "node_modules", name))));
  const detail = `with its model (10 MB) and ${dependencies.length} dependencies`;
  return { name: "gradcam-wasm installed", value: bytes / MB, unit: "MB", detail };
}

function nodePeer(name: string): Value[] {
  if (!existsSync(join(CONTENDERS, "node_modules", name))) return [];
  const packages = closure([name], CONTENDERS);
  const bytes = sum(packages.map((one) => folderBytes(join(CONTENDERS, "node_modules", one))));
  const detail = `with ${packages.length - 1} dependencies`;
  return [{ name: `${name} installed`, value: bytes / MB, unit: "MB", detail }];
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The packages and everything they depend on, as far as it is installed. */
function closure(names: readonly string[], folder: string): string[] {
  const seen = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const own =
      name === "gradcam-wasm" ? join(folder, "package.json") : join(folder, "node_modules", name, "package.json");
    if (seen.has(name) || !existsSync(own)) continue;
    seen.add(name);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(own, "utf8")) as Manifest;
    open.push(...Object.keys({ ...dependencies, ...optionalDependencies }));
  }
  return [...seen];
}

/** As pip's own records say. */
function pythonPeer(name: string): Value[] {
  const library = join(CONTENDERS, ".venv/lib");
  const [version] = existsSync(library) ? readdirSync(library) : [];
  if (version === undefined) return [];
  const program = [
    "import sys, importlib.metadata as m, re",
    "seen, todo = {}, [sys.argv[1]]",
    "while todo:",
    "  name = re.split(r'[^A-Za-z0-9_.-]', todo.pop())[0].lower()",
    "  if name in seen: continue",
    "  try: d = m.distribution(name)",
    "  except m.PackageNotFoundError: continue",
    "  seen[name] = sum(f.locate().stat().st_size for f in d.files or [] if f.locate().is_file())",
    "  todo += [r for r in d.requires or [] if 'extra ==' not in r]",
    "print(sum(seen.values()), len(seen))",
  ].join("\n");
  const python = join(CONTENDERS, ".venv/bin/python");
  const [bytes = 0, count = 0] = execFileSync(python, ["-c", program, name], { encoding: "utf8" })
    .split(" ")
    .map(Number);
  if (count === 0) return [];
  return [
    { name: `${name} (PyPI) installed`, value: bytes / MB, unit: "MB", detail: `with ${count - 1} dependencies` },
  ];
}

function folderBytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return sum(
    entries.filter((entry) => entry.isFile()).map((entry) => statSync(join(entry.parentPath, entry.name)).size),
  );
}
