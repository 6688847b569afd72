/** The engine's side of a model: optimised graphs, plans and the one region of memory they take turns in. */
import { GradCamError } from "./errors.ts";
import { Execution, type Observer } from "./graph/execute.ts";
import type { Graph, ValueId } from "./graph/graph.ts";
import { optimize } from "./graph/optimize.ts";
import { ParameterStore } from "./graph/parameter-store.ts";
import { type FoldCache, foldBatchNorm } from "./graph/passes/fold-batch-norm.ts";
import { type NetworkLimits, NO_LIMITS } from "./graph/limits.ts";
import { type Choice, choiceFor, type Tuning } from "./graph/tuning.ts";
import { fusePad } from "./graph/passes/fuse-pad.ts";
import { type Shift, uniformShift } from "./graph/passes/uniform-shift.ts";
import { makePlan, type PlanRequest } from "./graph/plan.ts";
import type { Tangent } from "./graph/tangent/tangent.ts";
import { setBackwardRule } from "./graph/passes/backward-rule.ts";
import type { BackwardRule } from "./ops/backward-rule.ts";
import { showShape } from "./shape.ts";
import type { Build, Engine } from "./wasm/instantiate.ts";
import type { DType } from "./wasm/memory.ts";
import { scalarProducts } from "./wasm/scalar-products.ts";
import type { Team } from "./wasm/team.ts";

/** Plans kept ready; the least recently used one goes first. */
const MAX_PLANS = 16;

export interface EngineBytes {
  readonly weights: number;
  readonly planned: number;
  readonly scratch: number;
}

export interface RoomOptions {
  readonly dtype: DType;
  /** Every operator is computed as the graph has it: no batch norm is folded, every convolution is a plain sum. */
  readonly exact: boolean;
  /** Algorithms measured by the user; for what is neither exact nor narrow. */
  readonly tuning: Tuning | undefined;
  /** Stands around every operator call. */
  readonly observe: Observer | undefined;
  /** Default: none, for a network that the caller built. */
  readonly limits?: NetworkLimits | undefined;
}

/** What may be particular about an execution. */
export interface Manner {
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** In place of the network, its head as a function of a shift of a layer. */
  readonly shift?: Shift | undefined;
  /** In place of the network, it and how its scores change with a layer. */
  readonly tangent?: Tangent | undefined;
  /** In place of the network, a part of it for pictures of another size. */
  readonly sized?: Graph | undefined;
  /** How gradients pass ReLUs. */
  readonly rule?: BackwardRule | undefined;
}

/**
 * Hands out executions one job at a time. All plans share one region, so a job must finish before the next begins:
 * `exclusive` is the only way in.
 */
export class EngineRoom {
  readonly #graph: Graph;
  readonly #engine: Engine;
  readonly #store: ParameterStore;
  /** Undefined where kernels must stay exactly as stored, so batch norms are not folded into them. */
  #folds: FoldCache | undefined;
  readonly #observe: Observer | undefined;
  readonly #exact: boolean;
  /** Transformed kernels would take four times the memory that f16 or int8 is chosen to save. */
  readonly #algorithms: Choice | undefined;
  readonly #limits: NetworkLimits;
  readonly #shifts = new Map<ValueId, Shift | undefined>();
  readonly #plans = new Map<string, Execution>();
  readonly #region = { ptr: 0, bytes: 0 };
  #peakScratch = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #broken: unknown;

  constructor(graph: Graph, engine: Engine, { dtype, exact, tuning, observe, limits = NO_LIMITS }: RoomOptions) {
    this.#graph = graph;
    this.#engine = engine;
    this.#exact = exact;
    this.#observe = observe;
    this.#limits = limits;
    this.#store = new ParameterStore(engine, dtype, limits.weightBytes);
    this.#folds = exact || dtype !== "f32" ? undefined : new Map();
    this.#algorithms = exact || dtype !== "f32" ? undefined : choiceFor(engine.build, tuning);
  }

  get build(): Build {
    return this.#engine.build;
  }

  get fma(): boolean {
    return this.#engine.fma;
  }

  get turbo(): boolean {
    return this.#engine.turbo;
  }

  /** Threads that share the work, and why they are no more. */
  get threads(): Pick<Team, "threads" | "note"> {
    const { threads, note } = this.#engine.team;
    return { threads, note };
  }

  /** Size of the linear memory, in bytes. */
  get memoryBytes(): number {
    return this.#engine.heap.memory.buffer.byteLength;
  }

