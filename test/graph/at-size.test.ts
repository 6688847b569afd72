/** Networks of pictures of another size: operators that only files need go along. */
import { expect, it } from "vitest";
import { fileBuilder } from "../../src/graph/file-builder.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { NO_LIMITS } from "../../src/graph/limits.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { createModel, type HostTensor } from "../../src/node.ts";
import { seeded } from "../support/random.ts";

const CONVOLUTION = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;

/** Convolution → local response normalisation → enlargement, for squares. */
function network(side: number): Graph {
  const g = fileBuilder("sized", "test", NO_LIMITS);
  const shape = [3, 3, 3, 8];
  const kernel = g.parameter("kernel", shape, parameterOf(Float32Array.from(seeded(2).array(shape).data), shape));
  const conv = g.node("conv2d", "conv", [g.input("input", [1, side, side, 3]), kernel], CONVOLUTION);
  const norm = g.node("lrn", "norm", [conv], { size: 5, alpha: 1e-2, beta: 0.75, bias: 1 });
  const large = g.node("upsample", "large", [norm], { factor: [2, 2], mode: "bilinear" });
  return g.finish([g.layer("large", "Upsample", large)]);
}

it.each([12, 40])(
  "differentiates operators of files by a picture of %i pixels as a network made for it",
  async (side) => {
    const shape = [1, side, side, 3];
    const picture = { data: Float32Array.from(seeded(4).array(shape).data), shape };
    const score = ({ data }: HostTensor) => ({ value: data[7]!, gradient: data.map((value, i) => value * (i % 5)) });
    const [own, other] = [await createModel(network(side)), await createModel(network(24))];
    const expected = await own.inputGradient(picture, "large", score);
    expect(await other.inputGradient(picture, "large", score)).toEqual(expected);
    own.dispose();
    other.dispose();
  },
);

it("takes no part of a pixel", async () => {
  const model = await createModel(network(12));
  const half = { data: new Float32Array(18), shape: [1, 1.5, 4, 3] };
  const score = ({ data }: HostTensor) => ({ value: 0, gradient: data });
  await expect(model.inputGradient(half, "large", score)).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
  model.dispose();
});
