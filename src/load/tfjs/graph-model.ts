/** A TensorFlow graph that tfjs can run, as a graph of ours. Only what the outputs need is looked at. */
import { GradCamError } from "../../errors.ts";
import { fileBuilder } from "../../graph/file-builder.ts";
import type { Graph, ValueId } from "../../graph/graph.ts";
import { showShape } from "../../shape.ts";
import type { OpenContext } from "../graph-file.ts";
import { networkName } from "../network-name.ts";
import { GraphNet, type Term } from "./graph-net.ts";
import { type GraphNode, nodeOf, outputName, outputOf, readNodes } from "./graph-nodes.ts";
import { GRAPH_OPS, type Translate } from "./graph-ops.ts";
import { type Fields, type ModelJson, object } from "./model-json.ts";
import type { Shards } from "./shards.ts";

/** Constants with up to this many numbers are read while the graph is built: axes, sizes, paddings. */
const SHORT = 64;

/** Nodes that nobody reads, but no outputs. */
const NO_OUTPUTS: ReadonlySet<string> = new Set(["Const", "NoOp", "Placeholder", "PlaceholderWithDefault"]);

/** Kinds of unknown operators that a message names: no real file has more. */
const LISTED = 100;

/** What graph nodes are made from. */
interface Parts {
  readonly file: string;
  readonly shards: Shards;
  readonly signature: Fields | undefined;
  readonly context: OpenContext;
}

/** Throws E_HEADER_INVALID, E_NAME_INVALID, E_GRAPH, E_UNSUPPORTED_OP, E_ATTR_INVALID, E_WEIGHT_MISSING, E_INPUT_SHAPE, E_SHAPE. */
export async function graphModel(json: ModelJson, shards: Shards, file: string, context: OpenContext): Promise<Graph> {
  const nodes = readNodes(json.topology, file, context.limits);
  const outputs = outputNames(json.signature, nodes, file);
  const ends = outputs.map(nodeOf);
  refuseUnknown(reachable(nodes, ends, file), file);
  const order = inOrder(nodes, ends, file);
  const parts: Parts = { file, shards, signature: json.signature, context };
  const read = new Set([...order.flatMap(({ inputs }) => inputs), ...outputs]);
  const net = new GraphNet(fileBuilder(networkName(file), "tfjs-graph", context.limits), read);
  const layered = new Set<ValueId>();
  for (const node of order) {
    const made = await translate(net, node, parts);
    const terms = Array.isArray(made) ? (made as readonly (Term | undefined)[]) : [made as Term];
    for (const [index, term] of terms.entries()) {
      if (term) addOutput(net, node, index, term, layered);
    }
  }
  return net.builder.finish(outputs.map((name) => net.output(name)));
}

/** Nodes that pass their input on are no layers. */
function addOutput(net: GraphNet, node: GraphNode, index: number, term: Term, layered: Set<ValueId>): void {
  const name = outputName(node.name, index);
  net.define(name, term);
  if (term.kind !== "value" || layered.has(term.id)) return;
  layered.add(term.id);
  net.builder.layer(name, node.op, term.id);
}

async function translate(net: GraphNet, node: GraphNode, parts: Parts): Promise<ReturnType<Translate>> {
  switch (node.op) {
    case "Placeholder":
    case "PlaceholderWithDefault":
      return input(net, node, parts);
    case "Const":
      return constant(node, parts);
    default:
      return GRAPH_OPS.get(node.op)!(net, node);
  }
}

async function constant(node: GraphNode, { shards, file }: Parts): Promise<Term> {
  const weight = shards.weights.get(node.name);
  if (!weight) {
    throw new GradCamError("E_WEIGHT_MISSING", {
      where: `${file}: constant "${node.name}"`,
      expected: "its numbers in the manifest of weights",
      got: "none of this name",
    });
  }
  const isShort = weight.shape.reduce((product, size) => product * size, 1) <= SHORT;
  const known = isShort ? { shape: weight.shape, numbers: Array.from(await weight.numbers()) } : undefined;
  return known && !weight.isFloat ? { kind: "known", known } : { kind: "weight", weight, known };
}

/** The batch is 1; a size that is not fixed has to be given. */
function input(net: GraphNet, node: GraphNode, { signature, context }: Parts): Term {
  const declared = node.dimensions("shape") ?? signatureShape(signature, node);
  const given = context.inputShapes?.[node.name] ?? withSize(declared, context.inputShape);
  const shape = given?.map((size, axis) => (axis === 0 && size === -1 ? 1 : size));
  if (shape && shape.length > 1 && shape.every((size) => Number.isInteger(size) && size > 0)) {
    return { kind: "value", id: net.builder.input(node.name, shape) };
  }
  throw new GradCamError("E_INPUT_SHAPE", {
    where: `input "${node.name}"`,
    expected: "a size for every axis",
    got: shape ? showShape(shape) : "an unknown number of axes",
    hint: "give inputShape: [height, width], or inputShapes with a whole shape by the input's name",
  });
}

