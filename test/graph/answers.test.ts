/** Many questions after one forward pass, other samples between them, on the network that has every shape of trouble. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answers } from "../../src/answers.ts";
import { scoreSamples } from "../../src/others.ts";
import type { Samples } from "../../src/series.ts";
import { createModel, type Model } from "../../src/node.ts";
import { relativeL2 } from "../reference/ndarray.ts";
import { BUILDS } from "../support/engine.ts";
import { seeded } from "../support/random.ts";
import { CLASSES, graph, host, input } from "./troubled.ts";

/** Logits of all samples. */
async function rowsOf(answers: Answers, samples: Samples, layer?: string): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  await scoreSamples(answers, samples, (logits) => rows.push(logits.slice()), layer);
  return rows;
}

describe.each(BUILDS)("answers about a network with branches, gates and views, build %s", (build) => {
  let model: Model;
  beforeAll(async () => {
    model = await createModel(graph, { engine: { build } });
  });
  afterAll(() => {
    model.dispose();
  });

  it("answers many questions from one forward pass as it answers each alone, to the bit", async () => {
    const layers = ["stem", "block", "flat"];
    const seeds = Array.from({ length: 19 }, (_, n) =>
      Float32Array.from({ length: CLASSES }, (_value, i) =>
        n < CLASSES ? Number(i === n) : Math.sin(n * CLASSES + i),
      ),
    );
    const together = await model.ask(host(input(1)), layers, (answers) => answers.gradients(seeds));
    expect(together).toHaveLength(19);
    for (const [n, seed] of seeds.entries()) {
      const [alone] = await model.ask(host(input(1)), layers, (answers) => answers.gradients([seed]));
      for (const layer of layers) expect(together[n]!.get(layer), `${layer} ${n}`).toEqual(alone!.get(layer));
    }
  });

  it.each(["dw_bn", "block", "gated"])(
    "runs its head from the answers of %s, shortcuts around it included",
    async (layer) => {
      const [one, other] = [host(input(1)), host(seeded(5).array([1, 9, 11, 3]))];
      const given = await model.run(other, { outputs: [layer] });
      const direct = await model.ask(other, [], ({ logits }) => logits);
      const { gradients } = await model.gradients(one, { of: 1, wrt: [layer] });
      const samples = (answer: Float32Array) => ({
        name: "given",
        count: 11,
        write: (_: number, to: Float32Array) => {
          to.set(answer);
        },
      });
      await model.ask(one, [layer], async (answers) => {
        const own = await rowsOf(answers, samples(answers.activation(layer).data), layer);
        expect(own).toHaveLength(11);
        for (const row of own) expect(relativeL2(row, answers.logits)).toBeLessThanOrEqual(1e-5);
        const replaced = await rowsOf(answers, samples(given[layer]!.data), layer);
        if (layer === "dw_bn") expect(relativeL2(replaced[0]!, answers.logits)).toBeGreaterThan(1e-3);
        else for (const row of replaced) expect(relativeL2(row, direct)).toBeLessThanOrEqual(1e-5);
        // Other plans have run in the memory of the forward pass.
        const [, again] = await answers.gradients([0, 1]);
        expect(relativeL2(again!.get(layer)!.data, gradients[layer]!.data)).toBeLessThanOrEqual(1e-6);
      });
    },
  );
});
