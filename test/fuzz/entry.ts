/**
 * What jazzer.js calls with bytes. Findings are written down, one file for each kind, and the search goes on; only what ends a
 * process (a hang, memory) ends it.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Finding, judge } from "./judge.ts";
import { targets } from "./targets/index.ts";

const { GRADCAM_PARSER: parser = "", GRADCAM_FINDINGS: folder = "" } = process.env;
const target = targets[parser]!;

/** The bytes are copied: they belong to the fuzzer, and a reader may keep them. */
export async function fuzz(data: Buffer): Promise<void> {
  const bytes = new Uint8Array(data);
  try {
    await judge(() => target.read(bytes));
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    note(error, bytes);
  }
}

function note({ kind, cause }: Finding, bytes: Uint8Array): void {
  const path = join(folder, kind.replaceAll(/[^\w.]+/g, "-").slice(0, 100));
  if (existsSync(path)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, bytes);
  const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  console.error(`finding: ${kind}\n${path}\n${why.slice(0, 2000)}`);
}
