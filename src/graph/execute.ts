/** Runs a plan: forward once, then backward as often as there are questions. */
import { GradCamError } from "../errors.ts";
import type { LineWork, OpContext } from "../ops/op.ts";
import { elements, type Shape } from "../shape.ts";
import type { Engine } from "../wasm/instantiate.ts";
import { along, countOf, LINE } from "../wasm/job.ts";
import type { Tensor } from "../wasm/memory.ts";
import { type Band, runBands } from "./bands.ts";
import type { Node, ValueId } from "./graph.ts";
import type { ParameterStore } from "./parameter-store.ts";
import { opOf } from "./op-of.ts";
import type { BackwardStep, Plan } from "./plan.ts";

/** Multiply-adds that take as long as writing a zero. */
const CLEARING = 0.25;

/** A range of linear memory. */
export interface Region {
  readonly ptr: number;
}

/** One operator of a pass, as a profile needs to know it. */
export interface OperatorCall {
  readonly node: Node;
  /** In a backward pass: the gradients it adds to, by input; undefined in a forward pass. */
  readonly targets: BackwardStep["targets"] | undefined;
  /** Of all values, by id. */
  readonly shapes: readonly Shape[];
}

/** Stands around every operator call: must call `run` once. */
export type Observer = (call: OperatorCall, run: () => void) => void;

export class Execution {
  readonly #plan: Plan;
  readonly #engine: Engine;
  readonly #parameters = new Map<Node, (Tensor | undefined)[]>();
  readonly #region: Region;
  readonly #scratch: number[] = [];
  /** Tensors as they were handed to operators, for a region at #placedAt: made once, not in every run. */
  readonly #values: (Tensor | undefined)[] = [];
  readonly #gradients: (Tensor | undefined)[] = [];
  readonly #operands = new Map<Node, readonly (Tensor | undefined)[]>();
  #placedAt = NaN;
  readonly #context: OpContext;
  readonly #onScratch: (bytes: number) => void;
  readonly #observe: Observer | undefined;

