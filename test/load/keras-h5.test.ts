/** Keras's HDF5 files of three ages, and files that would like to be more than files. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { GradCamError } from "../../src/errors.ts";
import { readParameter } from "../../src/graph/parameter.ts";
import { legacyTensors } from "../../src/load/keras-h5.ts";
import { Hdf5File } from "../../src/load/hdf5.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import type { TensorFile } from "../../src/load/tensor-file.ts";
import { loadGraph } from "../../src/load/index.ts";
import { blobSource, bytesSource, type RandomAccessSource } from "../../src/load/source.ts";
import { codeOf } from "../support/error-code.ts";
import { goldenBytes, goldenJson } from "../support/golden.ts";

const source = (path: string): RandomAccessSource => bytesSource(goldenBytes(path), path);
async function openKerasH5(from: RandomAccessSource): Promise<TensorFile> {
  const file = await Hdf5File.open(from, DEFAULT_LIMITS);
  try {
    return legacyTensors(file, DEFAULT_LIMITS);
  } catch (error) {
    await file.close();
    throw error;
  }
}

const open = (path: string): Promise<TensorFile> => openKerasH5(source(path));

async function numbersOf(path: string, name: string): Promise<number[]> {
  const file = await open(path);
  const values = await readParameter(file.tensors.get(name)!.parameter());
  await file.close();
  return Array.from(values);
}

const KERNEL = [-0.5, -0.25, 0, 0.25, 0.5, 0.75];
const BIAS = [1.5, -2.25, 0.125];

describe("a sound file", () => {
  it.each(["f32", "f64", "f16", "bfloat16", "big-endian", "gzip-shuffle", "user-block", "latest-format"])(
    "row 26: of kind %s gives the numbers that were written",
    async (name) => {
      expect(await numbersOf(`h5/${name}.h5`, "d/kernel")).toEqual(KERNEL);
      expect(await numbersOf(`h5/${name}.h5`, "d/bias")).toEqual(BIAS);
    },
  );

  it("row 27: may have names beyond ASCII", async () => {
    expect(await numbersOf("h5/unicode.h5", "größe_层/kernel")).toEqual(KERNEL);
  });

  it("of Keras 1, 2 and 3 has the same canonical names, in the order of the layers", async () => {
    const files = [
      "k1_style_names.weights_only.h5",
      "k2_tiny.weights_only.h5",
      "k2_tiny.h5",
      "k3_tiny.h5",
      "k212_tiny.h5",
    ];
    const names = await Promise.all(
      files.map(async (file) => {
        const opened = await open(`keras/files/${file}`);
        await opened.close();
        return [...opened.tensors].map(([name, { shape }]) => `${name} ${shape.join("x")}`);
      }),
    );
    for (const list of names) expect(list).toEqual(names[0]);
    expect(names[0]).toEqual([
      "stem/kernel 3x3x3x6",
      "stem_bn/gamma 6",
      "stem_bn/beta 6",
      "stem_bn/moving_mean 6",
      "stem_bn/moving_variance 6",
      "dw/kernel 3x3x6x1",
      "dw/bias 6",
      "dw_bn/beta 6",
      "dw_bn/moving_mean 6",
      "dw_bn/moving_variance 6",
      "pw/kernel 1x1x6x6",
      "pw/bias 6",
      "sep/depthwise_kernel 3x3x6x1",
      "sep/pointwise_kernel 1x1x6x8",
      "sep/bias 8",
      "predictions/kernel 8x5",
      "predictions/bias 5",
    ]);
  });

  it("gives the same numbers as h5py, whatever its age", async () => {
    const expected = goldenJson<Record<string, Record<string, number[]>>>("keras/files/h5py-values.json");
    for (const [file, tensors] of Object.entries(expected)) {
      for (const [name, values] of Object.entries(tensors)) {
        expect(await numbersOf(`keras/files/${file}`, name), `${file} ${name}`).toEqual(values);
      }
    }
  });

  it("names the weights of a model used as a layer after the inner layers, apart from outer ones", async () => {
    for (const file of ["k2_nested.weights_only.h5", "k3_nested.h5"]) {
      const { tensors } = await open(`keras/files/${file}`);
      expect([...tensors.keys()]).toEqual([
        "conv/kernel",
        "conv/bias",
        "block/conv/kernel",
        "block/conv/bias",
        "bn/gamma",
        "bn/beta",
        "bn/moving_mean",
        "bn/moving_variance",
        "d1/kernel",
        "d1/bias",
        "d2/kernel",
        "d2/bias",
      ]);
    }
  });

  it("row 27: joins attributes that were split for their length", async () => {
    const { tensors } = await open("keras/files/k3_chunked_attributes.h5");
    const names = [...tensors.keys()];
    expect(names.length).toBe(28);
    expect(names.some((name) => name.length > 3000)).toBe(true);
    expect(names.at(-1)).toBe("out/bias");
  });

  it("is read lazily: opening it and reading a slice touches a small part", async () => {
    const bytes = goldenBytes("keras/files/k3_chunked_attributes.h5");
    const inner = bytesSource(bytes);
    let touched = 0;
    const counted: RandomAccessSource = {
      ...inner,
      readSync(offset, length) {
        touched += length;
        return inner.readSync!(offset, length);
      },
    };
    const { tensors } = await openKerasH5(counted);
    const before = touched;
    await tensors.get("out/kernel")!.parameter().source.read(0, 3);
    expect(touched - before).toBeLessThan(4096);
  });

  it("row 15: may have attributes called __proto__, constructor and prototype, which nobody asks for", async () => {
    expect(await numbersOf("h5/prototype-attributes.h5", "d/kernel")).toEqual(KERNEL);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("can be read from a Blob, which has no synchronous reads", async () => {
    const file = await openKerasH5(blobSource(new Blob([goldenBytes("h5/f32.h5") as BlobPart]), "f32.h5"));
    expect(Array.from(await readParameter(file.tensors.get("d/kernel")!.parameter()))).toEqual(KERNEL);
  });

  it("can be open several times at once, and closed twice", async () => {
    const [one, two] = await Promise.all([open("h5/f32.h5"), open("h5/f64.h5")]);
    await one.close();
    expect(Array.from(await readParameter(two.tensors.get("d/bias")!.parameter()))).toEqual(BIAS);
    await one.close();
    expect(await codeOf(() => readParameter(one.tensors.get("d/bias")!.parameter()))).toBe("E_DISPOSED");
    await two.close();
  });
});

describe("an official VGG16 file", () => {
  it("with Keras-1 names becomes the graph", async () => {
    const { graph, architecture, preprocess, labels } = await loadGraph(source("h5/vgg16-keras1-names.h5"));
    expect({ architecture, preprocess, labels }).toEqual({
      architecture: "vgg16",
      preprocess: { preset: "caffe", why: "what vgg16 was trained with" },
      labels: "imagenet",
    });
    expect(graph.format).toBe("keras-h5");
    expect(graph.values.filter(({ parameter }) => parameter).length).toBe(32);
  });

  it("without top is called one, with the place of the right one", async () => {
    const loading = loadGraph(source("h5/vgg16-notop.h5"));
    await expect(loading).rejects.toMatchObject({ code: "E_SHAPE_MISMATCH" });
    await expect(loading).rejects.toThrow(/no-top file.*vgg16_weights_tf_dim_ordering_tf_kernels\.h5/);
  });
});

const LINKS: Readonly<Record<string, string>> = {
  "soft-link": "E_H5_LINK",
  "soft-group": "E_H5_LINK",
  "external-link": "E_H5_LINK",
  "external-storage": "E_H5_LINK",
  virtual: "E_H5_LINK",
};
const BOMBS: Readonly<Record<string, string>> = {
  lzf: "E_H5_FILTER",
  "shape-bomb": "E_TENSOR_TOO_LARGE",
  "undeclared-storage": "E_TENSOR_TOO_LARGE",
  "chunk-bomb": "E_TENSOR_TOO_LARGE",
};
const TYPES: Readonly<Record<string, string>> = { int8: "E_DTYPE", compound: "E_DTYPE", string: "E_DTYPE" };
const NAMES: Readonly<Record<string, string>> = {
  "missing-dataset": "E_WEIGHT_MISSING",
  "climbing-name": "E_NAME_INVALID",
  "prototype-name": "E_NAME_INVALID",
  "no-keras": "E_NOT_A_MODEL",
};

describe("a hostile or unusable file", () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  afterEach(() => {
    expect(error).not.toHaveBeenCalled();
  });

  const refused = async (name: string, code: string): Promise<void> => {
    expect(await codeOf(() => numbersOf(`h5/${name}.h5`, "d/kernel"))).toBe(code);
  };
  const says = "is refused with %s, and nothing on the console";
  it.each(Object.entries(LINKS))(`row 24: with %s ${says}`, refused);
  it.each(Object.entries(BOMBS))(`row 25: with %s ${says}`, refused);
  it.each(Object.entries(TYPES))(`row 26: with %s ${says}`, refused);
  it.each(Object.entries(NAMES))(`with %s ${says}`, refused);

  it("row 6: cut off at 2, 25, 50 or 99 per cent is truncated", async () => {
    const bytes = goldenBytes("keras/files/k2_tiny.weights_only.h5");
    for (const share of [0.02, 0.25, 0.5, 0.99]) {
      const part = bytes.subarray(0, Math.floor(bytes.length * share));
      expect(await codeOf(() => openKerasH5(bytesSource(part, "part.h5")))).toBe("E_TRUNCATED");
    }
  });

  it("with forged sizes in its string heap is refused where HDF5 would walk in place forever", async () => {
    const bytes = goldenBytes("h5/latest-format.h5");
    const heap = Buffer.from(bytes).indexOf("GCOL");
    const secondObject = heap + 40;
    for (const [at, value] of [
      [secondObject + 15, 0xff],
      [secondObject + 8, 0xa7],
      [heap + 8, 0xff],
    ] as const) {
      const forged = bytes.slice();
      forged[at] = value;
      expect(await codeOf(() => openKerasH5(bytesSource(forged, "forged.h5")))).toBe("E_HEADER_INVALID");
    }
  });

  it("whose source fails reports the source's own error", async () => {
    const inner = source("h5/f32.h5");
    let failing = false;
    const file = await openKerasH5({
      ...inner,
      readSync(offset, length) {
        if (failing) throw new GradCamError("E_IO", { where: "disk", got: "a bad sector" });
        return inner.readSync!(offset, length);
      },
    });
    failing = true;
    expect(await codeOf(() => readParameter(file.tensors.get("d/kernel")!.parameter()))).toBe("E_IO");
  });

  it("row 7: with any bytes changed opens or fails with a code, and sound files can still be read", async () => {
    const bytes = goldenBytes("h5/latest-format.h5");
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(changes, async (flips) => {
        const damaged = bytes.slice();
        for (const [at, value] of flips) damaged[at] = value;
        try {
          const file = await openKerasH5(bytesSource(damaged, "damaged.h5"));
          for (const tensor of file.tensors.values()) await readParameter(tensor.parameter());
          await file.close();
        } catch (cause) {
          expect(cause).toBeInstanceOf(GradCamError);
        }
      }),
      // A fixed seed: HDF5 is not ours, and a find should not fail somebody else's change.
      { numRuns: 300, seed: 1 },
    );
    expect(await numbersOf("h5/f32.h5", "d/kernel")).toEqual(KERNEL);
  });
});

it("every fixture beside the golden files is used by a test", () => {
  const text = readFileSync("test/load/keras-h5.test.ts", "utf8");
  for (const file of readdirSync("test/golden/h5").filter((name) => name.endsWith(".h5"))) {
    expect(text).toContain(file.replace(".h5", ""));
  }
});
