/** The parameters of one model in linear memory: each read once, laid out as its operator wants it, shared by all plans. */
import { GradCamError } from "../errors.ts";
import { ops } from "../ops/index.ts";
import type { Columns } from "../ops/narrow-weights.ts";
import type { OpContext, ParameterLayout } from "../ops/op.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import { bytesOf, type DType, type Heap, type Tensor } from "../wasm/memory.ts";
import type { Kernels } from "../wasm/kernels.ts";
import type { Engine } from "../wasm/instantiate.ts";
import type { Team } from "../wasm/team.ts";
import type { Graph, Value } from "./graph.ts";
import { fillParameter, type Parameter, parameterOf, type ParameterSource } from "./parameter.ts";
import { opOf } from "./op-of.ts";
import { inputName, type ParameterUse, type Plan } from "./plan.ts";
import { finishRange, quantize, roundRows, widenRange } from "./quantize.ts";

interface Stored {
  readonly tensor: Tensor;
  readonly use: Use;
}

/** How a node wants a parameter. */
interface Use {
  readonly layout: ParameterLayout<unknown> | undefined;
  readonly attrs: unknown;
  /** How output channels lie; undefined where it takes f32 only. */
  readonly columns: Columns | undefined;
}

/** Numbers converted per step while a long parameter is narrowed to f16: 4 MiB of f32. */
const CHUNK = 1 << 20;

export class ParameterStore {
  readonly #heap: Heap;
  readonly #kernels: Kernels;
  readonly #team: Team;
  /** How kernels are held by operators that take them so; everything else stays f32. */
  readonly dtype: DType;
  readonly #stored = new Map<Parameter, Map<string, Stored>>();
  /** Numbers that took the place of the file's. */
  readonly #replaced = new Map<Parameter, Parameter>();
  readonly #most: number;
  #bytes = 0;

  /** @param most bytes of all parameters */
  constructor({ heap, kernels, team }: Engine, dtype: DType, most = Infinity) {
    this.#heap = heap;
    this.#kernels = kernels;
    this.#team = team;
    this.dtype = dtype;
    this.#most = most;
  }

  /** Bytes of all parameters held: counted as they arrive, since every explanation says it. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Loads whatever the plan needs and is not here yet. `onBytes` hears of every parameter's size as it arrives.
   * Throws E_NETWORK_TOO_LARGE before anything is read where all would be too many.
   */
  async load(plan: Plan, onBytes?: (bytes: number) => void): Promise<void> {
    this.#checkRoom(plan);
    for (const use of plan.parameters) {
      const value = plan.graph.values[use.id]!;
      const parameter = value.parameter!;
      const wanted = describe(use, value);
      const key = keyOf(wanted);
      const layouts = this.#stored.get(parameter) ?? new Map<string, Stored>();
      this.#stored.set(parameter, layouts);
      if (layouts.has(key)) continue;
      const current = this.#replaced.get(parameter) ?? parameter;
      const tensor =
        this.#relaid(layouts.get("") ?? layouts.get(" f32"), wanted) ??
        (await this.#read(current, value.shape, wanted));
      layouts.set(key, { tensor, use: wanted });
      const bytes = byteLength(tensor, wanted);
      this.#bytes += bytes;
      onBytes?.(bytes);
    }
  }

  #checkRoom(plan: Plan): void {
    const counted = new Map<Parameter, Set<string>>();
    let bytes = this.#bytes;
    for (const use of plan.parameters) {
      const value = plan.graph.values[use.id]!;
      const parameter = value.parameter!;
      const wanted = describe(use, value);
      const key = keyOf(wanted);
      const layouts = counted.get(parameter) ?? new Set();
      counted.set(parameter, layouts);
      if (layouts.has(key) || this.#stored.get(parameter)?.has(key)) continue;
      layouts.add(key);
      bytes += byteLength({ shape: value.shape, dtype: wanted.columns ? this.dtype : "f32" }, wanted);
      if (bytes <= this.#most) continue;
      throw new GradCamError("E_NETWORK_TOO_LARGE", {
        where: `weight "${value.name}" of ${use.node.op} "${use.node.name}"`,
        expected: `at most ${this.#most} bytes of weights (limit weightBytes)`,
        got: `${bytes} with this one`,
        hint: 'try weights: "f16" or "int8" or, if you trust the file, a higher limit',
      });
    }
  }

  /** The loaded tensor of one use. */
  tensor(plan: Plan, use: ParameterUse): Tensor {
    const value = plan.graph.values[use.id]!;
    const stored = this.#stored.get(value.parameter!)?.get(keyOf(describe(use, value)));
    if (!stored) throw new GradCamError("E_INTERNAL", { where: `parameter of ${use.node.name}`, got: "not loaded" });
    return stored.tensor;
  }

  /** Overwrites a parameter in every layout it is held in, now and later. Throws E_SHAPE_MISMATCH. */
  update(value: Value, values: Float32Array): void {
    if (values.length !== elements(value.shape)) {
      throw new GradCamError("E_SHAPE_MISMATCH", {
        where: `weight "${value.name}"`,
        expected: showShape(value.shape),
        got: `${String(values.length)} numbers`,
      });
    }
    this.#replaced.set(value.parameter!, parameterOf(values.slice(), value.shape));
    for (const { tensor, use } of this.#stored.get(value.parameter!)?.values() ?? []) {
      this.#withScratch((scratch) => {
        const plain = scratch(values.length * 4);
        this.#heap.f32(plain, values.length).set(values);
        this.#lay({ ...tensor, ptr: plain, dtype: "f32" }, tensor, use, scratch);
      });
    }
  }

