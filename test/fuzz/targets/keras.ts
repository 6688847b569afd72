/**
 * Keras: the configuration of a network beside the weights of a golden file, which the first byte chooses, and archives as they are.
 * HDF5 is not what is tried here (hdf5.ts): each golden file is read once, and what was in it answers from then on.
 */
import { readFileSync } from "node:fs";
import { connect, type StartHdf5 } from "../../../src/load/hdf5/connection.ts";
import type { Hdf5Tree } from "../../../src/load/hdf5/tree.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { DEFAULT_LIMITS } from "../../../src/load/limits.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { ZipArchive } from "../../../src/load/zip.ts";
import { elements } from "../../../src/shape.ts";
import { zipBytes } from "../../support/zip-bytes.ts";
import { golden, type Target, use } from "./target.ts";

const ARCHIVES = [
  "k3_tiny",
  "k3_nested",
  "k3_merge",
  "k3_shape",
  "k3_siamese",
  "k3_sequential",
  "k2_nested",
  "k2_tiny",
];
/** Weights with an architecture beside them. */
const WEIGHTS = ["k2_tiny.weights_only.h5", "k2_nested.weights_only.h5", "k3_tiny.weights.h5", "k3_nested.h5"];

/** As much of HDF5 as it takes for a file to be one. */
const SIGNATURE = new Uint8Array(Buffer.from("\x89HDF\r\n\x1a\n", "latin1"));

interface Model {
  readonly config: Uint8Array;
  readonly tree: Hdf5Tree;
  readonly isArchive: boolean;
}

const file = (name: string): Uint8Array => golden(`keras/files/${name}`);

async function model(config: Uint8Array, weights: Uint8Array, isArchive: boolean): Promise<Model> {
  const { tree } = await connect(bytesSource(weights), DEFAULT_LIMITS, undefined);
  return { config, tree, isArchive };
}

async function archived(name: string): Promise<Model> {
  const archive = await ZipArchive.open(bytesSource(file(`${name}.keras`)), DEFAULT_LIMITS);
  const [config, weights] = await Promise.all([bytesOf(archive, "config.json"), bytesOf(archive, "model.weights.h5")]);
  return model(config, weights, true);
}

async function bytesOf(archive: ZipArchive, path: string): Promise<Uint8Array> {
  const member = await archive.member(path);
  return new Uint8Array(await member!.read(0, member!.size));
}

const beside = (name: string): Promise<Model> => {
  const config = readFileSync(`test/golden/keras/files/${name.split(".")[0]!}.architecture.json`);
  return model(new Uint8Array(config), file(name), false);
};

/** In place of a worker: says what was found before, and zeros for numbers. */
const remembered =
  (tree: Hdf5Tree): StartHdf5 =>
  (listener) => ({
    reads: "file",
    post(request) {
      if (request.ask === "open") listener.answer({ tree });
      else
        listener.answer({
          numbers: new Float32Array(request.boxes.reduce((sum, box) => sum + elements(box.count), 0)),
        });
    },
    terminate: () => undefined,
  });

const models = Promise.all([...ARCHIVES.map(archived), ...WEIGHTS.map(beside)]);

export const kerasConfig: Target = {
  seeds: async () => (await models).map(({ config }, i) => Uint8Array.of(i, ...config)),
  async read(bytes) {
    const all = await models;
    const { tree, isArchive } = all[(bytes[0] ?? 0) % all.length]!;
    const config = bytes.subarray(1);
    const startHdf5 = remembered(tree);
    if (isArchive) {
      const members = [
        { name: "config.json", bytes: config },
        { name: "model.weights.h5", bytes: SIGNATURE },
      ];
      return use(await loadGraph(bytesSource(zipBytes(members), "model.keras"), { startHdf5 }));
    }
    const architecture = new TextDecoder().decode(config);
    return use(await loadGraph(bytesSource(SIGNATURE, "model.h5"), { architecture, startHdf5 }));
  },
};

/** Small, since most of a real one is weights. */
const small = (): Uint8Array[] => {
  const members = [
    { name: "metadata.json", bytes: '{"keras_version":"3.15.1"}' },
    { name: "config.json", bytes: '{"class_name":"Sequential","config":{"layers":[]}}', deflate: true },
    { name: "model.weights.h5", bytes: SIGNATURE },
    { name: "assets/x", bytes: "" },
  ];
  return [zipBytes(members), zipBytes(members.slice(1, 3)), zipBytes([])];
};

export const zip: Target = {
  seeds: async () => {
    const [first] = await models;
    const { config } = first!;
    return [
      ...small(),
      zipBytes([{ name: "config.json", bytes: config, deflate: true }]),
      file("k212_sequential.keras"),
    ];
  },
  async read(bytes) {
    const source = bytesSource(bytes, "model.keras");
    const [first] = await models;
    const archive = await ZipArchive.open(source, DEFAULT_LIMITS);
    for (const name of archive.names) {
      const member = await archive.member(name);
      await member!.read(0, member!.size);
    }
    await use(await loadGraph(source, { format: "keras", startHdf5: remembered(first!.tree) }));
  },
};
