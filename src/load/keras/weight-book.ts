/**
 * The weights of a network while its layers are walked: each is a parameter once, however often its layer is called.
 * What is missing or has another shape is gathered, so that one error tells all of it.
 */
import { GradCamError } from "../../errors.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { ValueId } from "../../graph/graph.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { elements, sameShape, type Shape, showShape } from "../../shape.ts";
import type { LayerConfig } from "./config.ts";
import { requestName, type WeightLookup, type WeightRequest } from "./weights.ts";

/** Problems that a message lists; the others are counted. */
const SHOWN = 8;

interface Wanted {
  readonly path: readonly LayerConfig[];
  /** The name of the value. */
  readonly name: string;
  readonly weight: string;
  readonly shape: Shape;
  readonly view: Shape;
  readonly compute?: (stored: number) => number;
}

export class WeightBook {
  readonly #builder: GraphBuilder;
  readonly #find: WeightLookup;
  readonly #values = new Map<LayerConfig, Map<string, ValueId>>();
  readonly #missing: string[] = [];
  readonly #mismatched: string[] = [];

  constructor(builder: GraphBuilder, find: WeightLookup) {
    this.#builder = builder;
    this.#find = find;
  }

  /** The value of a weight, made when it is first asked for. */
  value(wanted: Wanted): ValueId {
    const layer = wanted.path.at(-1)!;
    const known = this.#values.get(layer) ?? new Map<string, ValueId>();
    this.#values.set(layer, known);
    const found = known.get(wanted.weight);
    if (found !== undefined) return found;
    const { path, weight, shape, compute } = wanted;
    const stored = this.#parameter({ path, weight, index: known.size, shape });
    const parameter = compute ? mapped(stored, compute) : stored;
    const value = this.#builder.parameter(wanted.name, wanted.view, parameter);
    known.set(weight, value);
    return value;
  }

  /** Throws E_WEIGHT_MISSING or E_SHAPE_MISMATCH with everything that was found wrong. */
  check(where: string): void {
    if (this.#mismatched.length > 0) {
      throw new GradCamError("E_SHAPE_MISMATCH", {
        where,
        expected: "weights of the shapes that the architecture says",
        got: listed([...this.#mismatched, ...this.#missing.map((name) => `none for ${name}`)]),
        hint: "the weights belong to another architecture, input size or number of classes",
      });
    }
    if (this.#missing.length > 0) {
      throw new GradCamError("E_WEIGHT_MISSING", {
        where,
        expected: "a weight for each that the architecture has",
        got: `none for ${listed(this.#missing)}`,
      });
    }
  }

  #parameter(request: WeightRequest): Parameter {
    const { shape } = request;
    const tensor = this.#find(request);
    if (tensor && sameShape(tensor.shape, shape)) return tensor.parameter();
    if (tensor) {
      this.#mismatched.push(`${requestName(request)} ${showShape(tensor.shape)} instead of ${showShape(shape)}`);
    } else {
      this.#missing.push(requestName(request));
    }
    return absent(shape);
  }
}

/** Stands for what is not there until the walk is over: it is never read. */
function absent(shape: Shape): Parameter {
  const read = (): never => {
    throw new GradCamError("E_INTERNAL", { where: "a weight that the file has not", got: "a read" });
  };
  return { stored: shape, source: { length: elements(shape), read } };
}

function mapped({ source, stored }: Parameter, compute: (stored: number) => number): Parameter {
  const read = async (start: number, end: number): Promise<Float32Array> =>
    (await source.read(start, end)).map(compute);
  return { stored, source: { length: source.length, read } };
}

const listed = (items: readonly string[]): string =>
  items.slice(0, SHOWN).join(", ") + (items.length > SHOWN ? ` and ${items.length - SHOWN} more` : "");
