import type { Graph } from "./graph/graph.ts";
import type { Preprocess } from "./image/preprocess.ts";
import type { Labels } from "./labels.ts";
import type { ModelOrigin } from "./model-facts.ts";
import type { RoomOptions } from "./session.ts";
import type { Engine } from "./wasm/instantiate.ts";

/** What a loader knows about a model beside its graph. */
export interface ModelParts extends RoomOptions {
  readonly graph: Graph;
  readonly engine: Engine;
  readonly preprocess: Preprocess;
  readonly labels: Labels | undefined;
  /** Default: nothing is known. */
  readonly origin?: ModelOrigin | undefined;
  /** Lets go of the file the parameters come from. */
  readonly close: () => void;
  /** SHA-256 of that file; undefined where there is none. */
  readonly hash?: (() => Promise<string | undefined>) | undefined;
}
