/** Which nodes the outputs need, each behind what it reads; and whether all of them can be translated. */
import { GradCamError } from "../../errors.ts";
import { FOLDS } from "./fold/index.ts";
import type { OnnxModel } from "./model-proto.ts";
import type { OnnxNode } from "./node.ts";
import { OPERATORS } from "./ops/index.ts";

/** Operators that are known whatever they read: sizes are fixed here. */
export const ALWAYS_KNOWN: ReadonlySet<string> = new Set(["Constant", "Shape", "Size"]);

/** Without recursion: files may be deep. Throws E_GRAPH for cycles, values nobody makes, and values made twice. */
export function inOrder(model: OnnxModel): OnnxNode[] {
  const maker = makers(model);
  const given = new Set([...model.tensors.keys(), ...model.inputs.map(({ name }) => name)]);
  const order: OnnxNode[] = [];
  const state = new Map<OnnxNode, "open" | "done">();
  const stack = model.outputs.map(({ name }) => need(model, maker, given, name)).filter((node) => node !== undefined);
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const before = state.get(node);
    const waiting = before === undefined ? waitingFor(model, maker, given, node, state) : [];
    if (waiting.length > 0) {
      state.set(node, "open");
      stack.push(...waiting);
      continue;
    }
    stack.pop();
    if (before === "done") continue;
    state.set(node, "done");
    order.push(node);
  }
  return order;
}

type Makers = ReadonlyMap<string, OnnxNode>;

function makers({ file, nodes, tensors, inputs }: OnnxModel): Makers {
  const named = inputs.map(({ name }) => name);
  const twice = named.find((name, i) => named.indexOf(name) < i);
  if (twice !== undefined) throw graphError(file, "every input once", `two of "${twice}"`);
  const taken = new Set([...tensors.keys(), ...named]);
  const maker = new Map<string, OnnxNode>();
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === "") continue;
      if (maker.has(output) || taken.has(output))
        throw graphError(file, "one maker of every value", `two of "${output}"`);
      maker.set(output, node);
    }
  }
  return maker;
}

function need({ file }: OnnxModel, maker: Makers, given: ReadonlySet<string>, name: string): OnnxNode | undefined {
  const node = maker.get(name);
  if (node || given.has(name)) return node;
  throw graphError(file, `something that makes "${name}"`, "nothing");
}

function waitingFor(
  model: OnnxModel,
  maker: Makers,
  given: ReadonlySet<string>,
  node: OnnxNode,
  state: ReadonlyMap<OnnxNode, "open" | "done">,
): OnnxNode[] {
  const read = node.inputs.filter((name) => name !== "").map((name) => need(model, maker, given, name));
  const waiting = read.filter((other) => other !== undefined && state.get(other) !== "done") as OnnxNode[];
  const open = waiting.find((other) => other === node || state.get(other) === "open");
  if (open) throw graphError(model.file, "a graph without cycles", `one through ${open.where}`);
  return waiting;
}

export const graphError = (file: string, expected: string, got: string): GradCamError =>
  new GradCamError("E_GRAPH", { where: `${file}: graph`, expected, got });

const MADE: ReadonlySet<string> = new Set([...ALWAYS_KNOWN, "ConstantOfShape"]);

const BODIES: ReadonlySet<string> = new Set(["If", "Loop", "Scan", "SequenceMap"]);

/** Throws E_UNSUPPORTED_OP with all operators that nobody can translate, each with the first node that is one. */
export function refuseUnknown({ file, tensors, functions }: OnnxModel, order: readonly OnnxNode[]): void {
  const constant = new Set(tensors.keys());
  const unknown = new Map<string, string>();
  for (const node of order) {
    const isKnown = ALWAYS_KNOWN.has(node.op) || node.inputs.every((name) => name === "" || constant.has(name));
    const canFold = node.domain === "" && isKnown && (FOLDS.has(node.op) || MADE.has(node.op));
    if (isKnown) for (const output of node.outputs) constant.add(output);
    if (canFold || (node.domain === "" && OPERATORS.has(node.op))) continue;
    const name = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
    if (!unknown.has(name)) unknown.set(name, node.name);
  }
  if (unknown.size === 0) return;
  const hint = [...unknown.keys()].some((op) => BODIES.has(op))
    ? "branches and loops are not followed: export the network for inference, with its sizes fixed"
    : functions > 0
      ? "functions of the file's own are not followed: inline them (onnx.inliner.inline_local_functions)"
      : "detection and other post-processing can be cut off: onnx.utils.extract_model";
  throw new GradCamError("E_UNSUPPORTED_OP", {
    where: file,
    expected: "operators of image networks",
    got: [...unknown].map(([op, node]) => `${op} ("${node}")`).join(", "),
    hint,
  });
}

/** What this was written against. Opset 7 brought broadcasting. */
const OPSETS = [7, 22] as const;

/** ONNX's version. Throws E_OPSET for versions and domains that nobody here has read about. */
export function checkOpsets({ file, opsets, functions }: OnnxModel, order: readonly OnnxNode[]): number {
  const version = opsets.get("");
  const strange = order.find(({ domain }) => domain !== "" && functions === 0);
  const [first, last] = OPSETS;
  if (version !== undefined && version >= first && version <= last && !strange) return version;
  throw new GradCamError("E_OPSET", {
    where: strange ? `${file}: ${strange.where}` : file,
    expected: strange ? "ONNX's own operators" : `opset ${first} to ${last}`,
    got: strange ? `the domain "${strange.domain}"` : String(version ?? "none"),
    hint: strange
      ? "export without extensions of one runtime"
      : "convert it: onnx.version_converter.convert_version(model, 17)",
  });
}
