/** Which architecture a file of bare tensors belongs to, and what is said when it nearly does. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import { readParameter } from "../../src/graph/parameter.ts";
import type { Shape } from "../../src/shape.ts";
import { type ArchitectureName, architectureNames } from "../../src/zoo/architecture-names.ts";
import { architectures } from "../../src/zoo/index.ts";
import { expectedShape } from "../../src/zoo/layout.ts";
import { matchArchitecture, type MatchOptions } from "../../src/zoo/match.ts";
import type { Naming } from "../../src/zoo/names/naming.ts";
import { Net } from "../../src/zoo/net.ts";
import type { WeightRequest } from "../../src/zoo/weights.ts";
import type { Architecture } from "../../src/zoo/architecture.ts";
import { codeOf } from "../support/error-code.ts";
import { storedTensors } from "../support/stored-tensors.ts";
import { syntheticParameter } from "../support/synthetic-weights.ts";

interface Variant {
  classes?: number;
  alpha?: number;
  size?: readonly [number, number];
}

type Entry = [name: string, shape: Shape];

/** The tensors of a file of this architecture under this naming. */
function fileOf(
  name: ArchitectureName,
  namingName: string,
  { classes = 1000, alpha = 1, size = [224, 224] }: Variant = {},
): Entry[] {
  const architecture: Architecture = architectures[name];
  const naming: Naming = architecture.namings.find((candidate) => candidate.name === namingName)!;
  const requests: WeightRequest[] = [];
  const net = new Net(name, "test", {
    get(request) {
      requests.push(request);
      return syntheticParameter({ ...request, center: 0, scale: 1 });
    },
  });
  architecture.build(net, { size, classes, alpha, flavour: naming.flavour, ...naming.geometry });
  return requests.map((request) => [
    naming.tensor(request.name)!,
    expectedShape(request, naming.layout, namingName !== "timm"),
  ]);
}

const match = (entries: Iterable<Entry>, options: Partial<MatchOptions> = {}) =>
  matchArchitecture(storedTensors(entries), { file: "file", format: "test", ...options });

const inputOf = (graph: Graph): Shape => graph.values[graph.inputs[0]!]!.shape;

describe("recognition", () => {
  const all = architectureNames.flatMap((name) => {
    const { namings }: Architecture = architectures[name];
    return namings.map((naming) => [name, naming.name] as const);
  });

  it.each(all)("finds %s by its %s names", async (name, naming) => {
    // Nothing in the tensors says that they were ported from TensorFlow.
    const found = await match(fileOf(name, naming), naming === "timm tf_" ? { architecture: `tf_${name}` } : {});
    expect(found.architecture).toBe(name);
    expect(found.naming).toBe(naming);
  });

  it("finds widths and class counts from the shapes", async () => {
    expect(await match(fileOf("mobilenet", "keras", { alpha: 0.5, classes: 7 }))).toMatchObject({
      architecture: "mobilenet",
      classes: 7,
    });
    expect(await match(fileOf("mobilenet-v2", "torchvision", { alpha: 0.35, classes: 2 }))).toMatchObject({
      classes: 2,
      preprocess: "torch",
    });
  });

  it("ignores the prefix of DataParallel and the counters of batch norms", async () => {
    const entries = fileOf("resnet50", "torchvision").map(([name, shape]): Entry => [`module.${name}`, shape]);
    entries.push(["module.bn1.num_batches_tracked", []]);
    expect((await match(entries)).architecture).toBe("resnet50");
  });

  it("takes a size that the weights allow", async () => {
    const { graph } = await match(fileOf("vgg16", "keras", { size: [96, 128] }), { size: [96, 128] });
    expect(inputOf(graph)).toEqual([1, 96, 128, 3]);
    expect(inputOf((await match(fileOf("resnet50", "keras"), { size: [320, 200] })).graph)).toEqual([1, 320, 200, 3]);
  });

  it("finds networks whose layers Keras numbered on from others, and files with classifiers on the side", async () => {
    const shift = (name: string): string =>
      name.replace(
        /^(conv2d|batch_normalization)(?:_(\d+))?\//,
        (_, kind: string, n = "0") => `${kind}_${Number(n) + 1}/`,
      );
    const numbered = fileOf("inception-v3", "keras").map(([name, shape]): Entry => [shift(name), shape]);
    expect((await match(numbered)).architecture).toBe("inception-v3");
    const aside: Entry[] = [...fileOf("googlenet", "torchvision"), ["aux1.fc1.weight", [1024, 2048]]];
    expect((await match(aside.map(([name, shape]): Entry => [`module.${name}`, shape]))).architecture).toBe(
      "googlenet",
    );
  });

  it("matches renamed layers by position once it is told the architecture", async () => {
    const renamed = fileOf("mobilenet", "keras").map(([name, shape]): Entry => [`renamed_${name}`, shape]);
    expect(await codeOf(() => match(renamed))).toBe("E_OPTION");
    expect(await match(renamed, { architecture: "MobileNet" })).toMatchObject({
      architecture: "mobilenet",
      naming: "keras, by position",
    });
  });
});

