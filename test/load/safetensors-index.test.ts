/** safetensors models in several files: every tensor where the index says, and nothing else. */
import { describe, expect, it } from "vitest";
import { readParameter } from "../../src/graph/parameter.ts";
import { openSafetensorsIndex } from "../../src/load/hub/safetensors-index.ts";
import { loadGraph } from "../../src/load/index.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { bytesSource } from "../../src/load/source.ts";
import { codeOf } from "../support/error-code.ts";
import { type Folder, folderSource } from "../support/folder-source.ts";
import { safetensors } from "../support/safetensors.ts";

const numbers = (...values: number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer);
const shard = (tensors: Record<string, number[]>): Uint8Array => {
  let at = 0;
  const header = Object.entries(tensors).map(([name, values]) => {
    const begin = at;
    at += values.length * 4;
    return [name, { dtype: "F32", shape: [values.length], data_offsets: [begin, at] }] as const;
  });
  return safetensors(Object.fromEntries(header), numbers(...Object.values(tensors).flat()));
};

const MAP = { a: "one.safetensors", b: "two.safetensors", c: "one.safetensors" };
const PARTS = { "one.safetensors": shard({ a: [1, 2], c: [3] }), "two.safetensors": shard({ b: [4] }) };
const index = (map: unknown = MAP, metadata: unknown = { total_size: 16 }): string =>
  JSON.stringify({ metadata, weight_map: map });

const open = (folder: Folder, limits = DEFAULT_LIMITS) =>
  openSafetensorsIndex(folderSource(folder, "model.safetensors.index.json"), limits);
const folder = (text: string, parts: Folder = PARTS): Folder => ({ ...parts, "model.safetensors.index.json": text });

it("finds every tensor in its file", async () => {
  const file = await open(folder(index()));
  const read = async (name: string) => Array.from(await readParameter(file.tensors.get(name)!.parameter()));
  expect(await Promise.all(["a", "b", "c"].map(read))).toEqual([[1, 2], [4], [3]]);
  await file.close();
});

it("does without a total size", async () => {
  for (const metadata of [undefined, {}]) expect((await open(folder(index(MAP, metadata)))).tensors.size).toBe(3);
});

it("is recognised by its content, and goes on to the zoo", async () => {
  const source = folderSource(folder(index()), "model.safetensors.index.json");
  expect(await codeOf(() => loadGraph(source))).toBe("E_OPTION");
});

describe("an index", () => {
  const big = { ...DEFAULT_LIMITS, headerBytes: 20 };
  const short = { ...PARTS, "two.safetensors": PARTS["two.safetensors"].slice(0, -1) };
  const cases: [what: string, code: string, folder: Folder, limits?: typeof DEFAULT_LIMITS][] = [
    ["that names a missing file", "E_SHARD_MISSING", folder(index(), { "one.safetensors": PARTS["one.safetensors"] })],
    ["whose file is one byte short", "E_TRUNCATED", folder(index(), short)],
    ["with a tensor that its file lacks", "E_WEIGHT_MISSING", folder(index({ ...MAP, d: "two.safetensors" }))],
    ["with a tensor in another file", "E_WEIGHT_MISSING", folder(index({ ...MAP, b: "one.safetensors" }))],
    [
      "whose files have a tensor more",
      "E_WEIGHT_DUPLICATE",
      folder(index({ a: "one.safetensors", b: "two.safetensors" })),
    ],
    ["of another total size", "E_SHARD_SIZE", folder(index(MAP, { total_size: 17 }))],
    ["with a total size that is none", "E_HEADER_INVALID", folder(index(MAP, { total_size: -1 }))],
    ["that leads out of the folder", "E_PATH_ESCAPE", folder(index({ a: "../one.safetensors" }))],
    ["that leads to a server", "E_PATH_ESCAPE", folder(index({ a: "http://169.254.169.254/one.safetensors" }))],
    ["with a list for a map", "E_HEADER_INVALID", folder(index(["one.safetensors"]))],
    ["with a number for a file", "E_HEADER_INVALID", folder(index({ a: 1 }))],
    ["of a name that reaches a prototype", "E_NAME_INVALID", folder('{"weight_map":{"__proto__":"one.safetensors"}}')],
    ["with a key twice", "E_HEADER_INVALID", folder('{"weight_map":{"a":"one.safetensors","a":"x"}}')],
    ["that is cut off", "E_HEADER_INVALID", folder(index().slice(0, -1))],
    ["longer than the limit", "E_HEADER_TOO_LARGE", folder(index()), big],
  ];

  it.each(cases)("%s is %s", async (...[, code, files, limits]) => {
    expect(await codeOf(() => open(files, limits))).toBe(code);
  });

  it("of thousands of files is refused before one is opened", async () => {
    const map = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`t${i}`, `s${i}.safetensors`]));
    expect(await codeOf(() => open(folder(index(map), {})))).toBe("E_HEADER_INVALID");
  });

  it("closes every file when one fails", async () => {
    let closed = 0;
    const count = (bytes: Uint8Array, name: string) => ({
      ...bytesSource(bytes, name),
      close: () => {
        closed++;
      },
    });
    const text = new TextEncoder().encode(index());
    const source = {
      ...count(text, "index"),
      sibling: (path: string) =>
        Promise.resolve(count(path.startsWith("one") ? PARTS["one.safetensors"] : numbers(1, 2), path)),
    };
    await codeOf(() => openSafetensorsIndex(source, DEFAULT_LIMITS));
    expect(closed).toBe(3);
  });
});
