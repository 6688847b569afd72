/**
 * Builds dist/: the core to WebAssembly, src/ to declarations and few JavaScript files, and the .wasm files beside them.
 * Does nothing when dist/ is newer than everything it is made from; `--force` builds anyway.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = [
  "assembly",
  "src",
  "asconfig.json",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/build.mjs",
  "scripts/build-report-page.mjs",
  "scripts/build-hdf5-workers.mjs",
  "scripts/build-registry.mjs",
  "weights/registry.json",
  "scripts/bundle.mjs",
];
const BUILDS = ["simd", "relaxed", "turbo"];
/** Written last: its age is the age of a complete build. */
const STAMP = join(root, "build/dist.stamp");

const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newest(path) {
  if (!statSync(path).isDirectory()) return changed(path);
  const inside = readdirSync(path, { recursive: true }).map((name) => changed(join(path, name)));
  return Math.max(changed(path), ...inside);
}

const run = (script, ...options) =>
  execFileSync(process.execPath, [join(root, script), ...options], { cwd: root, stdio: "inherit" });

run("scripts/build-wasm.mjs");
run("scripts/build-report-page.mjs");
run("scripts/build-hdf5-workers.mjs");
run("scripts/build-registry.mjs");
const sources = Math.max(...SOURCES.map((name) => newest(join(root, name))));
if (process.argv.includes("--force") || changed(STAMP) < sources || changed(join(root, "dist/cli/bin.js")) === 0) {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
  run("scripts/bundle.mjs");
  mkdirSync(join(root, "dist/wasm"), { recursive: true });
  for (const name of BUILDS) cpSync(join(root, `build/${name}.wasm`), join(root, `dist/wasm/${name}.wasm`));
  cpSync(join(root, "src/generated"), join(root, "dist/generated"), { recursive: true });
  chmodSync(join(root, "dist/cli/bin.js"), 0o755);
  writeFileSync(STAMP, "");
}
