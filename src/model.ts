/** A loaded network: run it, differentiate it, ask it about its layers. */
import { Answers, requestOf } from "./answers.ts";
import { Boundary } from "./boundary.ts";
import { GradCamError } from "./errors.ts";
import { FileHash } from "./file-hash.ts";
import { forwardPass, type Job } from "./forward-pass.ts";
import type { Execution } from "./graph/execute.ts";
import { inputOfRelu } from "./graph/find.ts";
import type { Graph, ValueId } from "./graph/graph.ts";
import { defaultLayer, describeLayers, type LayerInfo, classifierHead, stagesUpTo } from "./graph/inspect.ts";
import { type WeightedLayer, weightedLayers } from "./graph/redraw.ts";
import type { Preprocess } from "./image/preprocess.ts";
import type { Labels } from "./labels.ts";
import { differentiate, type Link } from "./score.ts";
import { firstStatistics, type Statistics } from "./graph/statistics.ts";
import type { EngineInfo, ModelIdentity, ModelOrigin } from "./model-facts.ts";
import type { ModelParts } from "./model-parts.ts";
import { EngineRoom, type RoomOptions } from "./session.ts";
import { resolveTarget, type ScoreKind, type Target } from "./target.ts";
import { innerInfo, type ModelInput, type TensorInfo } from "./model-input.ts";
import type { Conduct } from "./series.ts";
import type { HostTensor } from "./tensor.ts";

export type { BackwardRule } from "./ops/backward-rule.ts";

/** A network with its weights in one linear memory. One job runs at a time; others wait for it. */
export class Model {
  readonly name: string;
  readonly format: string;
  /** In the layout of the model's own file: pictures are [N,C,H,W] in ONNX. */
  readonly inputs: readonly TensorInfo[];
  /** @internal The inputs as they are computed with: pictures are [N,H,W,C]. */
  readonly innerInputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly layers: readonly LayerInfo[];
  /** The last spatial layer that is not a pooling, padding or reshaping one; undefined when no layer has a map. */
  readonly defaultLayer: string | undefined;
  readonly preprocess: Preprocess;
  readonly labels: Labels | undefined;
  /** Where it comes from, as far as its file says. */
  readonly origin: ModelOrigin;
  /** How logits become probabilities: softmax over the classes, or a sigmoid for each. */
  readonly link: Link;
  /** Number of classes: the length of a row of logits. */
  readonly classes: number;
  readonly #graph: Graph;
  readonly #boundary: Boundary;
  readonly #logits: ValueId;
  readonly #close: () => void;
  readonly #manner: Pick<EngineInfo, "exact" | "weights" | "tuned">;
  readonly #hash: FileHash;
  readonly #options: RoomOptions;
  #room: EngineRoom | undefined;