  /** The graph with the numbers that took the place of the file's. */
  current(graph: Graph): Graph {
    const values = graph.values.map((value) => {
      const parameter = value.parameter && this.#replaced.get(value.parameter);
      return parameter ? { ...value, parameter } : value;
    });
    return { ...graph, values };
  }

  /** Takes over numbers that took the place of the file's in another store of the same network. */
  adopt(other: ParameterStore): void {
    for (const [parameter, current] of other.#replaced) this.#replaced.set(parameter, current);
  }

  /** Another layout of numbers that are here in plain order, without the file. */
  #relaid(plain: Stored | undefined, use: Use): Tensor | undefined {
    const { layout, attrs } = use;
    if (!plain || !layout || plain.tensor.dtype !== "f32") return undefined;
    const { shape, dtype } = plain.tensor;
    const tensor: Tensor = { shape, dtype, ptr: this.#heap.alloc(bytesOf([layout.elements(shape, attrs)], dtype)) };
    this.#withScratch((scratch) => {
      this.#lay(plain.tensor, tensor, use, scratch);
    });
    return tensor;
  }

  async #read(parameter: Parameter, shape: Shape, use: Use): Promise<Tensor> {
    const { layout, columns } = use;
    const dtype = columns ? this.dtype : "f32";
    const length = lengthOf(shape, use);
    const ptr = this.#heap.alloc(bytesOf([length], dtype));
    const scales = dtype === "int8" && { scales: this.#heap.alloc((length / columns!.rows) * 4) };
    const tensor: Tensor = { shape, dtype, ptr, ...scales };
    if (!layout && dtype === "f32") await this.#fill(parameter, tensor.ptr);
    else if (layout || parameter.permutation) await this.#readAndLay(parameter, tensor, use);
    else if (dtype === "f16") await this.#narrowWhileReading(parameter, tensor.ptr);
    else await this.#quantizeWhileReading(parameter, tensor, columns!);
    return tensor;
  }

  async #readAndLay(parameter: Parameter, tensor: Tensor, use: Use): Promise<void> {
    const plain = this.#heap.alloc(elements(tensor.shape) * 4);
    await this.#fill(parameter, plain);
    this.#withScratch((scratch) => {
      this.#lay({ ...tensor, dtype: "f32", ptr: plain }, tensor, use, scratch);
    });
    this.#heap.free(plain);
  }

  /** The parameter in the graph's order as f32. Small ones are transposed by the core, large ones while they arrive. */
  async #fill(parameter: Parameter, target: number): Promise<void> {
    const { source, stored, permutation, scale } = parameter;
    if (permutation && source.length > CHUNK * 8) {
      return fillParameter(parameter, () => this.#heap.f32(target, source.length));
    }
    if (permutation) await this.#readTransposed(source, stored, permutation, target);
    else await this.#readPlain(source, target);
    if (scale) this.#scale(target, source.length, await scale());
  }

  /** applyScale, by the core. */
  #scale(target: number, length: number, scale: Float64Array): void {
    this.#withScratch((scratch) => {
      const factors = scratch(scale.byteLength);
      new Float64Array(this.#heap.memory.buffer, factors, scale.length).set(scale);
      this.#kernels.scaleRows(target, factors, length / scale.length, scale.length);
    });
  }

  async #readTransposed(
    source: ParameterSource,
    stored: Shape,
    permutation: readonly number[],
    target: number,
  ): Promise<void> {
    const plain = this.#heap.alloc(source.length * 4);
    await this.#readPlain(source, plain);
    this.#withScratch((scratch) => {
      const x: Tensor = { shape: stored, dtype: "f32", ptr: plain };
      const y: Tensor = { shape: permutation.map((axis) => stored[axis]!), dtype: "f32", ptr: target };
      ops.transpose.forward(this.#context(scratch), [x], y, { perm: permutation });
    });
    this.#heap.free(plain);
  }

  /** Storage order, as f32. */
  async #readPlain(source: ParameterSource, target: number): Promise<void> {
    for (let start = 0; start < source.length; start += CHUNK) {
      const end = Math.min(source.length, start + CHUNK);
      if (source.readHalves) {
        const halves = await source.readHalves(start, end);
        const staged = this.#heap.alloc(halves.length * 2);
        this.#heap.u16(staged, halves.length).set(halves);
        this.#kernels.widenF16(staged, target + start * 4, halves.length);
        this.#heap.free(staged);
      } else if (source.readInto) {
        source.readInto(start, this.#heap.f32(target + start * 4, end - start));
      } else {
        const values = await source.read(start, end);
        this.#heap.f32(target + start * 4, values.length).set(values);
      }
    }
  }

  /** A long f16 parameter never exists whole in f32. */
  async #narrowWhileReading({ source }: Parameter, target: number): Promise<void> {
    const chunk = this.#heap.alloc(CHUNK * 4);
    for (let start = 0; start < source.length; start += CHUNK) {
      const end = Math.min(source.length, start + CHUNK);
      if (source.readHalves) {
        const halves = await source.readHalves(start, end);
        this.#heap.u16(target + start * 2, halves.length).set(halves);
        continue;
      }
      const values = await source.read(start, end);
      this.#heap.f32(chunk, values.length).set(values);
      this.#kernels.narrowF16(chunk, target + start * 2, values.length);
    }
    this.#heap.free(chunk);
  }

  /** Nor does a long int8 one: the first reading finds the scales, the second rounds. */
  async #quantizeWhileReading({ source }: Parameter, target: Tensor, { rows, columns }: Columns): Promise<void> {
    const scales = new Float32Array(columns);
    const step = Math.max(1, Math.floor(CHUNK / columns)) * columns;
    for (let start = 0; start < rows * columns; start += step) {
      widenRange(await source.read(start, Math.min(source.length, start + step)), columns, scales);
    }
    finishRange(scales);
    this.#heap.f32(target.scales!, columns).set(scales);
    for (let start = 0; start < rows * columns; start += step) {
      const values = await source.read(start, Math.min(source.length, start + step));
      roundRows(values, columns, scales, this.#int8(target.ptr + start, values.length));
    }
  }

  #int8(ptr: number, length: number): Int8Array {
    const { buffer, byteOffset } = this.#heap.u8(ptr, length);
    return new Int8Array(buffer, byteOffset, length);
  }

  /** Plain row-major f32 → the layout and dtype of `target`. */
  #lay(plain: Tensor, target: Tensor, use: Use, scratch: OpContext["scratch"]): void {
    const { layout, attrs, columns } = use;
    const length = lengthOf(plain.shape, use);
    const wide = target.dtype === "f32" ? target.ptr : scratch(length * 4);
    if (layout) layout.pack(this.#context(scratch), plain, wide, attrs);
    else this.#heap.u8(wide, length * 4).set(this.#heap.u8(plain.ptr, length * 4));
    if (target.dtype === "f16") this.#kernels.narrowF16(wide, target.ptr, length);
    if (target.dtype !== "int8") return;
    const scales = this.#heap.f32(target.scales!, length / columns!.rows);
    quantize(this.#heap.f32(wide, length), columns!, scales, this.#int8(target.ptr, length));
  }

  #context(scratch: OpContext["scratch"]): OpContext {
    return { kernels: this.#kernels, heap: this.#heap, team: this.#team, scratch };
  }

  #withScratch(work: (scratch: OpContext["scratch"]) => void): void {
    const owned: number[] = [];
    try {
      work((bytes) => {
        const ptr = this.#heap.alloc(bytes);
        owned.push(ptr);
        return ptr;
      });
    } finally {
      for (const ptr of owned) this.#heap.free(ptr);
    }
  }
}

function describe({ node, input }: ParameterUse, { shape }: Value): Use {
  const op = opOf(node);
  const name = inputName(op, input);
  const { attrs } = node;
  return { layout: op.layouts?.(attrs)[name], attrs, columns: op.narrow?.(attrs)[name]?.(shape) };
}

/** What two uses may share: one that takes f32 only cannot share what the other holds in less. */
const keyOf = ({ layout, columns }: Use): string => (layout?.name ?? "") + (columns ? "" : " f32");

const lengthOf = (shape: Shape, { layout, attrs }: Use): number => layout?.elements(shape, attrs) ?? elements(shape);

function byteLength({ shape, dtype }: Pick<Tensor, "shape" | "dtype">, use: Use): number {
  const length = lengthOf(shape, use);
  return bytesOf([length], dtype) + (dtype === "int8" ? (length / use.columns!.rows) * 4 : 0);
}
