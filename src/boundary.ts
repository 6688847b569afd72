/** The boundary of a model: its values by name, and as its file and its users have them. */
import { GradCamError } from "./errors.ts";
import { channelsToEnd, channelsToFront } from "./file-layout.ts";
import { findValue } from "./graph/find.ts";
import type { Graph, ValueId } from "./graph/graph.ts";
import { atSize } from "./graph/passes/at-size.ts";
import { innerInfo, isTensor, matchInputs, type ModelInput, type TensorInfo, tensorInfo } from "./model-input.ts";
import type { Shape } from "./shape.ts";
import type { HostTensor } from "./tensor.ts";

export class Boundary {
  /** In the layout of the model's own file: pictures are [N,C,H,W] in ONNX. */
  readonly inputs: readonly TensorInfo[];
  /** The inputs as they are computed with: pictures are [N,H,W,C]. */
  readonly innerInputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.inputs = graph.inputs.map((id) => tensorInfo(graph, id));
    this.innerInputs = graph.inputs.map((id) => innerInfo(graph, id));
    this.outputs = graph.outputs.map((id) => tensorInfo(graph, id));
  }

  /** A layer, a tensor or a weight. Throws E_TARGET_LAYER. */
  find(name: string): ValueId {
    return findValue(this.#graph, name);
  }

  /** A value that a forward pass computes. Throws E_TARGET_LAYER. */
  findActivation(name: string): ValueId {
    const id = this.find(name);
    if (!this.#graph.values[id]!.parameter) return id;
    throw new GradCamError("E_TARGET_LAYER", {
      where: `output "${name}"`,
      expected: "a layer or a tensor that the network computes",
      got: "a weight",
      hint: "gradients() accepts weights",
    });
  }

  /** A weight. Throws E_TARGET_LAYER. */
  findWeight(name: string): ValueId {
    const id = this.find(name);
    const { parameter, name: where } = this.#graph.values[id]!;
    if (parameter) return id;
    throw new GradCamError("E_TARGET_LAYER", { where, expected: "a weight" });
  }

  /** What a user passes in, as it is computed with. Throws E_INPUT_SHAPE. */
  fromFile(input: ModelInput): ModelInput {
    const { tensors } = matchInputs(this.inputs, input);
    if (!this.#graph.inputs.some((id) => this.#graph.values[id]!.channelsFirst)) return input;
    const inner = tensors.map((tensor, i) => {
      const { channelsFirst, shape } = this.#graph.values[this.#graph.inputs[i]!]!;
      return channelsFirst ? channelsToEnd(tensor, shape.length) : tensor;
    });
    return inner.length === 1
      ? inner[0]!
      : Object.fromEntries(inner.map((tensor, i) => [this.inputs[i]!.name, tensor]));
  }

  /** A value as the file has it. */
  asInFile(id: ValueId, tensor: HostTensor): HostTensor {
    return this.#graph.values[id]!.channelsFirst ? channelsToFront(tensor) : tensor;
  }

  /**
   * The network up to `value` for a picture [1,H,W,C] of another size than the model's; undefined where `input` is none.
   * Throws E_INPUT_SHAPE.
   */
  sized(input: ModelInput, value: ValueId): Graph | undefined {
    const [own] = this.innerInputs as [TensorInfo];
    if (!isTensor(input) || own.layout !== "NHWC" || this.innerInputs.length > 1) return undefined;
    const { shape } = input;
    if (!Array.isArray(shape) || !shape.every(Number.isInteger)) return undefined;
    const [batch, height, width, channels] = shape as number[];
    if (shape.length !== 4 || batch !== 1 || channels !== own.shape[3]) return undefined;
    return height === own.shape[1] && width === own.shape[2] ? undefined : atSize(this.#graph, value, shape as Shape);
  }
}