describe("layout", () => {
  it("turns OIHW into HWIO, [C,1,kH,kW] into [kH,kW,C,1] and [out,in] into [in,out]", async () => {
    const { graph } = await match(fileOf("mobilenet-v2", "torchvision"));
    const read = async (name: string) => readParameter(graph.values.find((value) => value.name === name)!.parameter!);
    const stem = await read("Conv1/kernel"); // from [32,3,3,3]
    expect(stem[((1 * 3 + 2) * 3 + 1) * 32 + 5]).toBe(((5 * 3 + 1) * 3 + 1) * 3 + 2);
    const depthwise = await read("block_1_depthwise/kernel"); // from [96,1,3,3]
    expect(depthwise[(2 * 3 + 1) * 96 + 40]).toBe((40 * 3 + 2) * 3 + 1);
    const dense = await read("predictions/kernel"); // from [1000,1280]
    expect(dense[3 * 1000 + 17]).toBe(17 * 1280 + 3);
  });

  it.each(["torchvision", "timm"])(
    "turns C·H·W rows of VGG's first dense layer into H·W·C, from %s",
    async (naming) => {
      const { graph } = await match(fileOf("vgg16", naming, { size: [64, 64] }), { size: [64, 64] });
      const parameter = graph.values.find(({ name }) => name === "fc1/kernel")!.parameter!;
      const kernel = await readParameter(parameter);
      const [h, w, c, out] = [1, 0, 37, 99];
      expect(kernel[((h * 2 + w) * 512 + c) * 4096 + out]).toBe(((out * 512 + c) * 2 + h) * 2 + w);
    },
  );
});

describe("near misses", () => {
  it("without classifier is a no-top file, for every architecture", async () => {
    for (const name of architectureNames) {
      const { top, namings }: Architecture = architectures[name];
      const naming = namings[0]!;
      const lost = new Set(top.flatMap((layer) => [naming.tensor(`${layer}/kernel`), naming.tensor(`${layer}/bias`)]));
      const entries = fileOf(name, naming.name).filter(([tensor]) => !lost.has(tensor));
      expect(await codeOf(() => match(entries)), name).toBe("E_SHAPE_MISMATCH");
      await expect(match(entries)).rejects.toThrow(/no-top file/);
    }
  });

  it("of another input size lists the layer with both shapes", async () => {
    await expect(match(fileOf("vgg16", "keras", { size: [96, 96] }))).rejects.toThrow(
      "file: expected the shapes of vgg16, got fc1/kernel [4608,4096] instead of [25088,4096]; another input size",
    );
  });

  it("with another number of classes than asked for lists both weights", async () => {
    await expect(match(fileOf("resnet50", "keras", { classes: 21_841 }), { classes: 1000 })).rejects.toThrow(
      "predictions/kernel [2048,21841] instead of [2048,1000], predictions/bias [21841] instead of [1000]",
    );
  });

  it("with one tensor lost names it", async () => {
    const entries = fileOf("resnet50", "keras").filter(([name]) => name !== "conv4_block2_2_bn/beta");
    expect(await codeOf(() => match(entries, { architecture: "resnet50" }))).toBe("E_WEIGHT_MISSING");
    await expect(match(entries, { architecture: "resnet50" })).rejects.toThrow("none for conv4_block2_2_bn/beta");
  });

  it("of a deeper member of the family is refused, not cut down", async () => {
    const deeper: Entry[] = [...fileOf("resnet50", "torchvision"), ["layer3.6.conv1.weight", [256, 1024, 1, 1]]];
    expect(await codeOf(() => match(deeper))).toBe("E_OPTION");
    await expect(match(deeper, { architecture: "resnet50" })).rejects.toThrow(/no place for: layer3\.6\.conv1\.weight/);
    await expect(match(fileOf("vgg19", "keras"), { architecture: "vgg16" })).rejects.toThrow(
      /no place for: block3_conv4/,
    );
  });

  it("of nothing known is answered with what is known", async () => {
    await expect(match([["encoder.weight", [3, 3]]])).rejects.toThrow(
      `file: expected weights of ${architectureNames.join(", ")}, got 1 tensors that fit none of them (encoder.weight, …)`,
    );
    await expect(match([], { architecture: "vgg61" })).rejects.toThrow(/did you mean "vgg1[69]"\?/);
  });
});

describe("the registry", () => {
  interface Entry {
    name: ArchitectureName;
    title: string;
    inputSize: number;
    preprocess: string;
    url?: string;
    bytes: number;
    md5?: string;
    licence: string;
  }
  const registry = JSON.parse(readFileSync("weights/registry.json", "utf8")) as Entry[];

  it("lists every architecture, and says what the zoo says", () => {
    expect(registry.map(({ name }) => name)).toEqual(architectureNames);
    for (const entry of registry) {
      const { title, inputSize, namings, official }: Architecture = architectures[entry.name];
      expect(entry).toMatchObject({ title, inputSize, preprocess: namings[0]!.preprocess, ...official });
    }
  });
});
