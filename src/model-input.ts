/** What a model is given: one tensor, or one per named input, all with the same batch size. */
import { GradCamError } from "./errors.ts";
import type { Graph, ValueId } from "./graph/graph.ts";
import { channelsFirstShape } from "./file-layout.ts";
import { type Shape, showShape } from "./shape.ts";
import { checkInput, type HostTensor } from "./tensor.ts";

/** An input or output of a model. */
export interface TensorInfo {
  readonly name: string;
  /** With the file's batch size. */
  readonly shape: Shape;
  readonly layout: "NHWC" | "NCHW" | "NC" | "other";
}

/** One tensor, or one for each input by its name. */
export type ModelInput = HostTensor | Readonly<Record<string, HostTensor>>;

/** As its file has it. */
export function tensorInfo(graph: Graph, id: ValueId): TensorInfo {
  const { name, shape, channelsFirst } = graph.values[id]!;
  if (!channelsFirst) return innerInfo(graph, id);
  return { name, shape: channelsFirstShape(shape), layout: shape.length === 4 ? "NCHW" : "other" };
}

/** As it is computed with. */
export function innerInfo(graph: Graph, id: ValueId): TensorInfo {
  const { name, shape } = graph.values[id]!;
  return { name, shape, layout: shape.length === 4 ? "NHWC" : shape.length === 2 ? "NC" : "other" };
}

/** The tensors in the order of `inputs`, and their batch size. Throws E_INPUT_SHAPE. */
export function matchInputs(
  inputs: readonly TensorInfo[],
  input: ModelInput,
): { tensors: HostTensor[]; batch: number } {
  const tensors = isTensor(input) ? [input] : inputs.map((info) => named(input, info));
  if (tensors.length !== inputs.length) {
    throw new GradCamError("E_INPUT_SHAPE", {
      where: "input",
      expected: `tensors for ${inputs.map(({ name }) => name).join(", ")}`,
      got: "one tensor",
    });
  }
  const batches = tensors.map((tensor, i) => checkInput(tensor, inputs[i]!.shape, `input "${inputs[i]!.name}"`));
  if (new Set(batches).size > 1) {
    throw new GradCamError("E_INPUT_SHAPE", { where: "inputs", expected: "one batch size", got: batches.join(", ") });
  }
  return { tensors, batch: batches[0]! };
}

/** Callers without types may pass anything. */
export const isTensor = (input: ModelInput | null | undefined): input is HostTensor =>
  input?.data instanceof Float32Array;

function named(
  input: Readonly<Record<string, HostTensor>> | null | undefined,
  { name, shape }: TensorInfo,
): HostTensor {
  const tensor = input?.[name];
  if (tensor) return tensor;
  throw new GradCamError("E_INPUT_SHAPE", { where: `input "${name}"`, expected: showShape(shape), got: "nothing" });
}
