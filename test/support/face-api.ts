/**
 * face-api's network of expressions as a Keras architecture; its package has it as a program, and weights in a manifest. Four dense
 * blocks of separable convolutions, each layer reading the sum of all before it in its block. After its src/faceFeatureExtractor.
 */
interface Layer {
  readonly class_name: string;
  readonly name: string;
  readonly config: object;
  readonly inbound_nodes: unknown;
}

export function faceExpressions(): object {
  const layers: Layer[] = [];
  const add = (kind: string, name: string, from: readonly string[], config: object = {}): string => {
    const inbound_nodes = from.length > 0 ? [from.map((layer) => [layer, 0, 0, {}])] : [];
    layers.push({ class_name: kind, name, config: { name, ...config }, inbound_nodes });
    return name;
  };
  const convolve = (name: string, from: string, filters: number, strides: number, kind = "SeparableConv2D"): string =>
    add(kind, name, [from], { filters, kernel_size: [3, 3], strides: [strides, strides], padding: "same" });
  const relu = (name: string, from: string): string => add("ReLU", name, [from]);
  const block = (name: string, from: string, filters: number, kind?: string): string => {
    const parts = [relu(`${name}_relu0`, convolve(`${name}_conv0`, from, filters, 2, kind))];
    let x = parts[0]!;
    for (let i = 1; i < 4; i++) {
      parts.push(convolve(`${name}_conv${i}`, x, filters, 1));
      x = relu(`${name}_relu${i}`, add("Add", `${name}_add${i}`, parts));
    }
    return x;
  };
  let x = add("InputLayer", "image", [], { batch_input_shape: [null, 112, 112, 3] });
  for (const [i, filters] of [32, 64, 128, 256].entries()) {
    x = block(`dense${i}`, x, filters, i === 0 ? "Conv2D" : undefined);
  }
  x = add("AveragePooling2D", "pool", [x], { pool_size: [7, 7], strides: [2, 2], padding: "valid" });
  x = add("Dense", "fc", [add("Flatten", "flatten", [x])], { units: 7, activation: "softmax" });
  const ends = { input_layers: [["image", 0, 0]], output_layers: [[x, 0, 0]] };
  return { class_name: "Functional", config: { name: "face_expressions", layers, ...ends } };
}