  get bytes(): EngineBytes {
    return { weights: this.#store.bytes, planned: this.#region.bytes, scratch: this.#peakScratch };
  }

  /** Runs `job` when all earlier ones are done. A trap or a lost worker makes this and all later jobs fail. */
  async exclusive<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(job);
    this.#tail = turn.catch((error: unknown) => {
      if (error instanceof WebAssembly.RuntimeError || isLostWorker(error)) this.#broken = error;
    });
    return turn;
  }

  /** Inside `exclusive`: an execution ready for forward(). Its results are valid until the job ends. */
  async execution(request: PlanRequest, manner: Manner = {}): Promise<Execution> {
    if (isLostWorker(this.#broken)) throw this.#broken;
    if (this.#broken !== undefined) {
      throw new GradCamError("E_INTERNAL", {
        where: "engine",
        got: "a WebAssembly trap in an earlier call",
        hint: "dispose of this model and load it again",
        cause: this.#broken,
      });
    }
    const { shift, tangent, rule, sized } = manner;
    const layers = [shift?.layer ?? "-", tangent?.layer ?? "-"];
    const key = [keyOf(request), ...layers, rule ?? "", inputShape(sized)].join("|");
    const execution = this.#plans.get(key) ?? (await this.#make(request, manner));
    this.#plans.delete(key);
    this.#plans.set(key, execution);
    if (this.#plans.size > MAX_PLANS) this.#plans.delete(this.#plans.keys().next().value!);
    this.#reserve(execution.plannedBytes);
    return execution;
  }

  /**
   * The head as a function of what is added to a layer at all positions alike, where there is one and it may be used:
   * `exact` computes gradients as the graph has them, and sums of f16 weights would be rounded once more.
   */
  shift(layer: ValueId, score: ValueId): Shift | undefined {
    if (this.#exact) return undefined;
    if (!this.#shifts.has(layer)) this.#shifts.set(layer, uniformShift(this.#graph, layer, score));
    const shift = this.#shifts.get(layer);
    return shift?.sumsWeights && this.#store.dtype !== "f32" ? undefined : shift;
  }

  /** The network with batch norms folded as plans have them, so that both read the same kernels. @param kept values that stay */
  folded(kept: Iterable<ValueId>): Graph {
    const all = new Set(kept);
    return this.#folds ? foldBatchNorm(fusePad(this.#graph, all), all, this.#folds) : this.#graph;
  }

  /** Inside `exclusive`: for every row its scalar products with all columns, which lie one behind the other. */
  product(rows: readonly Float32Array[], columns: Float32Array): Float32Array[] {
    return scalarProducts(this.#engine, rows, columns);
  }

  /** Replaces a parameter. From then on batch norms are computed, not folded: their numbers may change. */
  update(id: ValueId, values: Float32Array): void {
    if (this.#folds && this.#graph.nodes.some((node) => node.op === "batchNorm")) {
      this.#folds = undefined;
      this.#plans.clear();
    }
    this.#store.update(this.#graph.values[id]!, values);
  }

  /** The network with the numbers that took the place of the file's. */
  get current(): Graph {
    return this.#store.current(this.#graph);
  }

  /** An engine of the same kind. */
  another(): Promise<Engine> {
    return this.#engine.another();
  }

  /** Takes over the parameters of another room of the same network, as they are now. */
  adopt(other: EngineRoom): void {
    this.#store.adopt(other.#store);
    this.#folds &&= other.#folds && new Map();
  }

  /** Ends the workers. */
  dispose(): void {
    this.#engine.team.dispose();
  }

  async #make(request: PlanRequest, { shift, tangent, sized, rule, onBytes }: Manner): Promise<Execution> {
    const { keep, wrt, seed, from = [] } = request;
    const kept = new Set([...keep, ...wrt, ...from, ...(seed === undefined ? [] : [seed])]);
    const network = sized ?? tangent?.graph ?? shift?.graph ?? this.#graph;
    const graph = rule ? setBackwardRule(network, seed!, rule) : network;
    const optimizations = { folds: this.#folds, algorithms: this.#algorithms, ruled: rule !== undefined };
    const plan = makePlan(optimize(graph, kept, optimizations), request);
    if (this.#limits !== NO_LIMITS) (await import("./graph/check-pass.ts")).checkPass(plan, this.#limits);
    await this.#store.load(plan, onBytes);
    const onScratch = (held: number): void => {
      this.#peakScratch = Math.max(this.#peakScratch, held);
    };
    return new Execution(plan, this.#engine, this.#store, this.#region, onScratch, this.#observe);
  }

  /** Makes the shared region at least `bytes` long; what it held is over by now. */
  #reserve(bytes: number): void {
    if (bytes <= this.#region.bytes) return;
    if (this.#region.bytes > 0) this.#engine.heap.free(this.#region.ptr);
    this.#region.bytes = 0;
    this.#region.ptr = this.#engine.heap.alloc(bytes);
    this.#region.bytes = bytes;
  }
}

const isLostWorker = (error: unknown): error is GradCamError =>
  error instanceof GradCamError && error.code === "E_WORKER";

const inputShape = (graph: Graph | undefined): string =>
  graph ? showShape(graph.values[graph.inputs[0]!]!.shape) : "";

const keyOf = ({ batch, keep, seed, wrt, from = [], backwardOnly }: PlanRequest): string =>
  [batch, sorted(keep), seed ?? "-", sorted(wrt), sorted(from), backwardOnly ? "backward" : ""].join("|");

const sorted = (ids: readonly ValueId[]): string => [...new Set(ids)].sort((a, b) => a - b).join(",");
