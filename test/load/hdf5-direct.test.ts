/** Weights that are read from an HDF5 file without the library: the same numbers, and the library only where it is needed. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Hdf5File } from "../../src/load/hdf5.ts";
import { connect } from "../../src/load/hdf5/connection.ts";
import type { DatasetNode } from "../../src/load/hdf5/tree.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import type { FloatType } from "../../src/load/numbers.ts";
import { blobSource, bytesSource } from "../../src/load/source.ts";
import { elements } from "../../src/shape.ts";
import { goldenBytes } from "../support/golden.ts";

const KINDS = ["f16", "f32", "f64", "big-endian", "gzip-shuffle", "latest-format", "user-block"];
const FILES = [
  ...KINDS.map((kind) => `h5/${kind}.h5`),
  ...readdirSync(new URL("../golden/keras/files", import.meta.url))
    .filter((name) => name.endsWith(".h5"))
    .map((name) => `keras/files/${name}`),
];

/** Floats as the library reads them. */
async function datasetsOf(file: string) {
  const library = await connect(bytesSource(goldenBytes(file), file), DEFAULT_LIMITS, undefined);
  const floats = [...library.tree].filter(
    (entry): entry is [string, DatasetNode] => entry[1].kind === "dataset" && entry[1].type === 1,
  );
  const datasets = [];
  for (const [path, { shape, size, begin }] of floats) {
    const dtype: FloatType = size === 8 ? "F64" : size === 4 ? "F32" : "F16";
    const numbers = await library.read({ boxes: [{ path, offset: shape.map(() => 0), count: [...shape] }], dtype });
    datasets.push({ path, shape, dtype, begin, numbers });
  }
  library.close();
  return datasets;
}

describe("an HDF5 file", () => {
  it.each(FILES)("%s gives the same numbers with and without the library", async (name) => {
    const datasets = await datasetsOf(name);
    const bytes = goldenBytes(name);
    const sources = [bytesSource(bytes, name), blobSource(new Blob([new Uint8Array(bytes)]), name)];
    for (const source of sources) {
      const file = await Hdf5File.open(source, DEFAULT_LIMITS);
      for (const { path, shape, dtype, numbers } of datasets) {
        const count = elements(shape);
        expect(await file.read(path, { shape, dtype }, dtype, 0, count), path).toEqual(numbers);
        const [start, end] = [Math.floor(count / 3), Math.ceil(count / 2)];
        expect(await file.read(path, { shape, dtype }, dtype, start, end), path).toEqual(numbers.subarray(start, end));
      }
      await file.close();
    }
  });

  it("keeps most weights in one piece, and says where; not those in chunks, or in the order of other machines", async () => {
    const all = (await Promise.all(FILES.map(datasetsOf))).flat();
    const direct = all.filter(({ begin }) => begin !== undefined);
    expect(direct.length).toBeGreaterThan(all.length / 2);
    expect(direct.length).toBeLessThan(all.length);
  });

  it("is not read after it was closed", async () => {
    const name = "keras/files/k3_tiny.h5";
    const [{ path, shape, dtype } = { path: "", shape: [], dtype: "F32" as const }] = await datasetsOf(name);
    const file = await Hdf5File.open(bytesSource(goldenBytes(name), name), DEFAULT_LIMITS);
    await file.close();
    expect(() => file.read(path, { shape, dtype }, dtype, 0, 1)).toThrow("after dispose");
  });
});
