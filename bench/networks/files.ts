/** A network as files that every contender can read, and what they are asked about it. */
import { foldBatchNorm } from "../../src/graph/passes/fold-batch-norm.ts";
import { fusePad } from "../../src/graph/passes/fuse-pad.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { classifierHead, defaultLayer, describeLayers } from "../../src/graph/inspect.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { cachedFile } from "../cache.ts";
import { toOnnx } from "../onnx/export.ts";
import { programOf } from "./program.ts";
import { parametersOf, toSafetensors } from "./safetensors.ts";

/** Where our own package takes the network from. */
type OurSource =
  | { readonly kind: "embedded" }
  | { readonly kind: "weights"; readonly architecture: string }
  /** createModel with a graph made of the program. */
  | { readonly kind: "program" };

/** What a contender is told; crosses a process boundary. */
export interface NetworkFiles {
  readonly title: string;
  readonly source: OurSource;
  /** safetensors with the parameters as the network's authors have them, under our names and in our layout. */
  readonly weights: string;
  /** Written from the same graph; undefined where no forward-only engine is asked. */
  readonly onnx: string | undefined;
  /** The graph as JSON with batch norms folded and paddings merged, for engines that are driven operator by operator. */
  readonly program: string;
  /** safetensors with the program's parameters. */
  readonly tensors: string;
  /** float32, little-endian, in the shape of `shape`. */
  readonly input: string;
  /** Batch first, NHWC. */
  readonly shape: Shape;
  /** Our name of the value before the softmax. */
  readonly logits: string;
  /** The layer that Grad-CAM explains, and the shape of its map. */
  readonly layer: string;
  readonly map: Shape;
  /** The weights that weight-gradients is about. */
  readonly trained: readonly string[];
}

export interface NetworkParts {
  readonly graph: Graph;
  readonly title: string;
  readonly source: OurSource;
  /** Identifies the numbers of all weights. */
  readonly identity: string;
  readonly input: Float32Array;
  readonly shape: Shape;
  readonly trained?: readonly string[];
  /** Default: true. */
  readonly forwardOnly?: boolean;
}

/** Writes the files that are not there yet. */
export async function networkFiles(parts: NetworkParts): Promise<NetworkFiles> {
  const { graph, title, source, identity, input, shape, trained = [], forwardOnly = true } = parts;
  if (elements(shape) !== input.length) throw new Error(`${title}: ${input.length} numbers for ${shape.join("×")}`);
  const logits = classifierHead(graph).logits;
  const layer = explained(graph, logits);
  const file = (ending: string): string => `${title.toLowerCase()}.${ending}`;
  const asked = new Set([logits, layer]);
  // Not every converter knows how to read a Pad in front of a convolution; those that do merge it themselves.
  const merged = fusePad(graph, asked);
  const simple = foldBatchNorm(merged, asked, new Map());
  const weights = await cachedFile(file("safetensors"), identity, toSafetensors(parametersOf(graph)));
  const program = new TextEncoder().encode(JSON.stringify(programOf(simple, { logits, layer, trained })));
  const folded = simple.nodes.length < graph.nodes.length;
  return {
    title,
    source,
    weights,
    onnx: forwardOnly ? await cachedFile(file("onnx"), `${identity} padded`, toOnnx(merged)) : undefined,
    program: await cachedFile(file("json"), identity, [program]),
    tensors: folded
      ? await cachedFile(file("folded.safetensors"), identity, toSafetensors(parametersOf(simple)))
      : weights,
    input: await cachedFile(file("f32"), identity, [new Uint8Array(input.buffer, input.byteOffset, input.byteLength)]),
    shape,
    logits: graph.values[logits]!.name,
    layer: graph.values[layer]!.name,
    map: graph.values[layer]!.shape,
    trained,
  };
}

function explained(graph: Graph, logits: ValueId): ValueId {
  const name = defaultLayer(graph, describeLayers(graph, logits));
  const layer = graph.layers.find((candidate) => candidate.name === name);
  if (!layer) throw new Error(`${graph.name} has no layer to explain`);
  return layer.output;
}
