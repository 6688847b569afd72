/** HDF5 as Keras writes it, in this thread: the library is seen by its answers only, what we make of them by coverage too. */
import { readdirSync } from "node:fs";
import { loadGraph } from "../../../src/load/index.ts";
import { openKerasH5 } from "../../../src/load/keras/open-h5.ts";
import { DEFAULT_LIMITS } from "../../../src/load/limits.ts";
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
  async read(bytes) {
    const source = bytesSource(bytes, "model.h5");
    const file = await openKerasH5(source, { limits: DEFAULT_LIMITS });
    if ("graph" in file) {
      await file.close();
      return use(await loadGraph(source, { format: "keras-h5" }));
    }
    try {
      for (const tensor of file.tensors.values()) {
        const { source: numbers } = tensor.parameter();
        await numbers.read(0, Math.min(numbers.length, MOST_NUMBERS));
      }
    } finally {
      await file.close();
    }
  },
};
