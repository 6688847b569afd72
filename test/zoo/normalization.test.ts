/** What Keras's Normalization layer means with the numbers that files store, and how numbered layers are found again. */
import { expect, it } from "vitest";
import { parameterOf, readParameter } from "../../src/graph/parameter.ts";
import { storedVariance } from "../../src/zoo/normalization.ts";
import { renumber } from "../../src/zoo/renumber.ts";
import { storedTensors } from "../support/stored-tensors.ts";

const read = async (numbers: number[]): Promise<number[]> =>
  Array.from(await readParameter(storedVariance(parameterOf(Float32Array.from(numbers), [numbers.length]))));

it("takes the deviations that the official EfficientNet files store for deviations", async () => {
  // Keras: (x − m)/√0.229 and one more Rescaling by 1/√0.229, which is (x − m)/√0.229².
  expect(await read([0.229, 0.224, 0.225])).toEqual([0.229, 0.224, 0.225].map((d) => Math.fround(Math.fround(d) ** 2)));
});

it("takes every other number for the variance that it is", async () => {
  for (const numbers of [
    [1, 1, 1],
    [0.0524, 0.0502, 0.0506],
    [0.229, 0.224, 0.4],
  ]) {
    expect(await read(numbers)).toEqual(numbers.map(Math.fround));
  }
});

it("counts layers without a name of their own from the beginning again, kind by kind", () => {
  const file = ["conv2d_95/kernel", "conv2d_100/kernel", "batch_normalization_7/beta", "fc/kernel"];
  const renumbered = renumber(storedTensors(file.map((name) => [name, [1, 1]])));
  expect([...renumbered].map(([name, tensor]) => [name, tensor.name])).toEqual([
    ["conv2d/kernel", "conv2d_95/kernel"],
    ["conv2d_1/kernel", "conv2d_100/kernel"],
    ["batch_normalization/beta", "batch_normalization_7/beta"],
    ["fc/kernel", "fc/kernel"],
  ]);
});
