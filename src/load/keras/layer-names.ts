/**
 * What layers are called in the graph: as in the file, with the models around them ("outer/inner") where the name alone would
 * be said of two, and with the number of the call ("conv#2") from a layer's second call on.
 */
import type { LayerConfig, ModelConfig } from "./config.ts";

/** A place in the tree of models. */
export interface Scope {
  /** The models around it and the layer itself, the outermost first; empty for the whole network. */
  readonly path: readonly LayerConfig[];
  /** The name in the graph. */
  readonly name: string;
  /** With all models around it, whether that is needed or not. */
  readonly qualified: string;
  /** Whether any of the path was called before. */
  readonly repeated: boolean;
}

export const WHOLE: Scope = { path: [], name: "", qualified: "", repeated: false };

export class LayerNames {
  readonly #counts = new Map<string, number>();
  readonly #used = new Set<string>();

  constructor(model: ModelConfig) {
    this.#count(model);
  }

  /** The scope of call number `node` of a layer. */
  enter(scope: Scope, layer: LayerConfig, node: number): Scope {
    const local = node === 0 ? layer.name : `${layer.name}#${node + 1}`;
    const qualified = scope.path.length === 0 ? local : `${scope.qualified}/${local}`;
    const isClear = !scope.repeated && this.#counts.get(layer.name) === 1;
    const name = this.#unused(isClear ? local : qualified);
    return { path: [...scope.path, layer], name, qualified, repeated: scope.repeated || node > 0 };
  }

  /** Names in files may hold anything, "#2" too. */
  #unused(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.#used.has(name); i++) name = `${wanted}#${i}`;
    this.#used.add(name);
    return name;
  }

  #count({ layers }: ModelConfig): void {
    for (const { name, model } of layers) {
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
      if (model) this.#count(model);
    }
  }
}