  /**
   * The plan's parameters must be loaded.
   * @param region where values and gradients lie; it may move between runs, never during one
   * @param onScratch hears how much working memory each operator call held, in bytes
   * @param observe for profiles
   */
  constructor(
    plan: Plan,
    engine: Engine,
    store: ParameterStore,
    region: Region,
    onScratch: (bytes: number) => void = () => undefined,
    observe?: Observer,
  ) {
    this.#plan = plan;
    this.#engine = engine;
    this.#region = region;
    this.#onScratch = onScratch;
    this.#observe = observe;
    for (const { node } of plan.parameters)
      this.#parameters.set(node, new Array<Tensor | undefined>(node.inputs.length));
    for (const use of plan.parameters) this.#parameters.get(use.node)![use.input] = store.tensor(plan, use);
    this.#context = {
      kernels: engine.kernels,
      heap: engine.heap,
      team: engine.team,
      scratch: (bytes) => {
        const ptr = engine.heap.alloc(bytes);
        this.#scratch.push(ptr);
        return ptr;
      },
    };
  }

  get batch(): number {
    return this.#plan.request.batch;
  }

  /** Values that backward reads; with a plan that is backward only they must be written first. */
  get readByBackward(): readonly ValueId[] {
    return this.#plan.readByBackward;
  }

  get plannedBytes(): number {
    return this.#plan.bytes;
  }

  write(id: ValueId, values: Float32Array): void {
    this.#planned(this.#value(id)).set(values);
  }

  /** Lets a value be written where it lies. @param write must not keep what it is given */
  fill(id: ValueId, write: (into: Float32Array) => void): void {
    write(this.#planned(this.#value(id)));
  }

  /** A copy of a kept value. */
  read(id: ValueId): { data: Float32Array; shape: Shape } {
    const value = this.#value(id);
    return { data: this.#planned(value).slice(), shape: value.shape };
  }

  /** Numbers in a value. */
  sizeOf(id: ValueId): number {
    return elements(this.#plan.shapes[id]!);
  }

  /** Copies as much of a wanted gradient as `target` holds. */
  readGradientInto(id: ValueId, target: Float32Array): void {
    target.set(this.#planned(this.#gradient(id)).subarray(0, target.length));
  }

  /** A copy of a wanted gradient. */
  readGradient(id: ValueId): { data: Float32Array; shape: Shape } {
    const gradient = this.#gradient(id);
    return { data: this.#planned(gradient).slice(), shape: gradient.shape };
  }

  forward(): void {
    const { forward, bands } = this.#plan;
    for (let i = 0; i < forward.length; i++) {
      // An observer wants to see one operator after the other.
      const band = this.#observe ? undefined : bands.get(forward[i]!);
      if (band) this.#runBand(band);
      else this.#runNode(forward[i]!);
      if (band) i++;
    }
  }

  #runNode(node: Node): void {
    const inputs = this.#inputs(node);
    const y = this.#value(node.output);
    if (opOf(node).view) this.#copyView(inputs[0]!, y);
    else
      this.#call(node, undefined, () => {
        opOf(node).forward(this.#context, inputs, y, node.attrs);
      });
  }

  #runBand(band: Band): void {
    const { producer, consumer } = band;
    const work = (node: Node): LineWork =>
      opOf(node).byLines!(this.#context, this.#inputs(node), this.#value(node.output), node.attrs);
    this.#call(producer, undefined, () => {
      const works = { producer: work(producer), consumer: work(consumer) };
      const between = this.#value(producer.output).ptr;
      const [x, y] = [this.#inputs(producer)[0]!.ptr, this.#value(consumer.output).ptr];
      runBands(band, this.#engine.heap, { ...works, x, between, y });
    });
  }

  /** @param seed d(score)/d(seed value) */
  backward(seed: Float32Array): void {
    this.#planned(this.#gradient(this.#plan.request.seed!)).set(seed);
    for (const step of this.#plan.backward) this.#backwardStep(step);
  }

  #backwardStep({ node, fresh, targets, masked }: BackwardStep): void {
    for (const id of fresh) {
      this.#clear(this.#gradient(id));
    }
    if (opOf(node).view) return; // both gradients are the same bytes
    const call = {
      attrs: node.attrs as unknown,
      inputs: this.#inputs(node),
      y: this.#value(node.output),
      dy: this.#gradient(node.output),
      dInputs: targets.map((id) => (id === undefined ? undefined : this.#gradient(id))),
      masked,
    };
    this.#call(node, targets, () => {
      opOf(node).backward(this.#context, call);
    });
  }

  #clear(gradient: Tensor): void {
    const { length } = this.#planned(gradient);
    const args = [along(gradient.ptr, 4), countOf(4)] as const;
    this.#engine.team.run({ kernel: "clear", args, units: length, cost: CLEARING, step: LINE });
  }

  /** A view of a parameter is the one view that has storage of its own. */
  #copyView(x: Tensor, y: Tensor): void {
    if (x.ptr === y.ptr) return;
    const bytes = elements(y.shape) * 4;
    this.#engine.heap.u8(y.ptr, bytes).set(this.#engine.heap.u8(x.ptr, bytes));
  }

  #inputs(node: Node): readonly (Tensor | undefined)[] {
    this.#place();
    const known = this.#operands.get(node);
    if (known) return known;
    const parameters = this.#parameters.get(node);
    const inputs = node.inputs.map((id, index) =>
      id === undefined ? undefined : (parameters?.[index] ?? this.#value(id)),
    );
    this.#operands.set(node, inputs);
    return inputs;
  }

  #value(id: ValueId): Tensor {
    this.#place();
    return (this.#values[id] ??= this.#tensor(id, this.#plan.values));
  }

  #gradient(id: ValueId): Tensor {
    this.#place();
    return (this.#gradients[id] ??= this.#tensor(id, this.#plan.gradients));
  }

  /** Forgets where everything lay when the region has moved. */
  #place(): void {
    if (this.#placedAt === this.#region.ptr) return;
    this.#placedAt = this.#region.ptr;
    this.#values.length = 0;
    this.#gradients.length = 0;
    this.#operands.clear();
  }

  /** Values that were not planned have no address: touching them must never mean touching somebody else's bytes. */
  #tensor(id: ValueId, offsets: ReadonlyMap<ValueId, number>): Tensor {
    return { shape: this.#plan.shapes[id]!, ptr: this.#region.ptr + (offsets.get(id) ?? NaN), dtype: "f32" };
  }

  /** Throws E_INTERNAL for a value that the plan does not hold. */
  #planned({ ptr, shape }: Tensor): Float32Array {
    if (Number.isNaN(ptr)) throw new GradCamError("E_INTERNAL", { where: "execution", got: "a value without storage" });
    return this.#engine.heap.f32(ptr, elements(shape));
  }

  #call(node: Node, targets: OperatorCall["targets"], work: () => void): void {
    try {
      if (this.#observe) this.#observe({ node, targets, shapes: this.#plan.shapes }, work);
      else work();
    } finally {
      let held = 0;
      for (const ptr of this.#scratch) held += this.#engine.heap.sizeOf(ptr);
      this.#onScratch(held);
      for (const ptr of this.#scratch) this.#engine.heap.free(ptr);
      this.#scratch.length = 0;
    }
  }
}
