/** Answers requests of another thread about one HDF5 file after the other. Runs in a worker that has nothing else to do. */
import { GradCamError } from "../../errors.ts";
import { elements } from "../../shape.ts";
import type { Limits } from "../limits.ts";
import type { FloatType } from "../numbers.ts";
import type { ReadySource, SourceHandle } from "../source.ts";
import { limitMemory } from "./memory.ts";
import { factsOf, Hdf5Reader } from "./reader.ts";
import type { H5Module } from "./sandbox.ts";
import type { Box, Hdf5Tree, SentError } from "./tree.ts";

/** Where the worker reads: what a source can send, or all its bytes. */
export type Hdf5Handle = SourceHandle | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> };

export interface OpenRequest {
  readonly ask: "open";
  readonly name: string;
  readonly size: number;
  readonly handle: Hdf5Handle;
  readonly limits: Limits;
}

export interface ReadRequest {
  readonly ask: "read";
  readonly boxes: readonly Box[];
  readonly dtype: FloatType;
}

export type Hdf5Request = OpenRequest | ReadRequest;

export type Hdf5Answer =
  | { readonly tree: Hdf5Tree }
  | { readonly numbers: Float32Array<ArrayBuffer> }
  | { readonly error: SentError | { readonly message: string } };

/** Opens a handle for reading without waiting: what only a platform's worker can. */
export type OpenHandle = (request: OpenRequest) => ReadySource;

/** Answers `post` to every request, in order. */
export function serveHdf5(
  library: Promise<H5Module>,
  open: OpenHandle,
  post: (answer: Hdf5Answer, transfer: ArrayBuffer[]) => void,
): (request: Hdf5Request) => Promise<void> {
  let reader: Hdf5Reader | undefined;
  /** Throws E_OUT_OF_MEMORY where memory was refused: HDF5 itself calls such a file damaged, and a tree may hide it. */
  let checkMemory = (): void => undefined;
  const answer = async (request: Hdf5Request): Promise<Hdf5Answer> => {
    if (request.ask === "read") return { numbers: readBoxes(reader!, request) };
    checkMemory = memoryCheck(request);
    reader = new Hdf5Reader(await library, open(request), request.limits);
    return { tree: reader.tree() };
  };
  const checked = async (request: Hdf5Request): Promise<Hdf5Answer> => {
    try {
      return await answer(request);
    } finally {
      checkMemory();
    }
  };
  return async (request) => {
    try {
      const result = await checked(request);
      post(result, "numbers" in result ? [result.numbers.buffer] : []);
    } catch (error) {
      const facts = error instanceof GradCamError ? factsOf(error) : { message: String(error) };
      post({ error: facts }, []);
    }
  };
}

function memoryCheck({ name, limits: { hdf5Bytes } }: OpenRequest): () => void {
  const refusal = limitMemory(hdf5Bytes);
  return () => {
    const wanted = refusal();
    if (wanted === undefined) return;
    throw new GradCamError("E_OUT_OF_MEMORY", {
      where: `${name}: HDF5`,
      expected: `at most ${hdf5Bytes} bytes of memory (limit hdf5Bytes)`,
      got: `${wanted}`,
      hint: "the file may be forged; for one that is trusted, raise the limit",
    });
  };
}

/** The numbers of several boxes, one after the other. */
export function readBoxes(reader: Hdf5Reader, { boxes, dtype }: Omit<ReadRequest, "ask">): Float32Array<ArrayBuffer> {
  const sizes = boxes.map(({ count }) => elements(count));
  const numbers = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
  let position = 0;
  for (const [i, box] of boxes.entries()) {
    const size = sizes[i]!;
    reader.read(box, dtype, numbers.subarray(position, position + size));
    position += size;
  }
  return numbers;
}
