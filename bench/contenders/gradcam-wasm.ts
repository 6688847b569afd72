/** This package, as users get it: the built dist/. The entrant's options go to its engine as they are. */
import {
  explain,
  explainMany,
  type HostTensor,
  type Model,
  type ScoreExpression,
  type ScoreOutput,
  type Target,
  VERSION,
} from "gradcam-wasm";
import type { NetworkFiles } from "../networks/files.ts";
import { openModel } from "../networks/open.ts";
import { readSafetensors } from "../networks/safetensors.ts";
import { type Contender, type Description, joined, LEARNING_RATE } from "./contender.ts";

/** The ten best classes. */
const TEN = Array.from({ length: 10 }, (_, i) => `top-${i + 1}` as const);

export const gradcamWasm: Contender = {
  async load(network, data, { threads, options }) {
    const { shape, logits, layer, trained } = network;
    const model = await openModel(network, { ...options, threads });
    const input = { data, shape };
    return {
      description: describe(model),
      logits: async () => (await model.run(input, { outputs: [logits] }))[logits]!.data,
      work: {
        forward: async () => Object.values(await model.run(input))[0]!.data,
        "grad-cam": () => mapOf(model, input, layer),
        "ten-classes": () => mapsOf(model, input, layer, TEN),
        "all-classes": () => mapsOf(model, input, layer, "all"),
        "input-gradient": () => gradientsOf(model, input, [model.inputs[0]!.name]),
        ...(trained.length > 0 && { "weight-gradients": () => gradientsOf(model, input, trained) }),
        ...(network.source.kind === "program" && { "train-step": await trainStep(model, input, network) }),
      },
      bytes: () => ({ ...model.engine.bytes, memory: model.memoryBytes }),
    };
  },
};

function describe({ engine: { build, fma, threads, turbo } }: Model): Description {
  return { version: VERSION, node: process.versions.node, build, fma, threads, turbo };
}

type Input = Parameters<Model["run"]>[0];

/** Users look at the map, which is made when it is read; what it is made from is compared. */
async function mapOf(model: Model, input: HostTensor, layer: string): Promise<Float32Array> {
  const { raw, map } = await explain(model, input, { layer });
  if (map.data.length === 0) throw new Error("a map without numbers");
  return raw.data;
}

async function mapsOf(
  model: Model,
  input: HostTensor,
  layer: string,
  targets: readonly Target[] | "all",
): Promise<Float32Array> {
  const explanations = await explainMany(model, input, { targets, layers: [layer] });
  return joined(explanations.map(({ raw }) => raw.data));
}

async function gradientsOf(model: Model, input: Input, wrt: readonly string[]): Promise<Float32Array> {
  const { gradients } = await model.gradients(input, { of: "top-1", wrt });
  return joined(wrt.map((name) => gradients[name]!.data));
}

async function trainStep(model: Model, input: Input, network: NetworkFiles): Promise<() => Promise<Float32Array>> {
  const weights: Record<string, Float32Array> = {};
  for await (const [name, { data }] of readSafetensors(network.tensors)) weights[name] = data;
  const wrt = Object.keys(weights);
  const [batch = 1] = network.shape;
  const negativeLoss = (output: ScoreOutput): ScoreExpression => {
    const terms = Array.from({ length: batch }, (_, i) => output.logProbability(i % model.classes, i));
    return terms.reduce((sum, term) => sum.add(term)).mul(1 / batch);
  };
  return async () => {
    const { value, gradients } = await model.gradients(input, { of: negativeLoss, wrt });
    for (const name of wrt) climb(weights[name]!, gradients[name]!.data);
    await model.setWeights(weights);
    return Float32Array.of(-value);
  };
}

function climb(weights: Float32Array, gradient: Float32Array): void {
  for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! + LEARNING_RATE * gradient[i]!;
}
