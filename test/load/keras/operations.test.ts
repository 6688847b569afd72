/** Operations called between layers, as Keras 3 and TensorFlow write them: each is its formula. */
import { describe, expect, it } from "vitest";
import { loadGraph } from "../../../src/load/index.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { EngineRoom } from "../../../src/session.ts";
import { codeOf } from "../../support/error-code.ts";
import { testEngine } from "../../support/engine.ts";
import { goldenBytes } from "../../support/golden.ts";
import { zipBytes } from "../../support/zip-bytes.ts";

type Json = Readonly<Record<string, unknown>>;

const WEIGHTS = goldenBytes("keras/files/k3_tiny.weights.h5");
const SHAPE = [1, 2, 2, 3];
const X = [0.5, -1.25, 2, 3, -0.75, 1.5, 0.25, 4, -2, 1, 0.125, -3];

interface Operation {
  readonly name: string;
  readonly config?: Json;
  /** After x. */
  readonly args?: readonly unknown[];
  readonly kwargs?: Json;
}

const image = (batch: string): Json => ({
  class_name: "InputLayer",
  name: "x",
  config: { name: "x", [batch]: [null, ...SHAPE.slice(1)] },
  inbound_nodes: [],
});
const functional = (layers: readonly Json[]): Json => ({
  class_name: "Functional",
  config: { name: "f", layers, input_layers: [["x", 0, 0]], output_layers: [["y", 0, 0]] },
});

const X_OF_KERAS3 = { class_name: "__keras_tensor__", config: { keras_history: ["x", 0, 0] } };

const keras3 = ({ name, config = {}, args = [], kwargs = {} }: Operation): Json =>
  functional([
    image("batch_shape"),
    {
      module: "keras.src.ops.numpy",
      class_name: name,
      name: "y",
      config: { name: "y", ...config },
      inbound_nodes: [{ args: [X_OF_KERAS3, ...args], kwargs }],
    },
  ]);

const tensorFlow = ({ name, kwargs = {} }: Operation): Json =>
  functional([
    image("batch_input_shape"),
    {
      class_name: "TFOpLambda",
      name: "y",
      config: { name: "y", function: name },
      inbound_nodes: [["x", 0, 0, kwargs]],
    },
  ]);

async function load(model: Json) {
  const members = [
    { name: "metadata.json", bytes: '{"keras_version":"3.15.1"}' },
    { name: "config.json", bytes: JSON.stringify(model) },
    { name: "model.weights.h5", bytes: WEIGHTS },
  ];
  return loadGraph(bytesSource(zipBytes(members), "model.keras"));
}

async function answer(model: Json): Promise<number[]> {
  const loaded = await load(model);
  const { graph } = loaded;
  const engine = await testEngine("simd");
  const room = new EngineRoom(graph, engine, { dtype: "f32", exact: true, tuning: undefined, observe: undefined });
  const y = graph.outputs[0]!;
  const data = await room.exclusive(async () => {
    const execution = await room.execution({ batch: 1, keep: [y], wrt: [] });
    execution.write(graph.inputs[0]!, Float32Array.from(X));
    execution.forward();
    return [...execution.read(y).data];
  });
  await loaded.close();
  return data;
}

const channels = [0, 1, 2];
const pixel = (p: number): number[] => X.slice(p * 3, p * 3 + 3);
const column = (c: number): number[] => X.filter((_, i) => i % 3 === c);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const pixels = [0, 1, 2, 3];
const shares = (values: readonly number[]): number[] =>
  values.map((value) => Math.exp(value) / sum(values.map((one) => Math.exp(one))));

const CASES: readonly (readonly [text: string, model: Json, want: readonly number[]])[] = [
  ["Absolute", keras3({ name: "Absolute" }), X.map(Math.abs)],
  ["Power by a number", keras3({ name: "Power", args: [2] }), X.map((x) => x ** 2)],
  ["Clip", keras3({ name: "Clip", config: { x_min: -1, x_max: 2 } }), X.map((x) => Math.min(Math.max(x, -1), 2))],
  [
    "Sum over channels",
    keras3({ name: "Sum", config: { axis: [-1], keepdims: true } }),
    pixels.map((p) => sum(pixel(p))),
  ],
  [
    "Max over positions",
    keras3({ name: "Max", config: { axis: [1, 2] } }),
    channels.map((c) => Math.max(...column(c))),
  ],
  [
    "Mean over one axis",
    keras3({ name: "Mean", config: { axis: 1 } }),
    [0, 1, 2, 3, 4, 5].map((i) => (X[i]! + X[i + 6]!) / 2),
  ],
  [
    "LogSoftmax",
    keras3({ name: "LogSoftmax", config: { axis: -1 } }),
    pixels.flatMap((p) => shares(pixel(p)).map(Math.log)),
  ],
  ["Greater", keras3({ name: "Greater", args: [0.5] }), X.map((x) => (x > 0.5 ? 1 : 0))],
  ["Where", keras3({ name: "Where", args: [1, -1] }), X.map(() => 1)],
  ["tf.math.sin", tensorFlow({ name: "math.sin" }), X.map(Math.sin)],
  ["tf.math.pow", tensorFlow({ name: "math.pow", kwargs: { y: 3 } }), X.map((x) => x ** 3)],
  [
    "tf.math.reduce_min",
    tensorFlow({ name: "math.reduce_min", kwargs: { axis: [3] } }),
    pixels.map((p) => Math.min(...pixel(p))),
  ],
  [
    "tf.clip_by_value",
    tensorFlow({ name: "clip_by_value", kwargs: { clip_value_min: 0, clip_value_max: 1 } }),
    X.map((x) => Math.min(Math.max(x, 0), 1)),
  ],
];

describe("an operation between layers", () => {
  it.each(CASES)("%s is its formula", async (_, model, want) => {
    const got = await answer(model);
    expect(got).toHaveLength(want.length);
    got.forEach((value, i) => {
      expect(Math.abs(value - want[i]!)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(want[i]!)));
    });
  });

  it("softmax over rows adds up to 1 along them", async () => {
    const got = await answer(keras3({ name: "Softmax", config: { axis: 1 } }));
    for (let i = 0; i < 6; i++) expect(got[i]! + got[i + 6]!).toBeCloseTo(1, 6);
  });

  it.each([
    ["the batch", { axis: 0 }],
    ["everything", {}],
    ["an axis that is not there", { axis: 4 }],
    ["with keepdims that is neither true nor false", { axis: 1, keepdims: "yes" }],
  ])("that reduces %s is refused", async (_, config) => {
    expect(await codeOf(async () => load(keras3({ name: "Sum", config })))).toBe("E_ATTR_INVALID");
    const { axis, ...kwargs } = config as Json;
    expect(await codeOf(async () => load(keras3({ name: "Sum", config: { axis }, kwargs })))).toBe("E_ATTR_INVALID");
  });

  it.each(["Concatenate", "Softmax", "LogSoftmax"])(
    "%s along the batch or two axes at once is refused",
    async (name) => {
      for (const axis of [0, -4, [1, 2], []]) {
        expect(await codeOf(async () => load(keras3({ name, config: { axis } })))).toBe("E_ATTR_INVALID");
      }
    },
  );
});
