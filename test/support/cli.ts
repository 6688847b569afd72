/** Runs the command line in this process and keeps what it said. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io, Sink } from "../../src/cli/terminal/io.ts";
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
  /** Width of both streams. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Who answers questions; default: nobody. */
  readonly ask?: (question: string) => Promise<string>;
  /** Called when something is written to stdout. */
  readonly onPrint?: () => void;
}

/** `gradcam` with these arguments. */
export async function gradcam(argv: readonly string[], settings: RunSettings = {}): Promise<Run> {
  const { stdin = new Uint8Array(), tty = false, columns = 80, env = {} } = settings;
  const { signal = new AbortController().signal, onPrint, ask } = settings;
  const [out, err] = [recorder(tty, columns, onPrint), recorder(tty, columns)];
  const readStdin = (): Promise<Uint8Array> => Promise.resolve(stdin);
  const io: Io = { stdout: out.sink, stderr: err.sink, env, signal, readStdin, ...(ask && { ask }) };
  const code = await main(argv, io);
  const bytes = out.bytes();
  return { code, stdout: Buffer.from(bytes).toString(), stderr: Buffer.from(err.bytes()).toString(), bytes };
}

function recorder(isTTY: boolean, columns: number, onWrite?: () => void): { sink: Sink; bytes: () => Uint8Array } {
  const chunks: Uint8Array[] = [];
  const write = (data: string | Uint8Array): void => {
    chunks.push(Buffer.from(data as string));
    onWrite?.();
  };
  const drained = (): Promise<void> => Promise.resolve();
  return { sink: { write, isTTY, columns, drained }, bytes: () => Buffer.concat(chunks) };
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
