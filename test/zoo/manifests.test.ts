/** Weights by name and shape against Keras, torchvision and timm, for networks without reference numbers: test/golden/manifests. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import { elements, type Shape } from "../../src/shape.ts";
import type { ArchitectureName } from "../../src/zoo/architecture-names.ts";
import type { Architecture } from "../../src/zoo/architecture.ts";
import { architectures } from "../../src/zoo/index.ts";
import { inKerasOrder } from "../../src/zoo/keras-order.ts";
import { expectedShape } from "../../src/zoo/layout.ts";
import type { Naming } from "../../src/zoo/names/naming.ts";
import { Net } from "../../src/zoo/net.ts";
import type { WeightRequest } from "../../src/zoo/weights.ts";
import { goldenJson } from "../support/golden.ts";
import { syntheticParameter } from "../support/synthetic-weights.ts";

interface Manifest {
  parameters: number;
  sha256: string;
}

const GOLDEN = goldenJson<{
  keras: Record<ArchitectureName, Manifest & { last_map: [layer: string, shape: number[]] }>;
  torchvision: Record<ArchitectureName, Manifest>;
  timm: Record<ArchitectureName, Manifest>;
}>("manifests/manifests.json");

const entries = <T>(record: Record<ArchitectureName, T>): [ArchitectureName, T][] =>
  Object.entries(record) as [ArchitectureName, T][];

/** The network under one naming, and what it asked for. */
function build(name: ArchitectureName, { flavour, geometry }: Naming): { graph: Graph; requests: WeightRequest[] } {
  const architecture: Architecture = architectures[name];
  const { inputSize } = architecture;
  const requests: WeightRequest[] = [];
  const net = new Net(name, "test", {
    get(request) {
      requests.push(request);
      return syntheticParameter({ ...request, center: 0, scale: 1 });
    },
  });
  const options = { size: [inputSize, inputSize], classes: 1000, alpha: 1, flavour, ...geometry } as const;
  return { graph: net.finish(architecture.build(net, options)), requests };
}

const manifest = (weights: readonly (readonly [name: string, shape: Shape])[]): Manifest => ({
  parameters: weights.reduce((sum, [, shape]) => sum + elements(shape), 0),
  sha256: createHash("sha256")
    .update(weights.map(([name, shape]) => `${name} ${shape.join(",")}`).join("\n"))
    .digest("hex"),
});

describe("Keras", () => {
  it.each(entries(GOLDEN.keras))(
    "has the weights and the last map of our %s",
    (name, { last_map: last, ...theirs }) => {
      const { namings }: Architecture = architectures[name];
      const { graph } = build(name, namings[0]!);
      const shapes = new Map(graph.values.map((value) => [value.name, value.shape]));
      expect(manifest(inKerasOrder(graph).map((weight) => [weight, shapes.get(weight)!]))).toEqual(theirs);
      const output = graph.layers.find((layer) => layer.name === last[0])!.output;
      expect(graph.values[output]!.shape.slice(1)).toEqual(last[1]);
    },
  );
});

const asMatrix = (shape: Shape): Shape => (shape[2] === 1 && shape[3] === 1 ? shape.slice(0, 2) : shape);

/** Networks whose timm names are torchvision's. */
const namingCalled = (name: ArchitectureName, library: string): Naming => {
  const { namings }: Architecture = architectures[name];
  return namings.find((naming) => naming.name === library) ?? namings.find((naming) => naming.name === "torchvision")!;
};

describe.each(["torchvision", "timm"] as const)("%s", (library) => {
  it.each(entries(GOLDEN[library]))("has the tensors that our %s asks for", (name, theirs) => {
    const naming = namingCalled(name, library);
    const tensors = build(name, naming).requests.map((request) => {
      const shape =
        request.shape.length === 4 && request.role === "dense"
          ? request.shape
          : asMatrix(expectedShape(request, naming.layout));
      return [naming.tensor(request.name)!, shape] as const;
    });
    const sorted = tensors.sort(([a], [b]) => (a < b ? -1 : 1));
    expect(manifest(sorted)).toEqual({ parameters: theirs.parameters, sha256: theirs.sha256 });
  });
});
