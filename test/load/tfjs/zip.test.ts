/** TensorFlow.js models in a zip, found by what the archive holds. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { urlSource } from "../../../src/browser/url-source.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { loadModel } from "../../../src/node.ts";
import { goldenBytes } from "../../support/golden.ts";
import { type Member, zipBytes } from "../../support/zip-bytes.ts";

const SHARD = "group1-shard1of1.bin";

/** A golden model as members; the shard stands first, as zip programs may have it. */
const members = (model: string, folder = "", deflate = false): Member[] =>
  [SHARD, "model.json"].map((name) => ({ name: folder + name, bytes: goldenBytes(`tfjs/${model}/${name}`), deflate }));

const GRAPH = "graph_small_f32";
const formatOf = async (bytes: Uint8Array, name = "model.zip"): Promise<string> => {
  const loaded = await loadGraph(bytesSource(bytes, name));
  await loaded.close();
  return loaded.graph.format;
};

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a zip with a TensorFlow.js model", () => {
  it.each<[string, string, readonly Member[], string?]>([
    ["stored", "tfjs-graph", members(GRAPH)],
    ["deflated", "tfjs-layers", members("layers_small_f32", "", true)],
    [
      "in a folder, beside what macOS adds",
      "tfjs-graph",
      [...members(GRAPH, "my model/"), { name: "__MACOSX/my model/._model.json", bytes: "\0\x05" }],
    ],
    [
      "beside other JSON, under another name",
      "tfjs-graph",
      [
        ...members(GRAPH).map((member) => ({ ...member, name: member.name.replace("model.json", "web.json") })),
        { name: "package.json", bytes: '{"name": "x"}' },
        { name: "empty.json", bytes: "" },
      ],
    ],
    ["called .keras", "tfjs-graph", members(GRAPH), "model.keras"],
  ])("is read %s", async (_, format, list, name) => {
    expect(await formatOf(zipBytes(list), name)).toBe(format);
  });

  it("answers as the folder does, from a disk and from a list of files", async () => {
    const bytes = new Uint8Array(zipBytes(members(GRAPH, "", true)));
    const folder = mkdtempSync(join(tmpdir(), "gradcam-zip-"));
    const path = join(folder, "model.bin");
    writeFileSync(path, bytes);
    const plain = await loadModel([
      new File([new Uint8Array(goldenBytes(`tfjs/${GRAPH}/model.json`))], "model.json"),
      new File([new Uint8Array(goldenBytes(`tfjs/${GRAPH}/${SHARD}`))], SHARD),
    ]);
    const input = { shape: [1, 14, 13, 3], data: new Float32Array(14 * 13 * 3).map((_, i) => Math.sin(i)) };
    const expected = await plain.run(input);
    for (const source of [path, new Blob([bytes]), [new File([bytes], "model.zip")]]) {
      const model = await loadModel(source);
      expect(await model.run(input)).toEqual(expected);
      model.dispose();
    }
    plain.dispose();
    rmSync(folder, { recursive: true });
  });

  it("is read from a URL with one request: its siblings are members, not files of the server", async () => {
    const asked: string[] = [];
    vi.stubGlobal("location", new URL("https://models.example/page/"));
    vi.stubGlobal("fetch", (url: URL) => {
      asked.push(url.href);
      return Promise.resolve(new Response(new Uint8Array(zipBytes(members(GRAPH, "a/", true)))));
    });
    const loaded = await loadGraph(await urlSource("model.zip"));
    await loaded.close();
    expect(loaded.graph.format).toBe("tfjs-graph");
    expect(asked).toEqual(["https://models.example/page/model.zip"]);
  });

  it("that lacks a file with weights does not ask the server it came from for them", async () => {
    const [, json] = members(GRAPH) as [Member, Member];
    const asked: string[] = [];
    vi.stubGlobal("location", new URL("https://models.example/page/"));
    vi.stubGlobal("fetch", (url: URL) => {
      asked.push(url.href);
      return Promise.resolve(new Response(new Uint8Array(zipBytes([json]))));
    });
    await expect(loadGraph(await urlSource("model.zip"))).rejects.toMatchObject({ code: "E_SHARD_MISSING" });
    expect(asked.length).toBe(1);
  });

  it("says which models it holds, where there is more than one", async () => {
    const two = zipBytes([...members(GRAPH, "a/"), ...members(GRAPH, "b/")]);
    await expect(formatOf(two)).rejects.toMatchObject({
      code: "E_UNSUPPORTED_FORMAT",
      got: "2 models: model.zip: a/model.json, model.zip: b/model.json",
    });
  });

  it("that lacks a file with weights says which, and opens nothing outside of the archive", async () => {
    const [, json] = members(GRAPH) as [Member, Member];
    await expect(formatOf(zipBytes([json]))).rejects.toMatchObject({ code: "E_SHARD_MISSING" });
    const climbing = new TextDecoder().decode(json.bytes as Uint8Array).replace(SHARD, "../weights.bin");
    await expect(formatOf(zipBytes([{ name: "a/model.json", bytes: climbing }]))).rejects.toMatchObject({
      code: "E_PATH_ESCAPE",
    });
  });

  it("is not unpacked beyond the limit, all its members counted together", async () => {
    const bytes = zipBytes(members(GRAPH, "", true));
    const [shard, json] = members(GRAPH).map((member) => member.bytes.length) as [number, number];
    const loading = loadGraph(bytesSource(bytes), { limits: { unpackedBytes: shard + json - 1 } });
    await expect(loading).rejects.toMatchObject({ code: "E_ZIP_BOMB" });
  });
});
