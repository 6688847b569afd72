/** Who takes part in a race, with how many threads, at which kinds of work. */
import type { Work } from "../contenders/contender.ts";
import type { EntrantName } from "../contenders/entrants.ts";

export interface Runner {
  readonly name: EntrantName;
  /** Default: those of the race. */
  readonly threads?: number;
  /** Default: everything the race is about and the engine can do. */
  readonly works?: readonly Work[];
}

/** Whom everything is compared with. */
export const OURS: EntrantName = "gradcam-wasm";

/** Questions that no other engine is asked. */
const OURS_ALONE: readonly Work[] = ["ten-classes", "all-classes"];

const TURBO: readonly EntrantName[] = ["gradcam-wasm turbo, Node 24", "gradcam-wasm turbo, Node 26"];

const PEERS: readonly EntrantName[] = [
  "onnxruntime-node",
  "tfjs-node",
  "tfjs-node oneDNN",
  "tfjs-wasm",
  "onnxruntime-web",
  "pytorch",
  "openvino",
  "mnn",
  "ncnn",
  "jax-js",
];

/** What a quick look compares with. */
const QUICK_PEERS: readonly EntrantName[] = ["onnxruntime-node", "tfjs-wasm"];

/** Builds and hosts of ours that are compared with each other. */
const BUILDS: readonly EntrantName[] = [
  "gradcam-wasm",
  "gradcam-wasm simd",
  "gradcam-wasm exact",
  "gradcam-wasm, Node 22",
  "gradcam-wasm, Node 24",
  "gradcam-wasm, Node 26",
  ...TURBO,
];

/** Ours in its default and its fastest setting, and everybody else; with several threads also ours with one. */
export function field(works: readonly Work[], threads: number, quick: boolean): Runner[] {
  const shared = works.filter((work) => !OURS_ALONE.includes(work));
  const others = [...TURBO, ...(quick ? QUICK_PEERS : PEERS)];
  return [
    { name: OURS },
    ...(threads > 1 ? [{ name: OURS, threads: 1, works: ["forward"] } as const] : []),
    ...others.map((name): Runner => ({ name, works: shared })),
  ];
}

export const builds = (): Runner[] => BUILDS.map((name): Runner => ({ name }));
