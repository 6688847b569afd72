/** Runs the command line in this process and keeps what it said. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io, Sink } from "../../src/cli/io.ts";
import { main } from "../../src/cli/main.ts";

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was written to stdout, byte for byte. */
  readonly bytes: Uint8Array;
}

export interface RunSettings {
  readonly stdin?: Uint8Array;
  readonly tty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** `gradcam` with these arguments. */
export async function gradcam(argv: readonly string[], settings: RunSettings = {}): Promise<Run> {
  const { stdin = new Uint8Array(), tty = false, env = {}, signal = new AbortController().signal } = settings;
  const [out, err] = [recorder(tty), recorder(tty)];
  const io: Io = { stdout: out.sink, stderr: err.sink, env, signal, readStdin: () => Promise.resolve(stdin) };
  const code = await main(argv, io);
  const bytes = out.bytes();
  return { code, stdout: Buffer.from(bytes).toString(), stderr: Buffer.from(err.bytes()).toString(), bytes };
}

function recorder(isTTY: boolean): { sink: Sink; bytes: () => Uint8Array } {
  const chunks: Uint8Array[] = [];
  const write = (data: string | Uint8Array): void => void chunks.push(Buffer.from(data as string));
  return { sink: { write, isTTY, columns: 80 }, bytes: () => Buffer.concat(chunks) };
}

/** Calls `work` with an empty folder that is removed afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gradcam-test-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
