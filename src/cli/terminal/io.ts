/** The outside world as the commands see it, so that tests can be the outside world. */
import { once } from "node:events";
import { addAbortSignal } from "node:stream";
import { EXIT_CODES } from "../exit-codes.ts";

export interface Sink {
  write(data: string | Uint8Array): void;
  readonly isTTY: boolean;
  /** Width in characters. */
  readonly columns: number;
  /** When a slow reader has taken what was written: who writes much waits for it, or memory fills. */
  drained(): Promise<void>;
}

export interface Io {
  /** Data. */
  readonly stdout: Sink;
  /** Progress, logs and errors. */
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** All of stdin. Throws E_IMAGE_TOO_LARGE, and what Ctrl-C aborts. */
  readonly readStdin: () => Promise<Uint8Array>;
  /** Asks on the terminal; undefined where nobody could answer. */
  readonly ask?: (question: string) => Promise<string>;
}

const DEFAULT_COLUMNS = 80;

/** The process this runs in. The first Ctrl-C aborts the work, the second one ends the process. */
export function processIo(): Io {
  const interruption = new AbortController();
  process.once("SIGINT", () => interruption.abort());
  return {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    env: process.env,
    signal: interruption.signal,
    readStdin: () => readStdin(interruption.signal),
    ...(process.stdin.isTTY && process.stderr.isTTY && { ask: (question) => ask(question, interruption.signal) }),
  };
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question, { signal });
  } finally {
    terminal.close();
  }
}

/** A reader that goes away (`gradcam … | head`) is no error: there is nobody left to write to. A full disk is one. */
function sinkOf(stream: NodeJS.WriteStream): Sink {
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(0);
    if (stream !== process.stderr) process.stderr.write(`gradcam: E_IO: output: ${message}\n`);
    process.exit(EXIT_CODES.failed);
  });
  return {
    write: (data) => void stream.write(data),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.isTTY ? stream.columns : DEFAULT_COLUMNS;
    },
    drained: async () => {
      if (stream.writableNeedDrain) await once(stream, "drain");
    },
  };
}

/** Nobody may ever write there: Ctrl-C ends the waiting. */
async function readStdin(signal: AbortSignal): Promise<Uint8Array> {
  const [{ collect }, { MAX_BYTES }] = await Promise.all([
    import("../../node/picture-bytes.ts"),
    import("../../node/limits.ts"),
  ]);
  return collect(addAbortSignal(signal, process.stdin), MAX_BYTES, "stdin");
}
