/** Every model file of Keras 1, 2 and 3 in test/golden/keras/files: outputs and gradients of all inputs as Keras computed them. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type LoadedGraph, loadGraph } from "../../src/load/index.ts";
import { fileSource } from "../../src/node/file-source.ts";
import type { GradCamError } from "../../src/errors.ts";
import { EngineRoom } from "../../src/session.ts";
import { testEngine } from "../support/engine.ts";
import { codeOf } from "../support/error-code.ts";
import { goldenJson, maxDifference } from "../support/golden.ts";
import { syntheticValues } from "../support/synthetic-weights.ts";

const FOLDER = new URL("keras/files/", import.meta.url);

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Expected {
  readonly file: string;
  readonly tolerance: number;
  readonly architecture?: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly gradients: readonly Derivative[];
  /** With a synthetic cotangent, so that every element counts. */
  readonly vjp?: readonly Derivative[];
}

interface Derivative {
  readonly output: number;
  readonly flat_index?: number;
  readonly cotangent?: string;
  /** By input; null where nothing depends on it. */
  readonly inputs: readonly (readonly number[] | null)[];
}

/** Files with layers that this version has no operators for, and how many layers those are: all of them are named. */
const REFUSED: ReadonlyMap<string, number> = new Map([
  ["k2_acts.h5", 3],
  ["k3_acts.keras", 5],
  ["k3_norm.keras", 6],
  ["k3_shape.keras", 6],
  ["k3_transpose.keras", 6],
]);

/** One rounding of a probability of 0.998 is 3e-5 of what it lacks to 1, and so of the gradient behind the softmax. */
const SATURATED: ReadonlyMap<string, number> = new Map([["k3_chunked_attributes.h5", 4e-5]]);

const files = readdirSync(FOLDER)
  .filter((name) => /\.(keras|h5|weights\.json)\.json$/.test(name) && name !== "k3_lambda_refuse.keras.json")
  .map((name) => goldenJson<Expected>(`keras/files/${name}`));

async function load({ file, architecture }: Expected): Promise<LoadedGraph> {
  const text = architecture && JSON.stringify(goldenJson(`keras/files/${architecture}`));
  return loadGraph(await fileSource(new URL(file, FOLDER)), text ? { architecture: text } : {});
}

async function roomOf({ graph }: LoadedGraph): Promise<EngineRoom> {
  const engine = await testEngine("simd");
  return new EngineRoom(graph, engine, { dtype: "f32", exact: true, tuning: undefined, observe: undefined });
}

/** 1 at one place, or synthetic numbers at all. */
function seedOf({ flat_index, cotangent }: Derivative, length: number): Float32Array {
  if (cotangent !== undefined)
    return syntheticValues({ name: cotangent, center: 0, scale: 1, shape: [length] }, 0, length);
  return new Float32Array(length).fill(1, flat_index, flat_index! + 1);
}

/** By how much the largest difference is over the tolerance, which is relative to the largest number. */
function excess(got: Float32Array, wanted: readonly number[], tolerance: number): number {
  const largest = wanted.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  return maxDifference(got, wanted) - tolerance * largest;
}

describe("a model file of Keras", () => {
  it.each(files.filter(({ file }) => !REFUSED.has(file)))(
    "$file answers as in Keras, and so do its gradients",
    async (golden) => {
      const loaded = await load(golden);
      const { graph } = loaded;
      const room = await roomOf(loaded);
      const steep = SATURATED.get(golden.file) ?? golden.tolerance;
      expect(graph.inputs.map((id) => graph.values[id]!.name)).toEqual(golden.inputs.map(({ name }) => name));
      for (const [index, output] of golden.outputs.entries()) {
        const seed = graph.outputs[index]!;
        expect(graph.values[seed]!.shape, output.name).toEqual(output.shape);
        const derivatives = [...golden.gradients, ...(golden.vjp ?? [])].filter((one) => one.output === index);
        const wrt = graph.inputs.filter((_, i) => derivatives.some(({ inputs }) => inputs[i]));
        await room.exclusive(async () => {
          const execution = await room.execution({ batch: 1, keep: [seed], wrt, seed });
          golden.inputs.forEach(({ values }, i) => execution.write(graph.inputs[i]!, Float32Array.from(values)));
          execution.forward();
          const { data } = execution.read(seed);
          expect(excess(data, output.values, golden.tolerance), output.name).toBeLessThanOrEqual(0);
          for (const derivative of derivatives) {
            execution.backward(seedOf(derivative, data.length));
            derivative.inputs.forEach((wanted, i) => {
              if (!wanted) return;
              const got = execution.readGradient(graph.inputs[i]!).data;
              expect(excess(got, wanted, steep), `d ${output.name} / d ${golden.inputs[i]!.name}`).toBeLessThanOrEqual(
                0,
              );
            });
          }
        });
      }
      await loaded.close();
    },
  );

  it.each([...REFUSED])(
    "%s is refused, and all %i of its layers without an operator are named",
    async (name, layers) => {
      const golden = files.find(({ file }) => file === name)!;
      const error = await load(golden).then(
        () => undefined,
        (thrown: unknown) => thrown as GradCamError,
      );
      expect(error?.code).toBe("E_UNSUPPORTED_LAYER");
      expect(error?.got?.split("; ")).toHaveLength(layers);
    },
  );

  it("with a Lambda is refused by the layer's name", async () => {
    const file = new URL("k3_lambda_refuse.keras", FOLDER);
    expect(await codeOf(async () => loadGraph(await fileSource(file)))).toBe("E_UNSAFE_LAYER");
  });
});
