/** TensorFlow.js as a contender: a program's operators, gradients by its own tape. */
import type { ValueId } from "../../../src/graph/graph.ts";
import type { NetworkFiles } from "../../networks/files.ts";
import type { Program } from "../../networks/program.ts";
import { readProgram } from "../../networks/read-program.ts";
import { readSafetensors } from "../../networks/safetensors.ts";
import { type Description, type Engine, joined, LEARNING_RATE, type Work } from "../contender.ts";
import { run, type Step, stepsOf, type Values } from "./interpreter.ts";
import type { Tensor, Tf } from "./tf.ts";

/** @param cannot work whose gradients this backend gets wrong or has no kernel for */
export async function tensorflowEngine(
  tf: Tf,
  network: NetworkFiles,
  data: Float32Array,
  { description, cannot = {} }: { description: Description; cannot?: Engine["cannot"] },
): Promise<Engine> {
  const program = await readProgram(network);
  const questions = new Questions(tf, program, await weightsOf(tf, program, network), tf.tensor(data, network.shape));
  const work: Engine["work"] = {
    forward: () => questions.infer(program.output),
    "grad-cam": () => questions.gradCam(),
    "input-gradient": () => questions.inputGradient(),
    ...(program.trained.length > 0 && { "weight-gradients": () => questions.weightGradients() }),
    ...(network.source.kind === "program" && { "train-step": () => questions.trainStep() }),
  };
  const able = Object.entries(work).filter(([name]) => cannot[name as Work] === undefined);
  return { description, logits: () => questions.infer(program.logits), work: Object.fromEntries(able), cannot };
}

async function weightsOf(tf: Tf, { values }: Program, network: NetworkFiles): Promise<Values> {
  const weights: Values = new Map();
  const ids = new Map(values.map(({ name }, id) => [name, id]));
  for await (const [name, { shape, data }] of readSafetensors(network.tensors)) {
    weights.set(ids.get(name)!, tf.tensor(data, shape));
  }
  return weights;
}

class Questions {
  readonly #tf: Tf;
  readonly #program: Program;
  readonly #weights: Values;
  readonly #x: Tensor;
  readonly #steps: readonly Step[];

  constructor(tf: Tf, program: Program, weights: Values, x: Tensor) {
    this.#tf = tf;
    this.#program = program;
    this.#weights = weights;
    this.#x = x;
    this.#steps = stepsOf(program);
  }

  infer(id: ValueId): Promise<Float32Array> {
    return this.#read(() => this.#forward(this.#x, this.#weights, id));
  }

  /** Below the layer nothing is recorded: gradients begin at its activations. */
  gradCam(): Promise<Float32Array> {
    const tf = this.#tf;
    const { layer, logits, input } = this.#program;
    return this.#read(() => {
      const below = run(tf, this.#until(layer), new Map([...this.#weights, [input, this.#x]]));
      const above = this.#until(logits).slice(this.#until(layer).length);
      const activation = below.get(layer)!;
      const score = (a: Tensor): Tensor => this.#best(run(tf, above, new Map([...below, [layer, a]])).get(logits)!);
      const weights = tf.mean(tf.grad(score)(activation), [1, 2], true);
      return tf.sum(tf.mul(activation, weights), [3]);
    });
  }

  inputGradient(): Promise<Float32Array> {
    const score = (x: Tensor): Tensor => this.#best(this.#forward(x, this.#weights, this.#program.logits));
    return this.#read(() => this.#tf.grad(score)(this.#x));
  }

  async weightGradients(): Promise<Float32Array> {
    const { trained } = this.#program;
    const { value, grads } = this.#tf.tidy(() => this.#differentiate(trained, (logits) => this.#best(logits)));
    const parts = await Promise.all(grads.map((gradient) => gradient.data()));
    for (const tensor of [value, ...grads]) tensor.dispose();
    return joined(parts.map((part) => Float32Array.from(part)));
  }

  trainStep(): Promise<Float32Array> {
    const tf = this.#tf;
    const ids = [...this.#weights.keys()];
    const [batch = 1] = this.#x.shape;
    return this.#read(() => {
      const { value, grads } = this.#differentiate(ids, (logits) => {
        const classes = logits.shape.at(-1)!;
        const labels = tf.oneHot(
          Array.from({ length: batch }, (_, i) => i % classes),
          classes,
        );
        return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), [1])));
      });
      grads.forEach((gradient, i) => {
        const id = ids[i]!;
        const before = this.#weights.get(id)!;
        this.#weights.set(id, tf.keep(tf.sub(before, tf.mul(gradient, tf.scalar(LEARNING_RATE)))));
        before.dispose();
      });
      return value;
    });
  }

  #differentiate(ids: readonly ValueId[], score: (logits: Tensor) => Tensor): { value: Tensor; grads: Tensor[] } {
    const { logits } = this.#program;
    const of = (...tensors: Tensor[]): Tensor => {
      const weights = new Map([...this.#weights, ...tensors.map((tensor, i) => [ids[i]!, tensor] as const)]);
      return score(this.#forward(this.#x, weights, logits));
    };
    return this.#tf.valueAndGrads(of)(ids.map((id) => this.#weights.get(id)!));
  }

  /** Σ logits·[the largest], which is the largest logit of the first sample; its gradient passes through that one alone. */
  #best(logits: Tensor): Tensor {
    const tf = this.#tf;
    return tf.sum(tf.mul(logits, this.#mask(logits)));
  }

  /** The tape must not see how the best class was found. */
  #mask(logits: Tensor): Tensor {
    const values = (logits as Tensor & { dataSync(): Float32Array }).dataSync();
    return this.#tf.oneHot([values.indexOf(values.reduce((a, b) => Math.max(a, b)))], values.length);
  }

  #forward(x: Tensor, weights: Values, id: ValueId): Tensor {
    return run(this.#tf, this.#until(id), new Map([...weights, [this.#program.input, x]])).get(id)!;
  }

  #until(id: ValueId): readonly Step[] {
    return this.#steps.slice(0, this.#steps.findIndex(({ output }) => output === id) + 1);
  }

  async #read(work: () => Tensor): Promise<Float32Array> {
    const tensor = this.#tf.tidy(work);
    const values = await tensor.data();
    tensor.dispose();
    return Float32Array.from(values);
  }
}
