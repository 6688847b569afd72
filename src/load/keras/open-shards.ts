/** `*.weights.json`: which of several `.weights.h5` files holds the variables of which layer. */
import { GradCamError } from "../../errors.ts";
import type { GraphFile, OpenContext } from "../graph-file.ts";
import { Hdf5File } from "../hdf5.ts";
import { readJson } from "../json-file.ts";
import { MOST_SIBLINGS, openSibling } from "../sibling.ts";
import { show } from "../show.ts";
import type { RandomAccessSource } from "../source.ts";
import { architectureText, configOf, describeModel } from "./describe.ts";
import { versionOf } from "./open-h5.ts";
import { variableLookup } from "./stored-variables.ts";

/** Throws E_OPTION without an architecture, E_HEADER_INVALID, E_PATH_ESCAPE, E_SHARD_MISSING and what layersGraph throws. */
export async function openShards(source: RandomAccessSource, context: OpenContext): Promise<GraphFile> {
  const text = architectureText(context);
  if (text === undefined) {
    throw new GradCamError("E_OPTION", {
      where: source.name,
      expected: "the network's architecture: the shards hold weights only",
      got: "none",
      hint: 'open("model.json", "w").write(model.to_json()) in Keras, then --architecture model.json',
    });
  }
  const config = configOf(text, `${source.name} with the given architecture`, context);
  const files: Hdf5File[] = [];
  const close = async (): Promise<void> => {
    for (const file of files) await file.close();
    await source.close();
  };
  try {
    for (const name of await shardNames(source, context)) {
      files.push(await openShard(source, name, context));
    }
    const metadata = { keras_version: versionOf(text) };
    const described = { format: "keras-shards", where: source.name, metadata, context, close };
    return await describeModel(config, variableLookup(files, config), described);
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
}

async function openShard(source: RandomAccessSource, name: string, context: OpenContext): Promise<Hdf5File> {
  const shard = await openSibling(source, name, `${source.name}: weight_map`);
  try {
    return await Hdf5File.open(shard, context.limits, context.startHdf5);
  } catch (error) {
    await shard.close();
    throw error;
  }
}

/** Every file once, in the order of the index. A value of weight_map is a name or a list of names. */
async function shardNames(source: RandomAccessSource, context: OpenContext): Promise<string[]> {
  const json = await readJson(source, context.limits);
  const { weight_map: map } = json as { weight_map?: unknown };
  const names: unknown[] = typeof map === "object" && map !== null ? Object.values(map).flat() : [];
  const files = new Set(names);
  if (files.size === 0 || files.size > MOST_SIBLINGS || !isTexts(files)) {
    const expected = `weight_map: names of files by layer, at most ${MOST_SIBLINGS}`;
    throw new GradCamError("E_HEADER_INVALID", { where: source.name, expected, got: show(map) });
  }
  return [...files];
}

const isTexts = (values: ReadonlySet<unknown>): values is ReadonlySet<string> =>
  [...values].every((value) => typeof value === "string");
