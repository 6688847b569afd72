/** Tensors of the file as terms: small ones and whole numbers are read at once, weights when somebody needs them. */
import { readParameter } from "../../graph/parameter.ts";
import { GradCamError } from "../../errors.ts";
import { checkShape, countElements } from "../shapes.ts";
import type { OnnxNet } from "./net.ts";
import type { OnnxNode } from "./node.ts";
import { type Constant, knownTerm, type Known, type Term } from "./term.ts";
import { numberSource, readNumbers, type Store } from "./tensor-data.ts";
import type { OnnxTensor } from "./tensor-proto.ts";

/** Up to so many numbers: scales, bounds, statistics of a small layer. */
const FEW = 64;
/** Up to so many indices. */
const FEW_WHOLE = 2 ** 16;

/** Throws E_TENSOR_SIZE, E_PATH_ESCAPE, E_EXTERNAL_DATA. */
export async function tensorTerm(store: Store, name: string, tensor: OnnxTensor): Promise<Term> {
  const { shape, count, type } = tensor;
  const most = type.kind === "float" || type.bytes === 1 ? FEW : FEW_WHOLE;
  if (count <= most) return knownTerm(await readNumbers(store, tensor), shape, type.kind);
  const source = await numberSource(store, tensor);
  return { kind: "weight", weight: { name, shape, stored: shape, source, kind: type.kind } };
}

/** Constant: one of its attributes. Throws E_UNSUPPORTED_OP for text and sparse tensors. */
export async function constantTerm(store: Store, node: OnnxNode): Promise<Term> {
  const { attributes } = node;
  const tensor = attributes.get("value")?.tensor;
  if (tensor) return tensorTerm(store, node.output, tensor);
  const floats = attributes.get("value_floats")?.floats;
  if (floats) return knownTerm(floats, [floats.length], "float");
  const ints = node.ints("value_ints");
  if (ints) return knownTerm(ints, [ints.length]);
  if (attributes.has("value_float")) return knownTerm([node.float("value_float", 0)], [], "float");
  if (attributes.has("value_int")) return knownTerm([node.int("value_int", 0)], []);
  throw node.unsupported("a tensor of numbers", [...attributes.keys()].join(", ") || "nothing");
}

/** 512 MiB as floats: more than any weight of an image network. */
const MOST_FILLED = 2 ** 27 - 1;

/** ConstantOfShape: one value everywhere, 0 unless it says another. Many of them are never held. Throws E_TENSOR_TOO_LARGE. */
export async function filledTerm(store: Store, net: OnnxNet, node: OnnxNode): Promise<Term> {
  const shape = net.integers(node, 0);
  const count = countElements(checkShape(shape, node.where, net.limits), node.where);
  if (count > MOST_FILLED) {
    const expected = `at most ${MOST_FILLED} elements made by an operator`;
    throw new GradCamError("E_TENSOR_TOO_LARGE", { where: node.where, expected, got: String(count) });
  }
  net.fill(node, count);
  const tensor = node.attributes.get("value")?.tensor;
  const value = tensor ? ((await readNumbers(store, tensor))[0] ?? 0) : 0;
  const kind = tensor?.type.kind ?? "float";
  if (count <= FEW_WHOLE) return knownTerm(new Float64Array(count).fill(value), shape, kind);
  const read = (start: number, end: number): Float32Array => new Float32Array(end - start).fill(value);
  return { kind: "weight", weight: { name: node.output, shape, stored: shape, source: { length: count, read }, kind } };
}

/** The numbers of a constant, which are read now if they were not. */
export async function knownOf(term: Constant): Promise<Known> {
  if (term.kind === "known") return term.known;
  const { shape, source, stored, permutation, kind } = term.weight;
  const parameter = { source, stored, ...(permutation && { permutation }) };
  return { shape, numbers: Float64Array.from(await readParameter(parameter)), kind };
}
