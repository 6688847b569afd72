/** With what a result was computed: goes into every line of JSON about a picture or a layer, so that it can be computed again. */
import type { EngineInfo, Model, ModelIdentity } from "../node.ts";
import { VERSION } from "../version.ts";

export interface Provenance {
  readonly model: ModelIdentity;
  readonly engine: EngineInfo;
  readonly version: string;
}

/** Reads the model's file once more, for its SHA-256, the first time. Throws E_IO. */
export async function provenanceOf(model: Model): Promise<Provenance> {
  await model.sha256();
  return { model: model.identity, engine: model.engine, version: VERSION };
}
