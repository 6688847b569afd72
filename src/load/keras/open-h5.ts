/** Keras's HDF5 files: legacy ones with or without a configuration, and `.weights.h5` of Keras 3. */
import type { GraphFile, OpenContext } from "../graph-file.ts";
import { Hdf5File } from "../hdf5.ts";
import { legacyTensors, versions } from "../keras-h5.ts";
import type { RandomAccessSource } from "../source.ts";
import type { TensorFile } from "../tensor-file.ts";
import { architectureText, configOf, type Described, describeModel, requestsOf } from "./describe.ts";
import { legacyLookup } from "./legacy-lookup.ts";
import { isVariableFile, namedVariables, variableLookup } from "./stored-variables.ts";

/**
 * With an architecture in the file or in `context`, the network that it describes; otherwise tensors for the zoo, as also where
 * the user names an architecture of the zoo. Throws E_TRUNCATED, E_HEADER_INVALID, E_H5_…, E_NOT_A_MODEL and what layersGraph throws.
 */
export async function openKerasH5(source: RandomAccessSource, context: OpenContext): Promise<TensorFile | GraphFile> {
  const file = await Hdf5File.open(source, context.limits, context.startHdf5);
  try {
    return await readFile(file, context);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readFile(file: Hdf5File, context: OpenContext): Promise<TensorFile | GraphFile> {
  const { architecture, limits } = context;
  const given = architectureText(context);
  const own = architecture === undefined ? configIn(file) : undefined;
  const text = given ?? own;
  const isVariables = isVariableFile(file);
  if (text === undefined) {
    return isVariables
      ? { format: "keras-weights", tensors: namedVariables(file), metadata: {}, close: () => file.close() }
      : legacyTensors(file, limits);
  }
  const where = given === undefined ? file.name : `${file.name} with the given architecture`;
  const config = configOf(text, where, context);
  // Files of variables do not say who wrote them: Keras 3, unless the architecture is one of Keras 2.
  const metadata = isVariables ? { keras_version: versionOf(text) } : versions(file);
  const described: Described = {
    format: isVariables ? "keras-weights" : "keras-h5",
    where,
    metadata,
    context,
    close: () => file.close(),
  };
  const weights = isVariables
    ? variableLookup([file], config)
    : legacyLookup(file, requestsOf(config, described), limits);
  return describeModel(config, weights, described);
}

const configIn = (file: Hdf5File): string | undefined => file.strings("", "model_config")?.[0];

/** Keras 2 writes the version into an architecture, and `batch_input_shape`; Keras 3 does neither. */
export function versionOf(text: string): string {
  const [, written] = /"keras_version":\s*"([^"]+)"/.exec(text) ?? [];
  return written ?? (text.includes('"batch_input_shape"') ? "2" : "3");
}
