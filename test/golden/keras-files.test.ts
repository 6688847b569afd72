/** Every model file of Keras 1, 2 and 3 in test/golden/keras/files: outputs and gradients of all inputs as Keras computed them. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { describeLayers } from "../../src/graph/inspect.ts";
import { type LoadedGraph, loadGraph } from "../../src/load/index.ts";
import { Hdf5File } from "../../src/load/hdf5.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { bytesSource } from "../../src/load/source.ts";
import { ZipArchive } from "../../src/load/zip.ts";
import { zipBytes } from "../support/zip-bytes.ts";
import { fileSource } from "../../src/node/file-source.ts";
import { EngineRoom } from "../../src/session.ts";
import { testEngine } from "../support/engine.ts";
import { codeOf } from "../support/error-code.ts";
import { goldenJson, maxDifference } from "../support/golden.ts";
import { syntheticValues } from "../support/synthetic-weights.ts";

const FOLDER = new URL("keras/files/", import.meta.url);

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Expected {
  readonly file: string;
  readonly tolerance: number;
  readonly architecture?: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly gradients: readonly Derivative[];
  /** With a synthetic cotangent, so that every element counts. */
  readonly vjp?: readonly Derivative[];
}

interface Derivative {
  readonly output: number;
  readonly flat_index?: number;
  readonly cotangent?: string;
  /** By input; null where nothing depends on it. */
  readonly inputs: readonly (readonly number[] | null)[];
}

/**
 * Gradients at saturated units are differences of numbers near 1 (1 − p, 1 − tanh²): four roundings of 1 are
 * allowed there beside the tolerance.
 */
const SATURATED: ReadonlySet<string> = new Set(["k3_chunked_attributes.h5", "k2_acts.h5", "k3_acts.keras"]);
const ROUNDINGS = 2.5e-7;

const files = readdirSync(FOLDER)
  .filter((name) => /\.(keras|h5|weights\.json)\.json$/.test(name) && name !== "k3_lambda_refuse.keras.json")
  .map((name) => goldenJson<Expected>(`keras/files/${name}`));

async function load({ file, architecture }: Expected): Promise<LoadedGraph> {
  const text = architecture && JSON.stringify(goldenJson(`keras/files/${architecture}`));
  return loadGraph(await fileSource(new URL(file, FOLDER)), text ? { architecture: text } : {});
}

async function roomOf({ graph }: LoadedGraph): Promise<EngineRoom> {
  const engine = await testEngine("simd");
  return new EngineRoom(graph, engine, { dtype: "f32", exact: true, tuning: undefined, observe: undefined });
}

