/** Small Keras files for tests of those that would like to be more than files. */
import { type GradCamError } from "../../../../src/errors.ts";
import { loadGraph, type LoadGraphOptions } from "../../../../src/load/index.ts";
import { bytesSource } from "../../../../src/load/source.ts";
import { goldenBytes } from "../../../support/golden.ts";
import { type Member, zipBytes } from "../../../support/zip-bytes.ts";

export type Json = Record<string, unknown>;

export const WEIGHTS = goldenBytes("keras/files/k3_tiny.weights.h5");
export const archive = (...members: readonly Member[]): Uint8Array => zipBytes(members);
export const model = (config: unknown, weights: Uint8Array = WEIGHTS): Uint8Array =>
  archive(
    { name: "metadata.json", bytes: '{"keras_version":"3.15.1"}' },
    { name: "config.json", bytes: typeof config === "string" ? config : JSON.stringify(config) },
    { name: "model.weights.h5", bytes: weights },
  );

export async function errorOf(bytes: Uint8Array, options: LoadGraphOptions = {}): Promise<GradCamError> {
  return loadGraph(bytesSource(bytes, "model.keras"), options).then(
    () => Promise.reject(new Error("it loads")),
    (error: unknown) => error as GradCamError,
  );
}

export const codeOf = async (bytes: Uint8Array, options?: LoadGraphOptions): Promise<string> =>
  (await errorOf(bytes, options)).code;

export const INPUT = { class_name: "InputLayer", config: { name: "image", batch_shape: [null, 9, 8, 3] } };
export const sequential = (...layers: readonly Json[]): Json => ({
  class_name: "Sequential",
  config: { name: "s", layers: [INPUT, ...layers] },
});
export const layer = (class_name: string, config: Json = {}, more: Json = {}): Json => ({
  class_name,
  ...more,
  config: { name: class_name.toLowerCase(), ...config },
});

/** A functional model of ReLUs: name → the layers that it takes. */
export const functional = (wires: Readonly<Record<string, readonly string[]>>, output: string): Json => ({
  class_name: "Functional",
  config: {
    name: "f",
    layers: [
      { ...INPUT, name: "image", inbound_nodes: [] },
      ...Object.entries(wires).map(([name, from]) => ({
        class_name: from.length > 1 ? "Add" : "ReLU",
        name,
        config: { name },
        inbound_nodes: [from.map((one) => [one, 0, 0, {}])],
      })),
    ],
    input_layers: [["image", 0, 0]],
    output_layers: [[output, 0, 0]],
  },
});
