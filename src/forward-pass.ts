/** One pass through a network, alone with its engine, and what is done with it. */
import type { Execution } from "./graph/execute.ts";
import type { Graph } from "./graph/graph.ts";
import type { PlanRequest } from "./graph/plan.ts";
import { matchInputs, type ModelInput, type TensorInfo } from "./model-input.ts";
import type { EngineRoom, Manner } from "./session.ts";
import type { HostTensor } from "./tensor.ts";

/** What a forward pass must leave behind, and what is done with it. */
export interface Job<T> {
  readonly request: Omit<PlanRequest, "batch">;
  readonly manner?: Manner;
  readonly work: (execution: Execution, inputs: readonly HostTensor[]) => T | Promise<T>;
}

interface Pass {
  readonly room: EngineRoom;
  readonly graph: Graph;
  /** As they are computed with. */
  readonly inputs: readonly TensorInfo[];
  readonly signal: AbortSignal | undefined;
}

/** Waits for the engine, runs forward as `prepare` asks for it, then its work. Throws E_INPUT_SHAPE; aborts before work begins. */
export async function forwardPass<T>(
  { room, graph, inputs, signal }: Pass,
  input: ModelInput,
  prepare: (room: EngineRoom) => Job<T>,
): Promise<T> {
  const { tensors, batch } = matchInputs(inputs, input);
  return room.exclusive(async () => {
    signal?.throwIfAborted();
    const { request, manner, work } = prepare(room);
    const execution = await room.execution({ batch, ...request }, manner);
    tensors.forEach((tensor, i) => {
      execution.write(graph.inputs[i]!, tensor.data);
    });
    execution.forward();
    return work(execution, tensors);
  });
}