it.each([
  ["k3_merge.keras", 0],
  ["k3_preproc.keras", 6],
])("numbers of the architecture of %s are not counted as parameters", async (file, count) => {
  const loaded = await loadGraph(await fileSource(new URL(file, FOLDER)));
  const layers = describeLayers(loaded.graph, loaded.graph.outputs[0]!);
  expect(layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(count);
  await loaded.close();
});

/** 1 at one place, or synthetic numbers at all. */
function seedOf({ flat_index, cotangent }: Derivative, length: number): Float32Array {
  if (cotangent !== undefined)
    return syntheticValues({ name: cotangent, center: 0, scale: 1, shape: [length] }, 0, length);
  return new Float32Array(length).fill(1, flat_index, flat_index! + 1);
}

/** By how much the largest difference is over the tolerance, which is relative to the largest number. */
function excess(got: Float32Array, wanted: readonly number[], tolerance: number): number {
  const largest = wanted.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  return maxDifference(got, wanted) - tolerance * largest;
}

/** Compares every output and gradient. @param indices of the outputs that the graph has, among all of the file's */
async function compare(loaded: LoadedGraph, golden: Expected, indices: readonly number[]): Promise<void> {
  const { graph } = loaded;
  const room = await roomOf(loaded);
  const slack = SATURATED.has(golden.file) ? ROUNDINGS : 0;
  expect(graph.inputs.map((id) => graph.values[id]!.name)).toEqual(golden.inputs.map(({ name }) => name));
  for (const [position, index] of indices.entries()) {
    const output = golden.outputs[index]!;
    const seed = graph.outputs[position]!;
    expect(graph.values[seed]!.shape, output.name).toEqual(output.shape);
    const derivatives = [...golden.gradients, ...(golden.vjp ?? [])].filter((one) => one.output === index);
    const wrt = graph.inputs.filter((_, i) => derivatives.some(({ inputs }) => inputs[i]));
    await room.exclusive(async () => {
      const execution = await room.execution({ batch: 1, keep: [seed], wrt, seed });
      golden.inputs.forEach(({ values }, i) => execution.write(graph.inputs[i]!, Float32Array.from(values)));
      execution.forward();
      const { data } = execution.read(seed);
      expect(excess(data, output.values, golden.tolerance), output.name).toBeLessThanOrEqual(0);
      for (const derivative of derivatives) {
        execution.backward(seedOf(derivative, data.length));
        derivative.inputs.forEach((wanted, i) => {
          if (!wanted) return;
          const got = execution.readGradient(graph.inputs[i]!).data;
          expect(
            excess(got, wanted, golden.tolerance),
            `d ${output.name} / d ${golden.inputs[i]!.name}`,
          ).toBeLessThanOrEqual(slack);
        });
      }
    });
  }
  await loaded.close();
}

interface Config {
  readonly config: { layers: { readonly name: string }[]; output_layers: [string, number, number][] };
}

async function member(archive: ZipArchive, path: string): Promise<Uint8Array> {
  const found = (await archive.member(path))!;
  return new Uint8Array(await found.read(0, found.size));
}

/** The architecture, wherever it lies. */
async function configOf({ file, architecture }: Expected): Promise<Config> {
  if (architecture !== undefined) return goldenJson<Config>(`keras/files/${architecture}`);
  const source = await fileSource(new URL(file, FOLDER));
  const text = file.endsWith(".keras")
    ? new TextDecoder().decode(await member(await ZipArchive.open(source, DEFAULT_LIMITS), "config.json"))
    : (await Hdf5File.open(source, DEFAULT_LIMITS)).strings("", "model_config")![0]!;
  return JSON.parse(text) as Config;
}

/** The same weights under another architecture. */
async function withConfig({ file }: Expected, config: Config): Promise<LoadedGraph> {
  const source = await fileSource(new URL(file, FOLDER));
  if (!file.endsWith(".keras")) return loadGraph(source, { architecture: JSON.stringify(config) });
  const archive = await ZipArchive.open(source, DEFAULT_LIMITS);
  const members = [
    { name: "metadata.json", bytes: await member(archive, "metadata.json") },
    { name: "config.json", bytes: JSON.stringify(config) },
    { name: "model.weights.h5", bytes: await member(archive, "model.weights.h5") },
  ];
  return loadGraph(bytesSource(zipBytes(members), file));
}

describe("a model file of Keras", () => {
  it.each(files)("$file answers as in Keras, and so do its gradients", async (golden) =>
    compare(await load(golden), golden, [...golden.outputs.keys()]),
  );

  it.each(["k3_tiny.weights.h5", "k2_tiny.keras"])(
    "%s keeps its order where a layer has the name that another had when it was saved",
    async (name) => {
      const golden = files.find(({ file }) => file === name)!;
      const text = JSON.stringify(await configOf(golden));
      const renamed = text.replaceAll('"dw_bn"', '"other_bn"').replaceAll('"stem_bn"', '"dw_bn"');
      expect(renamed).not.toBe(text);
      await compare(await withConfig(golden, JSON.parse(renamed) as Config), golden, [0]);
    },
  );

  it("with a Lambda is refused by the layer's name", async () => {
    const file = new URL("k3_lambda_refuse.keras", FOLDER);
    expect(await codeOf(async () => loadGraph(await fileSource(file)))).toBe("E_UNSAFE_LAYER");
  });
});
