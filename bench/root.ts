/** Where the repository is, from wherever this file was compiled to. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const ROOT = dirname(createRequire(import.meta.url).resolve("gradcam-wasm/package.json"));

/** Compiled benchmark scripts and the bench-only builds of the core. */
export const BUILD = join(ROOT, "build/bench");
