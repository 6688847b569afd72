/**
 * A plan says, before anything runs, which nodes run forward, which run backward, and where every value
 * and every gradient lies. Backward may run many times after one forward: what it reads is never overwritten.
 */
import { GradCamError } from "../errors.ts";
import type { Op } from "../ops/op.ts";
import { elements, type Shape } from "../shape.ts";
import { type Band, bandsOf } from "./bands.ts";
import { opOf } from "./op-of.ts";
import type { Graph, Node, ValueId } from "./graph.ts";
import { maskedWhereZero } from "./masked.ts";
import { ancestors, between } from "./path.ts";
import { type Buffer, placeBuffers } from "./storage.ts";

export interface PlanRequest {
  /** Batch size. */
  readonly batch: number;
  /** Values that must be readable after forward. */
  readonly keep: readonly ValueId[];
  /** Where backward starts; its gradient is given by the caller. */
  readonly seed?: ValueId;
  /** Values whose gradient is wanted: activations, inputs or parameters. */
  readonly wrt: readonly ValueId[];
  /** Values that are written before forward in place of the network's inputs; what they are computed from is not run. */
  readonly from?: readonly ValueId[];
  /** No forward pass: what backward reads is put in place by the caller, and nothing is kept. */
  readonly backwardOnly?: true;
}

export interface Plan {
  readonly graph: Graph;
  readonly request: PlanRequest;
  readonly shapes: readonly Shape[];
  readonly forward: readonly Node[];
  /** Nodes that run in turns with the next one, line by line. */
  readonly bands: ReadonlyMap<Node, Band>;
  readonly backward: readonly BackwardStep[];
  /** Values, no parameters, that backward reads. */
  readonly readByBackward: readonly ValueId[];
  /** Byte offset of every value that is stored in the planned region. */
  readonly values: ReadonlyMap<ValueId, number>;
  readonly gradients: ReadonlyMap<ValueId, number>;
  readonly bytes: number;
  /** Parameters to be loaded, each with the node input that says how it is laid out. */
  readonly parameters: readonly ParameterUse[];
}

export interface BackwardStep {
  readonly node: Node;
  /** Gradients that begin here and must be zeroed first. */
  readonly fresh: readonly ValueId[];
  /** By input index: the gradient to add to. */
  readonly targets: readonly (ValueId | undefined)[];
  /** By input index: whether its gradient matters only where its value is not 0. */
  readonly masked: readonly boolean[];
}

export interface ParameterUse {
  readonly id: ValueId;
  readonly node: Node;
  readonly input: number;
}

/** "w?" → "w", "...x" → "x"; a variadic name covers all further inputs. */
export function inputName(op: Op, index: number): string {
  const name = op.inputs[Math.min(index, op.inputs.length - 1)]!;
  return name.replace("?", "").replace("...", "");
}

export function makePlan(graph: Graph, request: PlanRequest): Plan {
  const shapes = shapesFor(graph, request.batch);
  const roots = storageRoots(graph);
  const path = request.seed === undefined ? new Set<ValueId>() : between(graph, request.wrt, request.seed);
  for (const id of request.wrt) requireReachable(graph, path, id);
  const backward = backwardNodes(graph, path, request);
  const read = [...new Set(backward.flatMap((node) => readByBackward(node, path)))].filter(
    (id) => !graph.values[id]!.parameter,
  );
  const seeds = request.seed === undefined ? [] : [request.seed];
  const kept = [...request.keep, ...read, ...seeds];
  const forward = request.backwardOnly ? [] : ancestors(graph, kept, request.from);
  const bands = bandsOf(forward, shapes, new Set(kept));
  const lifetimes = new Lifetimes(graph, shapes, roots);
  if (request.backwardOnly) lifetimes.given(read);
  else lifetimes.forward(request.from ?? graph.inputs, forward, [...request.keep, ...read], bands);
  const steps = lifetimes.backward(forward.length, backward, path, request);
  const parameters = uses(graph, new Set([...forward, ...backward]));
  return {
    graph,
    request,
    shapes,
    forward,
    bands,
    backward: steps,
    readByBackward: read,
    ...lifetimes.place(),
    parameters,
  };
}

function requireReachable(graph: Graph, path: ReadonlySet<ValueId>, id: ValueId): void {
  if (path.has(id)) return;
  throw new GradCamError("E_TARGET_LAYER", {
    where: `gradient of "${graph.values[id]!.name}"`,
    expected: "a value that the score depends on",
    hint: "choose a layer before the model's head",
  });
}

/** Shapes of all values when the inputs come in batches of `batch`. */
function shapesFor(graph: Graph, batch: number): Shape[] {
  const shapes = graph.values.map((value) => value.shape);
  for (const id of graph.inputs) shapes[id] = [batch, ...shapes[id]!.slice(1)];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => (id === undefined ? undefined : shapes[id]!));
    shapes[node.output] = opOf(node).shape(inputs, node.attrs, `${node.op} "${node.name}"`);
  }
  return shapes;
}

/** For every value, the value whose storage it shares (itself unless it is a view). */
function storageRoots(graph: Graph): ValueId[] {
  const roots = graph.values.map((_, id) => id);
  for (const node of graph.nodes) {
    const x = node.inputs[0];
    if (opOf(node).view && x !== undefined && !graph.values[x]!.parameter) roots[node.output] = roots[x]!;
  }
  return roots;
}

