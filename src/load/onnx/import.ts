/** A graph of ONNX as one of ours: node by node, each behind what it reads. */
import { GradCamError } from "../../errors.ts";
import { fileBuilder } from "../../graph/file-builder.ts";
import type { Graph, ValueId } from "../../graph/graph.ts";
import { PicturesMixed } from "../../graph/pictures-apart.ts";
import { elements } from "../../shape.ts";
import type { OpenContext } from "../graph-file.ts";
import { networkName } from "../network-name.ts";
import { constantTerm, filledTerm, knownOf, tensorTerm } from "./constants.ts";
import { dimensions, type Fold, FOLDS } from "./fold/index.ts";
import { inputView } from "./inputs.ts";
import type { OnnxModel } from "./model-proto.ts";
import { OnnxNet } from "./net.ts";
import type { OnnxNode } from "./node.ts";
import { OPERATORS } from "./ops/index.ts";
import { ALWAYS_KNOWN, checkOpsets, graphError, inOrder, refuseUnknown } from "./order.ts";
import { PatternGraph } from "./patterns/graph.ts";
import { wholeOf } from "./patterns/index.ts";
import { withScores } from "./scores.ts";
import type { Store } from "./tensor-data.ts";
import { type Constant, type Known, knownTerm, type Term, valueTerm } from "./term.ts";
import { BatchMoved, type View } from "./view.ts";

/** Throws E_GRAPH, E_OPSET, E_UNSUPPORTED_OP, E_ATTR_INVALID, E_INPUT_SHAPE, E_SHAPE, E_TENSOR_TOO_LARGE and those of tensors. */
export async function importGraph(whole: OnnxModel, store: Store, context: OpenContext): Promise<Graph> {
  const model = withScores(whole);
  const { file } = model;
  if (model.outputs.length === 0) throw graphError(file, "outputs", "none");
  const order = inOrder(model);
  const opset = checkOpsets(model, order);
  refuseUnknown(model, order);
  if (model.sparse > 0)
    throw new GradCamError("E_DTYPE", { where: file, expected: "dense tensors", got: "sparse ones" });
  const build = async (isBatched: boolean): Promise<Graph> => {
    const net = new OnnxNet(fileBuilder(networkName(file), "onnx", context.limits), context.limits, opset);
    const inputs = model.inputs
      .filter(({ name }) => !model.tensors.has(name))
      .map((input) => {
        const view = inputView(net, input, context, isBatched);
        net.define(input.name, valueTerm(view));
        return view.id;
      });
    if (inputs.length === 0) throw graphError(file, "an input for the picture", "none");
    await translateAll(net, model, store, order);
    const taken = new Set<ValueId>(inputs);
    return net.builder.finish(model.outputs.map(({ name }) => outputOf(net, file, name, taken)));
  };
  try {
    return await build(true);
  } catch (error) {
    if (!(error instanceof BatchMoved)) throw error;
    // The first axis is no batch then: the picture has none, or the file mixes pictures.
    return build(false).catch((second: unknown) => {
      throw second instanceof BatchMoved ? mixed(file, second) : second;
    });
  }
}

const mixed = (file: string, { message }: BatchMoved): GradCamError =>
  new GradCamError("E_UNSUPPORTED_OP", {
    where: message === "" ? file : `${file}: ${message}`,
    expected: "an operator that treats every picture of a batch by itself",
    got: "one that mixes them",
  });

/** Makes a term of every tensor and every output of a node. */
async function translateAll(
  net: OnnxNet,
  { tensors, outputs }: Pick<OnnxModel, "tensors" | "outputs">,
  store: Store,
  order: readonly OnnxNode[],
): Promise<void> {
  const read = new Set([...order.flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)]);
  for (const [name, tensor] of tensors) if (read.has(name)) net.define(name, await tensorTerm(store, name, tensor));
  const layered = new Set<ValueId>();
  const patterns = new PatternGraph(net, order);
  for (const node of order) {
    const terms = await translate(net, node, store, patterns);
    node.outputs.forEach((name, i) => {
      const term = terms[i];
      if (name === "" || !term) return;
      net.define(name, term);
      if (term.kind === "value") addLayer(net, node, i, term.view, layered);
    });
  }
}

/** Nodes that pass their input on are no layers. */
function addLayer(net: OnnxNet, node: OnnxNode, index: number, { id }: View, layered: Set<ValueId>): void {
  if (layered.has(id) || net.builder.nameOf(id) !== node.outputs[index]) return;
  layered.add(id);
  const names = index === 0 ? [node.name, node.output] : [node.outputs[index]];
  const free = names.find((name) => !net.builder.hasLayer(name));
  if (free !== undefined) net.builder.layer(free, node.op, id);
}

/** Structural operators leave weights unread. */
const LAZY: ReadonlySet<string> = new Set([
  "Identity",
  "Dropout",
  "Reshape",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
  "Transpose",
  "Cast",
  "DequantizeLinear",
]);

async function translate(net: OnnxNet, node: OnnxNode, store: Store, patterns: PatternGraph): Promise<readonly Term[]> {
  if (node.op === "Constant") return [await constantTerm(store, node)];
  if (node.op === "ConstantOfShape") return [await filledTerm(store, net, node)];
  const terms = node.inputs.flatMap((name, index) => (name === "" ? [] : [net.term(node, index)]));
  if (ALWAYS_KNOWN.has(node.op)) {
    const { shape, numbers, kind } = dimensions(net.shape(net.term(node, 0)), node);
    return [node.op === "Shape" ? knownTerm(numbers, shape, kind) : knownTerm([elements(Array.from(numbers))], [])];
  }
  const constants = terms.filter((term) => term.kind !== "value");
  const fold = FOLDS.get(node.op);
  if (fold && constants.length === terms.length) {
    const isSmall = constants.every(({ kind }) => kind === "known");
    if (isSmall || !LAZY.has(node.op)) return folded(fold, constants, node, net);
  }
  const operator = OPERATORS.get(node.op);
  if (!operator) throw node.unsupported("inputs that are known in advance", "some that depend on the picture");
  try {
    const made = wholeOf(patterns, net, node) ?? operator(net, node);
    return Array.isArray(made) ? (made as readonly Term[]) : [made as Term];
  } catch (error) {
    throw error instanceof BatchMoved || error instanceof PicturesMixed ? new BatchMoved(node.where) : error;
  }
}

async function folded(fold: Fold, constants: readonly Constant[], node: OnnxNode, net: OnnxNet): Promise<Term[]> {
  for (const term of constants) net.spend(node, elements(net.shape(term)));
  const answer = fold(await Promise.all(constants.map(knownOf)), node, net);
  const made = Array.isArray(answer) ? (answer as readonly Known[]) : [answer as Known];
  for (const { numbers } of made) net.spend(node, numbers.length);
  return made.map((known) => ({ kind: "known", known }));
}

/** Throws E_GRAPH where it is a constant. */
function outputOf(net: OnnxNet, file: string, name: string, taken: Set<ValueId>): ValueId {
  const term = net.find(name);
  if (term?.kind !== "value") {
    throw graphError(file, `"${name}", an output that is computed from the picture`, "a constant");
  }
  return net.leave(term.view, name, taken);
}
