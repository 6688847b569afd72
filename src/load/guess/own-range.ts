/**
 * Whether a network begins with arithmetic on its picture, y = gain·(x − shift) with numbers of its own, and which range of x that is
 * made for: 1/127.5·x − 1 takes bytes, (x − 0.485) / 0.229 takes 0 … 1.
 */
import type { Graph, ValueId } from "../../graph/graph.ts";
import { readParameter } from "../../graph/parameter.ts";
import { elements } from "../../shape.ts";

/** Numbers per operand: one for each colour, and for opacity. */
const COLOURS = 4;

/** Operators in a row: more than any network begins with. */
const LONGEST = 8;

/** What multiplies 0 … 1 by less leaves nothing of it; what multiplies bytes by more leaves a range that nobody trains with. */
const BYTE_GAIN = 0.1;

/** Means of pictures between 0 and 1 are smaller. */
const BYTE_SHIFT = 2;

/** 255, 1, or undefined where it begins with something else. Reads the numbers. */
export async function ownRange(graph: Graph): Promise<255 | 1 | undefined> {
  let gain = 1;
  let shift = 0;
  let value = graph.inputs[0]!;
  for (let i = 0; i < LONGEST; i++) {
    const step = stepFrom(graph, value);
    if (!step) break;
    const numbers = (await readParameter(graph.values[step.operand]!.parameter!)).map(Math.abs);
    if (step.op === "mul") gain *= Math.max(...numbers);
    else if (step.op === "div") gain /= Math.min(...numbers);
    else shift = Math.max(shift, Math.max(...numbers) / gain);
    value = step.output;
  }
  if (gain === 1 && shift === 0) return undefined;
  return gain <= BYTE_GAIN || shift > BYTE_SHIFT ? 255 : 1;
}

interface Step {
  readonly op: "add" | "sub" | "mul" | "div";
  readonly operand: ValueId;
  readonly output: ValueId;
}

/** The only node that reads a value, where it is arithmetic with few numbers. */
function stepFrom({ nodes, values }: Graph, value: ValueId): Step | undefined {
  const [node, ...others] = nodes.filter(({ inputs }) => inputs.includes(value));
  if (!node || others.length > 0) return undefined;
  const { op, inputs, output } = node;
  if (op !== "add" && op !== "sub" && op !== "mul" && op !== "div") return undefined;
  const operand = inputs[0] === value ? inputs[1] : op === "div" ? undefined : inputs[0];
  const known = operand === undefined ? undefined : values[operand]!;
  if (!known?.parameter || elements(known.shape) > COLOURS) return undefined;
  return { op, operand: operand!, output };
}