/** Nodes that pass a gradient from the seed towards what is wanted, last first. */
function backwardNodes(graph: Graph, path: ReadonlySet<ValueId>, { seed }: PlanRequest): Node[] {
  if (seed === undefined) return [];
  return ancestors(graph, [seed])
    .filter((node) => path.has(node.output) && node.inputs.some((id) => id !== undefined && path.has(id)))
    .reverse();
}

/** Activations that the gradients of `node` need, for the inputs whose gradient is on the path. */
function readByBackward(node: Node, path: ReadonlySet<ValueId>): ValueId[] {
  const op = opOf(node);
  const reads = op.reads(node.attrs);
  return node.inputs.flatMap((id, index) => {
    if (id === undefined || !path.has(id)) return [];
    const needed = reads[inputName(op, index)];
    if (!needed) {
      throw new GradCamError("E_UNSUPPORTED_OP", {
        where: `${node.op} "${node.name}"`,
        expected: `a gradient for its input "${inputName(op, index)}"`,
        got: "an input without one",
      });
    }
    return needed.flatMap((name) => valuesCalled(node, op, name));
  });
}

function valuesCalled(node: Node, op: Op, name: string): ValueId[] {
  if (name === "y") return [node.output];
  return node.inputs.filter((id, index) => id !== undefined && inputName(op, index) === name) as ValueId[];
}

function uses(graph: Graph, nodes: ReadonlySet<Node>): ParameterUse[] {
  return [...nodes].flatMap((node) =>
    node.inputs.flatMap((id, input) => (id !== undefined && graph.values[id]!.parameter ? [{ id, node, input }] : [])),
  );
}

/** Collects when each buffer is alive. Time: forward nodes are steps 0…F−1, backward nodes F…F+B−1. */
class Lifetimes {
  readonly #graph: Graph;
  readonly #shapes: readonly Shape[];
  readonly #roots: readonly ValueId[];
  readonly #values = new Map<ValueId, Buffer>();
  readonly #gradients = new Map<ValueId, Buffer>();

  constructor(graph: Graph, shapes: readonly Shape[], roots: readonly ValueId[]) {
    this.#graph = graph;
    this.#shapes = shapes;
    this.#roots = roots;
  }

  forward(
    written: readonly ValueId[],
    nodes: readonly Node[],
    kept: readonly ValueId[],
    bands: ReadonlyMap<Node, Band>,
  ): void {
    for (const id of written) this.#touch(this.#values, id, 0);
    nodes.forEach((node, step) => {
      this.#touch(this.#values, node.output, step);
      // What runs in turns with the next node reads until that ends.
      const last = bands.has(node) ? step + 1 : step;
      for (const id of node.inputs) if (id !== undefined) this.#touch(this.#values, id, last);
    });
    for (const id of kept) this.#touch(this.#values, id, Infinity);
  }

  /** These values are there from the beginning to the end. */
  given(ids: readonly ValueId[]): void {
    for (const id of ids) {
      this.#touch(this.#values, id, 0);
      this.#touch(this.#values, id, Infinity);
    }
  }

  backward(start: number, nodes: readonly Node[], path: ReadonlySet<ValueId>, request: PlanRequest): BackwardStep[] {
    const begun = new Set<ValueId>();
    if (request.seed !== undefined && path.size > 0) {
      this.#touch(this.#gradients, request.seed, start);
      begun.add(this.#roots[request.seed]!);
    }
    const masked = maskedWhereZero(this.#graph, path, request.wrt);
    const steps = nodes.map((node, index) => {
      this.#touch(this.#gradients, node.output, start + index);
      const targets = node.inputs.map((id) => (id !== undefined && path.has(id) ? id : undefined));
      const fresh: ValueId[] = [];
      for (const id of targets) {
        if (id === undefined) continue;
        this.#touch(this.#gradients, id, start + index);
        if (!begun.has(this.#roots[id]!)) fresh.push(id);
        begun.add(this.#roots[id]!);
      }
      return { node, fresh, targets, masked: targets.map((id) => id !== undefined && masked.has(id)) };
    });
    for (const id of request.wrt) this.#touch(this.#gradients, id, Infinity);
    return steps;
  }

  /** Extends the life of the storage of `id` to include `step`. Parameters' values live elsewhere. */
  #touch(buffers: Map<ValueId, Buffer>, id: ValueId, step: number): void {
    if (buffers === this.#values && this.#graph.values[id]!.parameter) return;
    const root = this.#roots[id]!;
    const buffer = buffers.get(root);
    if (!buffer) buffers.set(root, { bytes: elements(this.#shapes[root]!) * 4, first: step, last: step });
    else {
      buffer.first = Math.min(buffer.first, step);
      buffer.last = Math.max(buffer.last, step);
    }
  }

  place(): { values: Map<ValueId, number>; gradients: Map<ValueId, number>; bytes: number } {
    const { offsets, bytes } = placeBuffers([...this.#values.values(), ...this.#gradients.values()]);
    const at = new Map([...this.#values.keys()].map((root, index) => [root, offsets[index]!]));
    const gradientAt = new Map(
      [...this.#gradients.keys()].map((root, index) => [root, offsets[this.#values.size + index]!]),
    );
    return { values: this.#expand(at), gradients: this.#expand(gradientAt), bytes };
  }

  /** From storage roots to every value that shares them. */
  #expand(offsets: ReadonlyMap<ValueId, number>): Map<ValueId, number> {
    const expanded = new Map<ValueId, number>();
    this.#roots.forEach((root, id) => {
      const offset = offsets.get(root);
      if (offset !== undefined) expanded.set(id, offset);
    });
    return expanded;
  }
}
