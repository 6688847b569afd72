/** The programs that contenders run in, and what shows them a smaller CPU. All but this Node come from bench:setup. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AbsentError } from "./contenders/contender.ts";
import { BUILD, ROOT } from "./root.ts";

export type Host = "node" | "node-22" | "node-24" | "node-26" | "python";

/** The vector instructions that processes see: all of them, or nothing wider than AVX2. */
export type Isa = "native" | "avx2";

const CONTENDERS = join(ROOT, "bench/contenders");
const MASK = join(BUILD, "mask-cpu/mask-cpu.so");

/** Program and first arguments. Throws AbsentError. */
export function hostCommand(host: Host): readonly string[] {
  const script = join(BUILD, "bench/processes/contender.js");
  if (host === "node") return [process.execPath, script];
  if (host === "python") {
    return [installed(join(CONTENDERS, ".venv/bin/python"), host), join(CONTENDERS, "python/host.py")];
  }
  return [installed(join(CONTENDERS, "node_modules", host, "bin/node"), host), script];
}

/** Variables that make a process see `isa`. Throws AbsentError where the mask was not built. */
export const isaEnvironment = (isa: Isa): Readonly<Record<string, string>> =>
  isa === "native" ? {} : { LD_PRELOAD: installed(MASK, "the AVX2 mask") };

function installed(path: string, what: string): string {
  if (existsSync(path)) return path;
  throw new AbsentError(`${what} is not installed; npm run bench:setup installs it`);
}
