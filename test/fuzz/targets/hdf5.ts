/** HDF5 as Keras writes it, in this thread: the library is seen by its answers only, what we make of them by coverage too. */
import { readdirSync } from "node:fs";
import type { StartHdf5 } from "../../../src/load/hdf5/connection.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { openKerasH5 } from "../../../src/load/keras/open-h5.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../src/load/limits.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { golden, type Target, use } from "./target.ts";

/** Bytes. */
const LARGEST = 24_000;
/** Weights with more numbers are left where they are. */
const MOST_NUMBERS = 2 ** 16;

export const hdf5: Target = {
  seeds() {
    const folders = ["h5", "keras/files"];
    const names = folders.flatMap((folder) => readdirSync(`test/golden/${folder}`).map((name) => `${folder}/${name}`));
    const files = names.filter((name) => name.endsWith(".h5")).map(golden);
    return Promise.resolve(files.filter(({ length }) => length <= LARGEST));
  },
  read: (bytes) => readHdf5(bytes),
};

interface InWorker {
  readonly startHdf5: StartHdf5;
  readonly limits: Pick<Limits, "hdf5Milliseconds">;
}

/** In this thread, or in a worker as the package does. */
export async function readHdf5(bytes: Uint8Array, worker?: InWorker): Promise<void> {
  const source = bytesSource(bytes, "model.h5");
  const file = await openKerasH5(source, { ...worker, limits: { ...DEFAULT_LIMITS, ...worker?.limits } });
  if ("graph" in file) {
    await file.close();
    return use(await loadGraph(source, { format: "keras-h5", ...worker }));
  }
  try {
    for (const tensor of file.tensors.values()) {
      const { source: numbers } = tensor.parameter();
      await numbers.read(0, Math.min(numbers.length, MOST_NUMBERS));
    }
  } finally {
    await file.close();
  }
}
