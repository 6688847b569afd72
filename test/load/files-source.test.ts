/** Models in several files from an input element, in any order. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { filesSource } from "../../src/load/files-source.ts";
import { loadModel } from "../../src/node.ts";
import { codeOf } from "../support/error-code.ts";

const golden = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../golden/tfjs/graph_small_f32/${name}`, import.meta.url)));
const json = new File([golden("model.json")], "model.json");
const bin = new File([golden("group1-shard1of1.bin")], "group1-shard1of1.bin");

const inFolder = (file: File): File =>
  Object.defineProperty(new File([file], file.name), "webkitRelativePath", { value: `picked/${file.name}` });

describe("a list of files", () => {
  it.each([
    ["in order", [json, bin]],
    ["in another order", [bin, json]],
    ["from a folder", [inFolder(bin), inFolder(json)]],
  ])("%s is a model", async (_, files) => {
    const model = await loadModel(files);
    expect(model.inputs[0]!.shape).toEqual([1, 14, 13, 3]);
    expect(model.format).toBe("tfjs-graph");
    model.dispose();
  });

  it("without one of the parts says which", async () => {
    await expect(loadModel([json, new File(["x"], "group1-shard1of2.bin")])).rejects.toThrow(
      /"group1-shard1of1.bin" among those given, got 2 others; did you mean "group1-shard1of2.bin"/,
    );
  });

  it("may be one file, and not none", async () => {
    const source = filesSource([bin]);
    expect([source.name, source.size]).toEqual(["group1-shard1of1.bin", bin.size]);
    expect(await codeOf(() => loadModel([]))).toBe("E_MODEL_NOT_FOUND");
  });
});
