/**
 * Networks that other packages ship, for test/load/tfjs/other-packages.test.ts: fetched from npm, compared with the hash that is pinned
 * here, unpacked into build/models. They are no dependencies, because nsfwjs would bring its peers along, and never in our package.
 */
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../build/models/", import.meta.url));

const PACKAGES = [
  {
    name: "nsfwjs",
    version: "4.3.0",
    models: "dist/models",
    integrity: "WTKDte0vp1X97N1h34P79G/hG+sVT3+TnDz9di1WseIJR93v11E4viNX7Vg9WsO6HYoR772Nzq2iM8jo3XBZ+g==",
  },
  {
    name: "@vladmandic/human",
    version: "3.3.6",
    models: "models",
    integrity: "Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==",
  },
  {
    name: "@vladmandic/face-api",
    version: "1.7.15",
    models: "model",
    integrity: "WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==",
  },
];

function run(command, args) {
  // npm is a script on Windows.
  const { status, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
  return stdout.trim();
}

/** The folder of a package's models. */
function fetchPackage({ name, version, models, integrity }) {
  const folder = join(FOLDER, name.replace(/^.*\//, ""));
  const stamp = join(folder, `${version}.complete`);
  if (existsSync(stamp)) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packed = join(
    FOLDER,
    run("npm", ["pack", `${name}@${version}`, "--loglevel=error", "--pack-destination", FOLDER])
      .split(/\r?\n/)
      .at(-1),
  );
  const got = createHash("sha512").update(readFileSync(packed)).digest("base64");
  if (got !== integrity) throw new Error(`${name}@${version}: expected sha512-${integrity}, got sha512-${got}`);
  const depth = models.split("/").length + 1;
  run("tar", ["-xzf", packed, "-C", folder, `--strip-components=${depth}`, `package/${models}`]);
  rmSync(packed);
  unwrap(folder);
  writeFileSync(stamp, "");
}

/** nsfwjs ships model.json as a script, and shards as scripts with base64: back to the files that they were. */
function unwrap(folder) {
  const require = createRequire(import.meta.url);
  const scripts = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".min.js"));
  for (const script of scripts) {
    const path = join(folder, script);
    const content = require(path);
    const isModel = typeof content === "object";
    const bytes = isModel ? JSON.stringify(content) : Buffer.from(content, "base64");
    writeFileSync(path.replace(/\.min\.js$/, isModel ? ".json" : ""), bytes);
    rmSync(path);
  }
}

for (const one of PACKAGES) fetchPackage(one);
