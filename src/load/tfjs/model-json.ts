/**
 * TensorFlow.js' model.json: a topology (Keras layers or a TensorFlow graph) and a manifest of weights in other files. A manifest
 * without topology is a file of its own: the bare array. After tfjs-core/src/io/types.ts.
 */
import { GradCamError } from "../../errors.ts";
import { readJson } from "../json-file.ts";
import type { Limits } from "../limits.ts";
import { show } from "../show.ts";
import type { RandomAccessSource } from "../source.ts";

/** An object whose fields nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>;

export interface ModelJson {
  /** What the topology is; "weights" where there is none. */
  readonly kind: "layers" | "graph" | "weights";
  readonly topology: Fields;
  /** The groups of weights, unchecked. */
  readonly manifest: readonly unknown[];
  /** The graph's inputs and outputs, if it says them. */
  readonly signature: Fields | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Throws E_HEADER_TOO_LARGE, E_HEADER_INVALID, E_JSON_DEPTH. */
export async function readModelJson(source: RandomAccessSource, limits: Limits): Promise<ModelJson> {
  const json = await readJson(source, limits);
  if (Array.isArray(json)) {
    return { kind: "weights", topology: {}, manifest: json, signature: undefined, metadata: {} };
  }
  const fields = object(json, source.name);
  const manifest = fields["weightsManifest"];
  if (!Array.isArray(manifest)) throw invalid(source.name, "a list weightsManifest", manifest);
  const { modelTopology: topology } = fields;
  return {
    kind: topology === undefined || topology === null ? "weights" : isGraph(topology) ? "graph" : "layers",
    topology: topology === undefined || topology === null ? {} : object(topology, `${source.name}: modelTopology`),
    manifest,
    signature: findSignature(fields, source.name),
    metadata: texts(fields, ["format", "generatedBy", "convertedBy"]),
  };
}

const isGraph = (topology: unknown): boolean => typeof topology === "object" && topology !== null && "node" in topology;

/** Converters before 3.8 put it into userDefinedMetadata. */
function findSignature(fields: Fields, file: string): Fields | undefined {
  const old = fields["userDefinedMetadata"];
  const found = fields["signature"] ?? (old ? object(old, `${file}: userDefinedMetadata`)["signature"] : undefined);
  return found === undefined || found === null ? undefined : object(found, `${file}: signature`);
}

function texts(fields: Fields, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = fields[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    }),
  );
}

/** Throws E_HEADER_INVALID unless `value` is an object. */
export function object(value: unknown, where: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(where, "an object", value);
}

export const invalid = (where: string, expected: string, got: unknown): GradCamError =>
  new GradCamError("E_HEADER_INVALID", { where, expected, got: show(got) });
