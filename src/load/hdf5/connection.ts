/**
 * Where HDF5 runs: in a worker with memory of its own, which is ended when it takes too long or is no longer needed; in this thread
 * only where there are no workers.
 */
import { GradCamError } from "../../errors.ts";
import type { Limits } from "../limits.ts";
import { bytesSource, type RandomAccessSource, type ReadySource } from "../source.ts";
import { Hdf5Reader } from "./reader.ts";
import { type Hdf5Answer, type Hdf5Handle, type Hdf5Request, readBoxes, type ReadRequest } from "./service.ts";
import type { Hdf5Tree } from "./tree.ts";

/** A worker as its platform sees it. */
interface Hdf5Worker {
  /** What it can read from besides bytes. */
  readonly reads: "file" | "blob";
  /** Sends a request; `transfer` is given away. */
  post(request: Hdf5Request, transfer: ArrayBuffer[]): void;
  /** Ends it, whatever it is doing. */
  terminate(): void;
}

/** What a worker says, or why it will say nothing more. */
export interface Hdf5Listener {
  answer(answer: Hdf5Answer): void;
  ended(reason: string): void;
}

/** Starts a worker that runs `serveHdf5`. */
export type StartHdf5 = (listener: Hdf5Listener) => Hdf5Worker;

/** An open file, wherever it is read. */
export interface Connection {
  readonly tree: Hdf5Tree;
  read(request: Omit<ReadRequest, "ask">): Float32Array | Promise<Float32Array>;
  close(): void;
}

/** Throws E_TRUNCATED, E_HEADER_INVALID, E_TIME_LIMIT, E_WORKER. */
export async function connect(
  source: RandomAccessSource,
  limits: Limits,
  start: StartHdf5 | undefined,
): Promise<Connection> {
  return start ? connectWorker(source, limits, start) : connectHere(source, limits);
}

async function connectHere(source: RandomAccessSource, limits: Limits): Promise<Connection> {
  const { ready } = await import("h5wasm");
  const reader = new Hdf5Reader(await ready, await readySource(source), limits);
  try {
    return {
      tree: reader.tree(),
      read: (request) => readBoxes(reader, request),
      close: () => {
        reader.close();
      },
    };
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** Without synchronous reads, on the main thread of a browser, the file is held in memory as long as it is open. */
async function readySource(source: RandomAccessSource): Promise<ReadySource> {
  if (source.readSync) return source as ReadySource;
  return bytesSource(await source.read(0, source.size), source.name) as ReadySource;
}

async function connectWorker(source: RandomAccessSource, limits: Limits, start: StartHdf5): Promise<Connection> {
  const line = new Line(source.name, limits, start);
  try {
    const handle = await handleOf(source, line.reads);
    const transfer = handle.kind === "bytes" ? [handle.bytes.buffer] : [];
    const { name, size } = source;
    const opened = await line.ask({ ask: "open", name, size, handle, limits }, transfer);
    if (!("tree" in opened)) throw new Error("HDF5's worker gave another answer than the one that was asked for");
    return {
      tree: opened.tree,
      async read(request) {
        const answer = await line.ask({ ask: "read", ...request }, []);
        if ("numbers" in answer) return answer.numbers;
        throw new Error("HDF5's worker gave another answer than the one that was asked for");
      },
      close: () => {
        line.close();
      },
    };
  } catch (error) {
    line.close();
    throw error;
  }
}

/** What the worker reads from. Bytes are copied: what is sent is gone here, and belongs to the caller. */
async function handleOf(source: RandomAccessSource, kind: Hdf5Worker["reads"]): Promise<Hdf5Handle> {
  if (source.handle?.kind === kind) return source.handle;
  return { kind: "bytes", bytes: new Uint8Array(await source.read(0, source.size)) };
}

interface Waiting {
  resolve(answer: Hdf5Answer): void;
  reject(error: unknown): void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Requests to a worker and its answers, which come in the same order. */
class Line {
  readonly #name: string;
  readonly #milliseconds: number;
  readonly #worker: Hdf5Worker;
  readonly #waiting: Waiting[] = [];
  /** Why nothing more can be asked. */
  #broken: GradCamError | undefined;

  constructor(name: string, { hdf5Milliseconds }: Limits, start: StartHdf5) {
    this.#name = name;
    this.#milliseconds = hdf5Milliseconds;
    this.#worker = start({
      answer: (answer) => {
        this.#answer(answer);
      },
      ended: (reason) => {
        const hint = "the file may be damaged or forged; in a page, worker-src must allow the package's own files";
        this.#break(new GradCamError("E_WORKER", { where: `${name}: HDF5`, got: reason, hint }));
      },
    });
  }

  get reads(): Hdf5Worker["reads"] {
    return this.#worker.reads;
  }

  async ask(request: Hdf5Request, transfer: ArrayBuffer[]): Promise<Hdf5Answer> {
    if (this.#broken) throw this.#broken;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#break(this.#tooLong());
      }, this.#milliseconds);
      this.#waiting.push({ resolve, reject, timer });
      this.#worker.post(request, transfer);
    });
  }

  close(): void {
    this.#break(new GradCamError("E_DISPOSED", { where: this.#name, got: "a read after close()" }));
  }

  #answer(answer: Hdf5Answer): void {
    const asked = this.#waiting.shift();
    if (!asked) return;
    clearTimeout(asked.timer);
    if (!("error" in answer)) asked.resolve(answer);
    else if ("code" in answer.error) asked.reject(new GradCamError(answer.error.code, answer.error));
    else asked.reject(new GradCamError("E_WORKER", { where: `${this.#name}: HDF5`, got: answer.error.message }));
  }

  #break(error: GradCamError): void {
    this.#broken ??= error;
    this.#worker.terminate();
    for (const waiting of this.#waiting.splice(0)) {
      clearTimeout(waiting.timer);
      waiting.reject(error);
    }
  }

  #tooLong(): GradCamError {
    return new GradCamError("E_TIME_LIMIT", {
      where: `${this.#name}: HDF5`,
      expected: `an answer within ${this.#milliseconds / 1000} s (limit hdf5Milliseconds)`,
      got: "none; its worker was ended",
      hint: "the file may be forged so that reading it never ends",
    });
  }
}
