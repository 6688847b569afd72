/** Keras files that would like to be more than files, by the rows of the list of hostile inputs: archives and weights. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadGraph } from "../../../../src/load/index.ts";
import { bytesSource, type RandomAccessSource } from "../../../../src/load/source.ts";
import { codeOf as codeOfAny } from "../../../support/error-code.ts";
import { goldenBytes, goldenJson } from "../../../support/golden.ts";
import { archive, codeOf, errorOf, type Json, layer, model, sequential, WEIGHTS } from "./laboratory.ts";

describe("a .keras archive", () => {
  const whole = new Uint8Array(readFileSync(new URL("../../../golden/keras/files/k3_tiny.keras", import.meta.url)));

  it.each([0.02, 0.25, 0.5, 0.99])("row 6: cut at %f of its length is truncated or no archive", async (share) => {
    expect(await codeOf(whole.subarray(0, whole.length * share))).toMatch(/E_TRUNCATED|E_ZIP_INVALID/);
  });

  it("row 8: with bytes behind its end is refused", async () => {
    expect(await codeOf(Uint8Array.of(...whole, 0))).toBe("E_TRAILING_DATA");
  });

  it("row 22: with a second config.json, or one in another folder, is refused", async () => {
    const config = { name: "config.json", bytes: "{}" };
    expect(await codeOf(archive(config, config))).toBe("E_ZIP_INVALID");
    expect(await codeOf(archive({ ...config, name: "../config.json" }))).toBe("E_ZIP_INVALID");
  });

  it("row 23: without its configuration or its weights says which", async () => {
    const config = { name: "config.json", bytes: JSON.stringify(sequential(layer("ReLU"))) };
    expect(await errorOf(archive({ name: "metadata.json", bytes: "{}" }))).toMatchObject({
      code: "E_KERAS_MISSING",
      expected: "the member config.json",
    });
    expect(await errorOf(archive(config))).toMatchObject({
      code: "E_KERAS_MISSING",
      expected: "the member model.weights.h5",
    });
  });

  it("row 24: with an HDF5 file of links in it is refused", async () => {
    const links = goldenBytes("h5/external-link.h5");
    expect(await codeOf(model(sequential(layer("Dense", { units: 2 })), links))).toMatch(/E_H5_LINK|E_WEIGHT_MISSING/);
  });
});

describe("weights", () => {
  const architecture = (change: (text: string) => string): string =>
    change(JSON.stringify(goldenJson("keras/files/k3_tiny.architecture.json")));

  it("row 28: of another architecture are refused with every mismatch", async () => {
    const narrow = architecture((text) =>
      text.replaceAll('"filters":6', '"filters":5').replaceAll('"filters": 6', '"filters": 5'),
    );
    const error = await errorOf(WEIGHTS, { architecture: narrow });
    expect(error.code).toBe("E_SHAPE_MISMATCH");
    expect(error.got).toMatch(/stem\/kernel \[3,3,3,6\] instead of \[3,3,3,5\]/);
    const legacy = goldenBytes("keras/files/k2_nested.weights_only.h5");
    expect(await codeOf(legacy, { architecture: architecture((text) => text) })).toBe("E_SHAPE_MISMATCH");
  });

  it("row 19: that are not there are listed", async () => {
    const error = await errorOf(
      model(sequential(layer("Conv2D", { filters: 2, kernel_size: 3 })), goldenBytes("h5/f32.h5")),
    );
    expect(error).toMatchObject({ code: "E_WEIGHT_MISSING", got: "none for conv2d/kernel, conv2d/bias" });
  });

  it("row 17: in shards that are missing, or lead elsewhere, are refused", async () => {
    const index = (file: string): Uint8Array =>
      new TextEncoder().encode(JSON.stringify({ weight_map: { "/layers/conv2d/vars": file } }));
    const options = { architecture: architecture((text) => text) };
    expect(await codeOf(index("a.weights.h5"), options)).toBe("E_SHARD_MISSING");
    expect(await codeOf(index("../a.weights.h5"), options)).toBe("E_PATH_ESCAPE");
    expect(await codeOf(index("a.weights.h5"))).toBe("E_OPTION");
  });

  it("row 17: in more shards than any model has, or in one that is no HDF5 file, leave no file open", async () => {
    const options = { architecture: architecture((text) => text) };
    let open = 0;
    const load = (weight_map: Json): Promise<string> => {
      const inner = bytesSource(new TextEncoder().encode(JSON.stringify({ weight_map })), "model.weights.json");
      const sibling = (name: string): Promise<RandomAccessSource> => {
        open++;
        return Promise.resolve({
          ...bytesSource(new Uint8Array(100), name),
          close: () => {
            open--;
          },
        });
      };
      return codeOfAny(() => loadGraph({ ...inner, sibling }, options));
    };
    const many = Array.from({ length: 1001 }, (_, i) => [
      `/layers/l${i}/vars`,
      `${"./".repeat(i % 500)}${i}.weights.h5`,
    ]);
    expect(await load(Object.fromEntries(many) as Json)).toBe("E_HEADER_INVALID");
    expect(await load({ "/layers/conv2d/vars": "a.weights.h5" })).toMatch(/E_TRUNCATED|E_HEADER_INVALID/);
    expect(open).toBe(0);
  });
});