function withSize(
  shape: readonly number[] | undefined,
  size: readonly number[] | undefined,
): readonly number[] | undefined {
  if (!size || shape?.length !== 4) return shape;
  return [shape[0]!, size[0]!, size[1]!, shape[3]!];
}

function signatureShape(signature: Fields | undefined, node: GraphNode): readonly number[] | undefined {
  if (!signature) return undefined;
  const inputs = Object.values(object(signature["inputs"] ?? {}, "signature"));
  const mine = inputs.map((entry) => object(entry, "signature")).find(({ name }) => nodeOf(String(name)) === node.name);
  const { dim } = object(mine?.["tensorShape"] ?? {}, "signature");
  return Array.isArray(dim) ? dim.map((size: unknown) => Number(object(size, "signature")["size"] ?? -1)) : undefined;
}

/** Those that the signature names, else the nodes that nobody reads. */
function outputNames(signature: Fields | undefined, nodes: ReadonlyMap<string, GraphNode>, file: string): string[] {
  const listed = Object.values(object(signature?.["outputs"] ?? {}, `${file}: signature`));
  const named = listed.map((entry) => outputOf(String(object(entry, `${file}: signature`)["name"])));
  const read = new Set([...nodes.values()].flatMap(({ inputs }) => inputs.map(nodeOf)));
  const ends = [...nodes.values()].filter(({ name, op }) => !read.has(name) && !NO_OUTPUTS.has(op));
  const outputs = named.length > 0 ? named : ends.map(({ name }) => name);
  const missing = outputs.find((name) => !nodes.has(nodeOf(name)));
  if (outputs.length > 0 && missing === undefined) return outputs;
  throw new GradCamError("E_GRAPH", {
    where: `${file}: outputs`,
    expected: "nodes of the graph",
    got: missing === undefined ? "none" : JSON.stringify(missing),
  });
}

/** What the outputs need. Throws E_GRAPH where a node reads another that is not there. */
function reachable(nodes: ReadonlyMap<string, GraphNode>, ends: readonly string[], file: string): Set<GraphNode> {
  const found = new Set<GraphNode>();
  const open = [...ends];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = nodes.get(name);
    if (!node) throw graphError(file, `a node "${name}"`, "none of this name, although others read it");
    if (!found.has(node)) open.push(...node.inputs.map(nodeOf));
    found.add(node);
  }
  return found;
}

/** The same, every node behind its inputs. Without recursion: files may be deep. Throws E_GRAPH for a cycle. */
function inOrder(nodes: ReadonlyMap<string, GraphNode>, ends: readonly string[], file: string): GraphNode[] {
  const order: GraphNode[] = [];
  const state = new Map<string, "open" | "done">();
  const stack = [...ends];
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const node = nodes.get(name)!;
    const isNew = state.get(name) === undefined;
    const waiting = isNew ? node.inputs.map(nodeOf).filter((other) => state.get(other) !== "done") : [];
    const open = waiting.find((other) => other === name || state.get(other) === "open");
    if (open !== undefined) throw graphError(file, "a graph without cycles", `one through "${open}"`);
    if (waiting.length > 0) {
      state.set(name, "open");
      stack.push(...waiting);
      continue;
    }
    stack.pop();
    if (state.get(name) === "done") continue;
    state.set(name, "done");
    order.push(node);
  }
  return order;
}

const graphError = (file: string, expected: string, got: string): GradCamError =>
  new GradCamError("E_GRAPH", { where: `${file}: modelTopology`, expected, got });

function refuseUnknown(needed: ReadonlySet<GraphNode>, file: string): void {
  const known = (op: string): boolean =>
    GRAPH_OPS.has(op) || ["Placeholder", "PlaceholderWithDefault", "Const"].includes(op);
  const unknown = new Map<string, string>();
  for (const { op, name } of needed) if (!known(op) && !unknown.has(op)) unknown.set(op, name);
  if (unknown.size === 0) return;
  const listed = [...unknown].slice(0, LISTED).map(([op, name]) => `${op} ("${name}")`);
  const rest = unknown.size > LISTED ? ` and ${unknown.size - LISTED} more` : "";
  throw new GradCamError("E_UNSUPPORTED_OP", {
    where: file,
    expected: "operators of image classifiers",
    got: listed.join(", ") + rest,
    hint: "detection and other post-processing can be cut off: name earlier outputs when converting",
  });
}
