/** Everything around a measurement that somebody needs to repeat or to doubt it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import { canPin } from "./pinned.ts";
import { ROOT } from "./root.ts";

export interface Environment {
  readonly cpu: { model: string; family?: string; cores: number; vectors: string };
  readonly memoryGiB: number;
  readonly system: string;
  readonly versions: { node: string; v8: string };
  /** V8 and Node options given from outside. */
  readonly flags: string;
  readonly pinnedTo: number | "nothing";
  /** Of 1, 5 and 15 minutes, at the start. */
  readonly load: readonly number[];
  readonly commit: string;
}

/** Vector instructions that decide how wide an engine can work, as Linux calls them. */
const VECTORS = /^(sse4_2|avx|avx2|fma|avx512f|avx512_vnni|asimd|sve|sve2)$/;

export function describeEnvironment(cpu: number): Environment {
  return {
    cpu: describeCpu(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    versions: { node: process.versions.node, v8: process.versions.v8 },
    flags: [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ").trim(),
    pinnedTo: canPin() ? cpu : "nothing",
    load: os.loadavg().map((value) => Math.round(value * 100) / 100),
    commit: commit(),
  };
}

function describeCpu(): Environment["cpu"] {
  const cores = os.cpus();
  const facts = { model: cores[0]?.model.trim() ?? "unknown", cores: cores.length };
  try {
    const info = readFileSync("/proc/cpuinfo", "utf8");
    const field = (name: string): string => new RegExp(`^${name}\\s*:\\s*(.*)$`, "m").exec(info)?.[1] ?? "";
    const flags = field("flags") || field("Features");
    const vectors = flags
      .split(" ")
      .filter((flag) => VECTORS.test(flag))
      .join(" ");
    return { ...facts, family: `${field("vendor_id")} family ${field("cpu family")} model ${field("model")}`, vectors };
  } catch {
    return { ...facts, vectors: "unknown" };
  }
}

/** With "+" when the working tree differs from it. */
function commit(): string {
  try {
    const git = (...words: string[]): string => execFileSync("git", words, { cwd: ROOT, encoding: "utf8" }).trim();
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+");
  } catch {
    return "unknown";
  }
}
