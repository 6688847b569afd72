/** One stored kernel, read by several nodes that lay it out differently: each gets its own numbers. */
import { expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { createModel } from "../../src/node.ts";
import { seeded } from "../support/random.ts";

it("a kernel that is used in one group and in two answers as two kernels would", async () => {
  const random = seeded(3);
  const kernel = parameterOf(Float32Array.from(random.array([3, 3, 4, 6]).data), [3, 3, 4, 6]);
  const attrs = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1] } as const;
  const g = new GraphBuilder("shared", "test");
  const x = g.input("x", [1, 5, 5, 4]);
  const weights = (name: string) => g.parameter(name, [3, 3, 4, 6], kernel);
  const own = (name: string) => g.parameter(name, [3, 3, 4, 6], { ...kernel });
  const pair = g.node("concat", "pair", [x, x], { axis: 3 });
  const convolved = [weights, own].flatMap((w) => [
    g.node("conv2d", `${w.name} 1`, [x, w(`${w.name} w1`)], { ...attrs, groups: 1 }),
    g.node("conv2d", `${w.name} 2`, [pair, w(`${w.name} w2`)], { ...attrs, groups: 2 }),
  ]);
  const model = await createModel(g.finish(convolved));
  const picture = { data: Float32Array.from(random.array([1, 5, 5, 4]).data), shape: [1, 5, 5, 4] };
  const answers = Object.values(await model.run(picture));
  model.dispose();
  expect(answers).toHaveLength(4);
  expect(answers[0]).toEqual(answers[2]);
  expect(answers[1]).toEqual(answers[3]);
});
