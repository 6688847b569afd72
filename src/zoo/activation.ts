/** Activations by the names that architectures use, as nodes of a graph. */
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";

export type Activation = "relu" | "relu6" | "swish" | "hardSwish" | "sigmoid" | "hardSigmoid" | "softmax";

/** relu6(x + 3) / 6, the hard sigmoid of MobileNetV3 and Keras 3. */
const HARD_SIGMOID = { alpha: 1 / 6, beta: 0.5 } as const;

export function activate(builder: GraphBuilder, x: ValueId, name: string, activation: Activation): ValueId {
  switch (activation) {
    case "relu6":
      return builder.node("clippedRelu", name, [x], { max: 6 });
    case "hardSigmoid":
      return builder.node("hardSigmoid", name, [x], HARD_SIGMOID);
    default:
      return builder.node(activation, name, [x], {});
  }
}
