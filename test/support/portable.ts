/** Networks with synthetic weights, and files of our own portable format with them. */
import { expect } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import { resolvePreprocess } from "../../src/image/presets.ts";
import { type PortableOptions, writePortable } from "../../src/load/portable/write.ts";
import { classify, type HostTensor, type Model } from "../../src/node.ts";
import { elements } from "../../src/shape.ts";
import type { ArchitectureName } from "../../src/zoo/architecture-names.ts";
import type { Architecture } from "../../src/zoo/architecture.ts";
import { architectures } from "../../src/zoo/index.ts";
import { Net } from "../../src/zoo/net.ts";
import { seeded } from "./random.ts";
import { syntheticParameter } from "./synthetic-weights.ts";

const SIDE = 64;

/** A network with weights that keep the variance of what they multiply. */
export function network(name: ArchitectureName): Graph {
  const architecture: Architecture = architectures[name];
  const { flavour, geometry } = architecture.namings[0]!;
  const net = new Net(name, "test", {
    get({ name: weight, shape, role }) {
      const part = weight.slice(weight.lastIndexOf("/") + 1);
      const isKernel = role !== "vector";
      const fan = role === "depthwise" ? elements(shape.slice(0, 2)) : elements(shape.slice(0, -1));
      const center = part === "gamma" || part.endsWith("variance") ? 1 : 0;
      return syntheticParameter({ name: weight, shape, center, scale: isKernel ? Math.sqrt(6 / fan) : 0.1 });
    },
  });
  const options = { size: [SIDE, SIDE], classes: 10, alpha: 1, flavour, ...geometry } as const;
  return net.finish(architecture.build(net, options));
}

export const PREPROCESS = resolvePreprocess("torch", { size: [SIDE, SIDE] });

export async function written(graph: Graph, options: Partial<PortableOptions> = {}): Promise<Uint8Array> {
  const { bytes, chunks } = writePortable(graph, { weights: "f32", preprocess: PREPROCESS, ...options });
  const file = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  expect(at).toBe(bytes);
  return file;
}

function picture(): HostTensor {
  const random = seeded(5);
  const shape = [1, SIDE, SIDE, 3];
  return { data: Float32Array.from({ length: elements(shape) }, () => random.uniform(-2, 2)), shape };
}

export async function logits(model: Model): Promise<number[]> {
  const all = await classify(model, picture(), { top: model.classes });
  return all.sort((a, b) => a.index - b.index).map(({ logit }) => logit);
}
