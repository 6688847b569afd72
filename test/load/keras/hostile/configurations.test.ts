/** Keras files that would like to be more than files, by the rows of the list of hostile inputs: configurations. */
import { describe, expect, it } from "vitest";
import { loadGraph } from "../../../../src/load/index.ts";
import { bytesSource } from "../../../../src/load/source.ts";
import { type Member } from "../../../support/zip-bytes.ts";
import {
  archive,
  codeOf,
  errorOf,
  functional,
  INPUT,
  type Json,
  layer,
  model,
  sequential,
  WEIGHTS,
} from "./laboratory.ts";

describe("a configuration", () => {
  it("row 23: of custom layers, Lambdas and layers of the future has all of them listed at once", async () => {
    const error = await errorOf(
      model(
        sequential(
          layer("Lambda"),
          layer("TFSMLayer"),
          layer("Mine", {}, { registered_name: "my>Mine" }),
          layer("Conv2D", { name: "theirs" }, { module: "__main__" }),
          layer("LSTM"),
          layer("Activation", { activation: "my_own" }),
        ),
      ),
    );
    expect(error.code).toBe("E_UNSAFE_LAYER");
    expect(error.got?.split("; ").map((part) => part.split(":")[0])).toEqual([
      'Lambda "lambda"',
      'TFSMLayer "tfsmlayer"',
      'Mine "mine"',
      'Conv2D "theirs"',
      'LSTM "lstm"',
      'Activation "activation"',
    ]);
    expect(await codeOf(model(sequential(layer("LSTM"))))).toBe("E_UNSUPPORTED_LAYER");
    expect(await codeOf(model(sequential(layer("Conv2D", { data_format: "channels_first" }))))).toBe(
      "E_UNSUPPORTED_LAYER",
    );
  });

  it.each(["__proto__", "constructor", "", "a\u0000b", "../x"])(
    "row 15: with a layer called %j is refused",
    async (name) => {
      expect(await codeOf(model(sequential(layer("ReLU", { name }))))).toBe("E_NAME_INVALID");
      expect(({} as Json)["polluted"]).toBeUndefined();
    },
  );

  it("row 14: nested deeper than allowed, or with a key twice, is refused before it is parsed", async () => {
    expect(await codeOf(model("[".repeat(100_000)))).toBe("E_JSON_DEPTH");
    expect(await codeOf(model('{"class_name":"Sequential","class_name":"Functional"}'))).toBe("E_HEADER_INVALID");
  });

  it("with bytes that are no UTF-8 is refused, as are remarks with such bytes", async () => {
    const [good, bad] = [
      JSON.stringify(sequential(layer("ReLU"))),
      Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
    ];
    const files = (metadata: Member["bytes"], config: Member["bytes"]): Uint8Array =>
      archive(
        { name: "metadata.json", bytes: metadata },
        { name: "config.json", bytes: config },
        { name: "model.weights.h5", bytes: WEIGHTS },
      );
    expect(await codeOf(files(bad, good))).toBe("E_HEADER_INVALID");
    expect(await errorOf(files("{}", bad))).toMatchObject({ code: "E_HEADER_INVALID", expected: "UTF-8 text" });
  });

  it.each<[string, unknown]>([
    ["a list", []],
    ["a number", 1],
    ["a model without layers", { class_name: "Functional", config: {} }],
    ["layers without names", { class_name: "Sequential", config: { layers: [{ class_name: "ReLU", config: {} }] } }],
    ["two layers of one name", sequential(layer("ReLU"), layer("ReLU"))],
  ])("that is %s is malformed", async (_, config) => {
    expect(await codeOf(model(config))).toBe("E_HEADER_INVALID");
  });

  it("row 21: with a cycle, or with references to nothing, is refused", async () => {
    expect(await codeOf(model(functional({ a: ["image", "b"], b: ["a"] }, "b")))).toBe("E_GRAPH");
    expect(await codeOf(model(functional({ a: ["nowhere"] }, "a")))).toBe("E_GRAPH");
    expect(await codeOf(model(functional({ a: ["image"] }, "nowhere")))).toBe("E_GRAPH");
  });

  it("row 21: with a layer that is called without tensors, an InputLayer that is called, or no outputs, is refused", async () => {
    const kinds = (first: string, from: readonly string[], outputs: readonly string[]): Json => {
      const json = functional({ a: from }, "a") as { config: { layers: Json[]; output_layers: unknown } };
      Object.assign(json.config.layers[1]!, { class_name: first, config: { batch_shape: [null, 9, 8, 3] } });
      json.config.output_layers = outputs.map((name) => [name, 0, 0]);
      return json;
    };
    expect(await codeOf(model(kinds("ReLU", ["image"], [])))).toBe("E_HEADER_INVALID");
    expect(await codeOf(model(kinds("Concatenate", [], ["a"])))).toBe("E_GRAPH");
    expect(await codeOf(model(kinds("Add", [], ["a"])))).toBe("E_GRAPH");
    expect(await codeOf(model(kinds("InputLayer", ["image"], ["a"])))).toBe("E_UNSUPPORTED_LAYER");
  });

  it("row 27: with a sum of 10,000 tensors that stands before what makes them loads", async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `r${i}`);
    const wires = Object.fromEntries(names.map((name) => [name, ["image"]]));
    const { graph } = await loadGraph(bytesSource(model(functional({ sum: names, ...wires }, "sum"))));
    expect(graph.layers.slice(0, 2).map(({ name }) => name)).toEqual(["r0", "r1"]);
    expect(graph.layers.at(-1)!.name).toBe("sum");
  });

  it("of a model with 10,000 inputs of its own that is called 10,000 times loads", async () => {
    const idle = Array.from({ length: 10_000 }, (_, i) => ({ ...INPUT, name: `i${i}`, config: {}, inbound_nodes: [] }));
    const inner = functional({ r: ["image"] }, "r") as { config: { layers: Json[] } };
    inner.config.layers.push(...idle);
    const calls = Array.from({ length: 10_000 }, () => [["image", 0, 0, {}]]);
    const outer = functional({ last: ["m"] }, "last") as { config: { layers: Json[] } };
    outer.config.layers.push({ ...inner, name: "m", inbound_nodes: calls });
    const { graph } = await loadGraph(bytesSource(model(outer)));
    expect(graph.layers).toHaveLength(20_001);
  });

  it("repeats a vector a million times in one step, and a thousand million times not at all", async () => {
    const repeat = (n: number): Json => sequential(layer("Flatten"), layer("RepeatVector", { n }));
    const { graph } = await loadGraph(bytesSource(model(repeat(1_000_000))));
    expect(graph.values[graph.outputs[0]!]!.shape).toEqual([1, 1_000_000, 216]);
    expect(Math.max(...graph.nodes.map(({ inputs }) => inputs.length))).toBe(1);
    expect(await codeOf(model(repeat(1_000_000_000)))).toBe("E_TENSOR_TOO_LARGE");
  });

  it("of models that call models that call models stays below the limit of calls", async () => {
    const calls = (name: string): Json[] => Array.from({ length: 10 }, (_, i) => [[name, i, 0, {}]] as unknown as Json);
    let inner: Json = functional({ r: ["image"] }, "r");
    for (let depth = 0; depth < 6; depth++) {
      const name = `m${depth}`;
      inner = {
        class_name: "Functional",
        config: {
          name,
          layers: [
            { ...INPUT, name: "image", inbound_nodes: [] },
            {
              ...inner,
              name,
              config: { ...(inner["config"] as Json), name },
              inbound_nodes: [[["image", 0, 0, {}]], ...calls(name).slice(0, 9)],
            },
          ],
          input_layers: [["image", 0, 0]],
          output_layers: [[name, 9, 0]],
        },
      };
    }
    expect(await errorOf(model(inner), { limits: { tensors: 1000 } })).toMatchObject({
      code: "E_GRAPH",
      expected: expect.stringContaining("limit tensors") as string,
    });
  });

  it.each<[string, string, Json]>([
    ["stride 0", "E_ATTR_INVALID", layer("Conv2D", { filters: 2, kernel_size: 3, strides: 0 })],
    ["dilation 0", "E_ATTR_INVALID", layer("Conv2D", { filters: 2, kernel_size: 3, dilation_rate: [0, 1] })],
    ["no filters", "E_ATTR_INVALID", layer("Conv2D", { kernel_size: 3 })],
    ["a kernel of words", "E_ATTR_INVALID", layer("Conv2D", { filters: 2, kernel_size: "3" })],
    ["pool 0", "E_ATTR_INVALID", layer("MaxPooling2D", { pool_size: [0, 2] })],
    [
      "negative padding",
      "E_ATTR_INVALID",
      layer("ZeroPadding2D", {
        padding: [
          [-1, 0],
          [0, 0],
        ],
      }),
    ],
    ["cropping of everything", "E_SHAPE", layer("Cropping2D", { cropping: 9 })],
    ["a shape that does not fit", "E_ATTR_INVALID", layer("Reshape", { target_shape: [5, -1] })],
    ["an axis too many", "E_ATTR_INVALID", layer("Softmax", { axis: 7 })],
    ["a softmax over the batch", "E_ATTR_INVALID", layer("Softmax", { axis: -4 })],
    ["a mean square of the batch", "E_ATTR_INVALID", layer("RMSNormalization", { axis: 0 })],
    ["groups of the batch", "E_ATTR_INVALID", layer("GroupNormalization", { axis: 0, groups: 1 })],
    ["moments of the batch by its pictures", "E_ATTR_INVALID", layer("BatchNormalization", { axis: 0 })],
    ["pictures one behind the other", "E_ATTR_INVALID", layer("Concatenate", { axis: 0 })],
    ["an enlargement beyond the limit", "E_TENSOR_TOO_LARGE", layer("UpSampling2D", { size: 20_000 })],
  ])("row 34: with %s is refused with %s", async (_, code, one) => {
    expect(await codeOf(model(sequential(one)))).toBe(code);
  });

  it.each([
    layer("Resizing", { height: 9, width: 9, pad_to_aspect_ratio: true, fill_value: 1e308 }),
    layer("Rescaling", { scale: [-1e39] }),
    layer("ReLU", { threshold: 3.5e38 }),
  ])("row 34: with a number that f32 has none of is refused: %j", async (one) => {
    expect(await codeOf(model(sequential(one)))).toBe("E_ATTR_INVALID");
  });

  it("row 34: with groups that do not divide, or a kernel larger than the picture, is refused", async () => {
    expect(await codeOf(model(sequential(layer("Conv2D", { filters: 2, kernel_size: 3, groups: 2 }))))).toMatch(/^E_/);
    expect(await codeOf(model(sequential(layer("Conv2D", { filters: 2, kernel_size: 20 }))))).toMatch(
      /^E_(SHAPE|ATTR)/,
    );
  });

  it("row 35: with an open size asks for it", async () => {
    const open = (batch_shape: unknown): Json => ({
      class_name: "Sequential",
      config: { layers: [{ class_name: "InputLayer", config: { name: "image", batch_shape } }, layer("ReLU")] },
    });
    expect(await codeOf(model(open([null, null, null, 3])))).toBe("E_INPUT_SHAPE");
    expect(await codeOf(model(open([null, 0, 0, 3])))).toBe("E_INPUT_SHAPE");
    expect(await codeOf(model(open([null, 8, 8, 3])), { inputShape: [9, 9] })).toBe("E_OPTION");
    const { graph } = await loadGraph(bytesSource(model(open([null, null, null, 3]))), { inputShape: [5, 7] });
    expect(graph.values[graph.inputs[0]!]!.shape).toEqual([1, 5, 7, 3]);
  });
});

it("row 27: a configuration of 5000 layers loads", async () => {
  const many = Array.from({ length: 5000 }, (_, i) => layer("ReLU", { name: `größe_${i}` }));
  const { graph } = await loadGraph(bytesSource(model(sequential(...many))));
  expect(graph.layers).toHaveLength(5000);
});