  /** @internal Use loadModel or createModel. */
  constructor({ graph, engine, preprocess, labels, origin, close, hash, ...options }: ModelParts) {
    this.#options = options;
    this.name = graph.name;
    this.format = graph.format;
    this.#graph = graph;
    const { logits, link } = classifierHead(graph);
    this.#logits = logits;
    this.link = link;
    this.#close = close;
    this.#hash = new FileHash(hash);
    this.origin = origin ?? { preprocess: "chosen by hand", metadata: {} };
    const { exact, dtype: weights, tuning } = options;
    this.#manner = { exact, weights, ...(tuning && { tuned: true }) };
    this.#room = new EngineRoom(graph, engine, options);
    this.#boundary = new Boundary(graph);
    this.inputs = this.#boundary.inputs;
    this.innerInputs = this.#boundary.innerInputs;
    this.outputs = this.#boundary.outputs;
    this.layers = describeLayers(graph, this.#logits);
    this.defaultLayer = defaultLayer(graph, this.layers);
    this.preprocess = preprocess;
    this.labels = labels;
    this.classes = graph.values[this.#logits]!.shape.at(-1) ?? 1;
  }

  /** @internal The last telling layers of every map size, up to a layer. */
  stages(layer: string): string[] {
    return stagesUpTo(this.#graph, this.layers, layer);
  }

  get engine(): EngineInfo {
    const { build, fma, turbo, threads: team, bytes } = this.#live();
    const note = team.note === undefined ? {} : { threadsNote: team.note };
    return { build, fma, threads: team.threads, ...note, turbo, ...this.#manner, bytes };
  }

  /** Of what kind the model is, as every explanation says it. */
  get identity(): ModelIdentity {
    const { name, format, preprocess } = this;
    const { known } = this.#hash;
    return { name, format, ...(known !== undefined && { sha256: known }), preprocess };
  }

  /**
   * SHA-256 of the file that the model was loaded from; read for this alone and only once, so that loading does not wait
   * for it. Explanations made afterwards carry it. Undefined where there is no file, after setWeights, and in pages that
   * are not a secure context. Throws E_DISPOSED, E_IO.
   */
  async sha256(): Promise<string | undefined> {
    this.#live();
    return this.#hash.read();
  }

  /** Bytes of linear memory this model holds. */
  get memoryBytes(): number {
    return this.#live().memoryBytes;
  }

  /**
   * Runs the network. `outputs` may name any layer or tensor; default: the model's outputs. Tensors have the layout of the model's
   * own file.
   * Throws E_INPUT_SHAPE, E_TARGET_LAYER, E_DISPOSED; aborts before work begins when `signal` is aborted.
   */
  async run(
    input: ModelInput,
    { outputs, signal }: { outputs?: readonly string[]; signal?: AbortSignal } = {},
  ): Promise<Record<string, HostTensor>> {
    const names = outputs ?? this.outputs.map(({ name }) => name);
    const ids = outputs ? names.map((name) => this.#boundary.findActivation(name)) : this.#graph.outputs;
    return this.#forward(this.#boundary.fromFile(input), signal, () => ({
      request: { keep: ids, wrt: [] },
      work: (execution) =>
        Object.fromEntries(names.map((name, i) => [name, this.#boundary.asInFile(ids[i]!, execution.read(ids[i]!))])),
    }));
  }

  /** @internal One layer's answer, and the input too, as they are computed with: pictures are [N,H,W,C]. */
  async look(input: ModelInput, layer: string, signal?: AbortSignal): Promise<HostTensor> {
    const id = this.#boundary.findActivation(layer);
    const request = { keep: [id], wrt: [] };
    return this.#forward(input, signal, () => ({ request, work: (execution) => execution.read(id) }));
  }

  /**
   * d(score)/d(anything): "input", layers, tensors or weights by name. Weight gradients have the layout of the model
   * (kernels HWIO, dense [in,out]), all others that of the model's own file. With nothing to differentiate by, only the score's value is computed.
   * Throws E_TARGET_CLASS, E_TARGET_LAYER, E_INPUT_SHAPE, E_NONFINITE, E_UNSUPPORTED_OP, E_DISPOSED.
   */
  async gradients(
    input: ModelInput,
    {
      of,
      score = "logit",
      wrt,
      signal,
    }: { of: Target; score?: ScoreKind; wrt: readonly string[]; signal?: AbortSignal },
  ): Promise<{ value: number; gradients: Record<string, HostTensor> }> {
    const ids = wrt.map((name) => this.#boundary.find(name));
    const seed = ids.length > 0 ? { seed: this.#logits } : {};
    const work = (execution: Execution): { value: number; gradients: Record<string, HostTensor> } => {
      const logits = execution.read(this.#logits).data;
      const target = resolveTarget(of, score, logits.subarray(0, this.classes), this.labels);
      const { value, gradient } = differentiate(target.score, logits, this.classes, this.link);
      if (ids.length > 0) execution.backward(Float32Array.from(gradient));
      const gradients = Object.fromEntries(
        wrt.map((name, i) => [name, this.#boundary.asInFile(ids[i]!, execution.readGradient(ids[i]!))]),
      );
      return { value, gradients };
    };
    return this.#forward(this.#boundary.fromFile(input), signal, () => ({
      request: { keep: [this.#logits], wrt: ids, ...seed },
      work,
    }));
  }

  /**
   * Runs the network as far as `layer` and differentiates any score of what it answers by the input: `score` gives the value and
   * its gradient by the answer, laid out as that. What lies behind the layer is not run. With `beforeRelu` a layer that ends
   * in a ReLU is looked at before it, where no gradient is cut off. A single picture [1,H,W,C] may
   * be larger or smaller than the model's input, as far as the layers up to `layer` can take it.
   * Throws E_TARGET_LAYER, E_INPUT_SHAPE, E_UNSUPPORTED_OP, E_DISPOSED.
   */
  async inputGradient(
    input: ModelInput,
    layer: string,
    score: (answer: HostTensor) => { value: number; gradient: Float32Array },
    { signal, beforeRelu = false }: Pick<Conduct, "signal"> & { beforeRelu?: boolean } = {},
  ): Promise<{ value: number; gradient: HostTensor }> {
    const named = this.#boundary.findActivation(layer);
    const seed = beforeRelu ? inputOfRelu(this.#graph, named) : named;
    const [picture] = this.#graph.inputs as [ValueId];
    const sized = this.#boundary.sized(input, seed);
    const prepare = (): Job<{ value: number; gradient: HostTensor }> => ({
      request: { keep: [seed], wrt: [picture], seed },
      manner: { sized },
      work: (execution) => {
        const { value, gradient } = score(execution.read(seed));
        execution.backward(gradient);
        return { value, gradient: execution.readGradient(picture) };
      },
    });
    return this.#forward(
      input,
      signal,
      prepare,
      sized?.inputs.map((id) => innerInfo(sized, id)),
    );
  }

  /**
   * One forward pass, then whatever `work` asks about it: cheap partial backward passes to `layers` (or to the input, by its
   * name), and other pictures. The engine belongs to `work` until its promise is settled.
   */
  async ask<T>(
    input: ModelInput,
    layers: readonly string[],
    work: (answers: Answers) => T | Promise<T>,
    conduct: Conduct = {},
  ): Promise<T> {
    const named = new Map(layers.map((name) => [name, this.#boundary.find(name)]));
    const { signal, onProgress } = conduct;
    return this.#forward(input, signal, (room) => {
      const places = { layers: named, logits: this.#logits, input: this.#graph.inputs[0]! };
      const asked = { ...places, room, graph: this.#graph, signal, onProgress };
      return {
        request: requestOf(asked),
        work: (execution, [picture]) => work(new Answers(asked, execution, picture!.data)),
      };
    });
  }

  /** Current values are replaced by `values`, in the model's own layout. Throws E_TARGET_LAYER, E_SHAPE_MISMATCH. */
  async setWeights(values: Readonly<Record<string, Float32Array>>): Promise<void> {
    const room = this.#live();
    const updates = Object.entries(values).map(([name, data]) => [this.#boundary.findWeight(name), data] as const);
    // What is in memory is no longer what the file says.
    this.#hash.forget();
    await room.exclusive(() => {
      for (const [id, data] of updates) room.update(id, data);
      return Promise.resolve();
    });
  }

  /** @internal The same network with an engine of its own, whose weights can be changed without a trace in this one. */
  async twin(): Promise<Model> {
    const room = this.#live();
    const { preprocess, labels, origin } = this;
    const engine = await room.another();
    const own = { graph: this.#graph, engine, close: () => undefined };
    const twin = new Model({ ...this.#options, ...own, preprocess, labels, origin });
    twin.#live().adopt(room);
    return twin;
  }

  /** @internal Layers whose weights can be drawn anew, the one nearest to the scores first. */
  get weightedLayers(): readonly WeightedLayer[] {
    return weightedLayers(this.#graph, this.#logits);
  }

  /** @internal What the first batch norm saw in training: whoever prepares pictures as then finds the same. */
  async trainedStatistics(): Promise<Statistics | undefined> {
    this.#live();
    return firstStatistics(this.#graph);
  }

  /** Loads everything a plain forward pass needs, so that the first picture does not pay for it. */
  async warmUp(onBytes?: (bytes: number) => void): Promise<void> {
    const room = this.#live();
    const request = { batch: 1, keep: [this.#logits], wrt: [] };
    await room.exclusive(() => room.execution(request, { onBytes }).then(() => undefined));
  }

  /** Lets go of the engine, its memory and the file. Twice is harmless; any later use is E_DISPOSED. */
  dispose(): void {
    if (!this.#room) return;
    this.#room.dispose();
    this.#room = undefined;
    this.#close();
  }

  /** Runs forward as `prepare` asks for it, alone with the engine, then its work. @param inputs as they are computed with */
  async #forward<T>(
    input: ModelInput,
    signal: AbortSignal | undefined,
    prepare: (room: EngineRoom) => Job<T>,
    inputs = this.innerInputs,
  ): Promise<T> {
    return forwardPass({ room: this.#live(), graph: this.#graph, inputs, signal }, input, prepare);
  }

  #live(): EngineRoom {
    if (this.#room) return this.#room;
    throw new GradCamError("E_DISPOSED", { where: `model "${this.name}"`, hint: "load it again" });
  }
}
