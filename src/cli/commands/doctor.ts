/** gradcam doctor: does it work here, with this model and this picture? */
import type { Command } from "commander";
import type { Model } from "../../model.ts";
import { addModelFlags, engineText, type ModelFlags, withModel } from "../open-model.ts";
import { forEachPicture, type Picture } from "../files/pictures.ts";
import type { PreprocessCheck } from "../preprocess-check.ts";
import { bytes, percent } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { preprocessText } from "./inspect.ts";

interface DoctorFlags extends ModelFlags {
  readonly json?: boolean;
}

/** One thing that was looked at. */
interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "failed";
  readonly text: string;
  readonly hint?: string;
  /** What the text was made of. */
  readonly data: object;
}

const COORDINATES = 20;
const RUNS = 3;

const EXAMPLES = `
It looks at what this machine can do and loads the model. With a picture it also compares gradients with finite differences,
tries other ways to prepare pictures, and takes times. It fails (1) if a check fails; warnings do not count.

Examples:
  gradcam doctor
  gradcam doctor cat.jpg --model mine.h5
  gradcam doctor cat.jpg --json | jq '.[] | select(.status != "ok")'`;

export function addDoctor(program: Command, terminal: Terminal): void {
  const command = program
    .command("doctor")
    .description("Check this machine, a model and how pictures are prepared for it.")
    .argument("[picture]", "a picture that the model should know")
    .option("--json", "print all findings as one JSON list")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action((picture: string | undefined, flags: DoctorFlags) => examine(picture, flags, terminal));
}

async function examine(name: string | undefined, flags: DoctorFlags, terminal: Terminal): Promise<void> {
  const findings: Finding[] = [];
  // Printed at once: what fails afterwards is read last.
  const found = (...more: readonly Finding[]): void => {
    findings.push(...more);
    if (!flags.json) for (const finding of more) print(finding, terminal);
  };
  const begun = performance.now();
  const work = withModel(flags, terminal, async (model) => {
    // Loading turns on what the engine has behind a flag.
    found(await machine(), await cache(), ...aboutModel(model, performance.now() - begun));
    if (name === undefined) return;
    const look = async ({ upright }: Picture): Promise<() => void> => {
      found(...(await aboutPicture(model, upright, terminal)));
      return () => undefined;
    };
    await forEachPicture([name], terminal, look, { verb: "examining", jobs: 1 });
  });
  try {
    await work;
  } catch (error) {
    if (findings.length === 0) found(await machine(), await cache());
    throw error;
  } finally {
    if (flags.json) terminal.printJson(findings);
    if (findings.some(({ status }) => status === "failed")) terminal.failedInPart();
  }
}

const MARKS = { ok: "✓", warning: "!", failed: "✗" } as const;

/** Where texts begin, behind the mark and the name of a check. */
const HANG = 16;

function print({ check, status, text, hint }: Finding, terminal: Terminal): void {
  const { style } = terminal;
  const mark = status === "ok" ? style.accent(MARKS.ok) : style.bold(MARKS[status]);
  terminal.print(`${mark} ${style.dim(check.padEnd(13))} ${text}`, HANG);
  if (hint !== undefined) terminal.print(`${" ".repeat(HANG)}${hint}`, HANG);
}

async function machine(): Promise<Finding> {
  const { hasRelaxedSimd, hasSimd } = await import("../../wasm/features.ts");
  const { availableParallelism } = await import("node:os");
  const { versions, platform, arch } = process;
  const cores = availableParallelism();
  const data = {
    node: versions.node,
    v8: versions.v8,
    platform,
    arch,
    cores,
    simd: hasSimd(),
    relaxed: hasRelaxedSimd(),
  };
  const text = `Node ${versions.node} on ${platform} ${arch}, ${cores} core${cores === 1 ? "" : "s"}; SIMD ${data.simd ? "yes" : "no"}, relaxed SIMD ${data.relaxed ? "yes" : "no"}`;
  if (!data.simd)
    return { check: "machine", status: "failed", text, hint: "the core needs SIMD: use a later Node", data };
  return { check: "machine", status: "ok", text, data };
}

async function cache(): Promise<Finding> {
  const [{ cacheFolder }, { contentsOf }] = await Promise.all([
    import("../../node/cache/folder.ts"),
    import("../../node/cache/contents.ts"),
  ]);
  const folder = cacheFolder();
  const held = await contentsOf(folder);
  const parts = held.filter(({ isPartial }) => isPartial).length;
  const size = held.reduce((sum, model) => sum + model.bytes, 0);
  const models = held.map(({ entry, isPartial }) => ({ name: entry.name, isPartial }));
  const broken = parts > 0 ? `, ${parts} of them in part: gradcam pull goes on` : "";
  const text = `${folder}: ${held.length === 0 ? "empty" : `${held.length} models, ${bytes(size)}${broken}`}`;
  return { check: "cache", status: "ok", text, data: { folder, bytes: size, models } };
}

function aboutModel(model: Model, milliseconds: number): Finding[] {
  const { name, format, layers, defaultLayer, engine, classes, labels, preprocess, origin } = model;
  const loading = {
    name,
    format,
    layers: layers.length,
    milliseconds: Math.round(milliseconds),
    memory: model.memoryBytes,
  };
  const text = `${name}, ${format}: ${layers.length} layers in ${milliseconds.toFixed(0)} ms, ${bytes(model.memoryBytes)} of memory`;
  const layer =
    defaultLayer === undefined
      ? "no layer has a map: nothing can be explained by CAM methods"
      : `maps are drawn at ${defaultLayer}`;
  const mapped = defaultLayer !== undefined;
  return [
    { check: "engine", status: "ok", text: engineText(model), data: engine },
    { check: "model", status: "ok", text, data: loading },
    { check: "layer", status: mapped ? "ok" : "warning", text: layer, data: { defaultLayer: defaultLayer ?? null } },
    labels
      ? {
          check: "labels",
          status: "ok",
          text: `${labels.length} names for ${classes} classes`,
          data: { classes, labels: labels.length },
        }
      : {
          check: "labels",
          status: "warning",
          text: `none for ${classes} classes`,
          hint: "give --labels",
          data: { classes, labels: 0 },
        },
    {
      check: "preprocessing",
      status: "ok",
      text: `${preprocessText(preprocess)} (${origin.preprocess})`,
      data: { preprocess, why: origin.preprocess },
    },
  ];
}

async function aboutPicture(model: Model, image: Picture["upright"], terminal: Terminal): Promise<Finding[]> {
  const { classify, explain, prepare } = await import("../../node.ts");
  const { signal } = terminal.io;
  const input = prepare(model, image);
  const [first] = await classify(model, input, { top: 1, signal });
  const answer: Finding = {
    check: "answer",
    status: Number.isFinite(first!.logit) ? "ok" : "failed",
    text: `${first!.label}, ${percent(first!.probability)}`,
    data: first!,
  };
  const { checkPreprocessing } = await import("../preprocess-check.ts");
  const prepared = await checkPreprocessing(model, image, signal);
  const findings = [answer, await gradients(model, image, prepared, signal), preparation(prepared)];
  const forward = await median(() => model.run(input, { signal }));
  const timings = { forward, explain: NaN };
  if (model.defaultLayer !== undefined) timings.explain = await median(() => explain(model, input, { signal }));
  const text = `forward ${forward.toFixed(0)} ms${Number.isNaN(timings.explain) ? "" : `, Grad-CAM ${timings.explain.toFixed(0)} ms`} (medians of ${RUNS})`;
  return [...findings, { check: "timings", status: "ok", text, data: timings }];
}

/** Inputs many times too large drive a network to where hardly any step is short: the picture is prepared as fits best. */
async function gradients(
  model: Model,
  image: Picture["upright"],
  { better, candidates }: PreprocessCheck,
  signal: AbortSignal,
): Promise<Finding> {
  const { checkGradients } = await import("../gradient-check.ts");
  const { preprocess } = await import("../../image/preprocess.ts");
  const best = better ?? candidates[0]!;
  const found = await checkGradients(model, preprocess(image, best.preprocess), best.index, COORDINATES, signal);
  const { ok, agreeing, ratio, coordinates } = found;
  const how = better ? ` (picture prepared by ${better.name})` : "";
  const text = `${agreeing} of ${coordinates.length} coordinates agree with finite differences; along the gradient ${ratio.toFixed(4)} of its length${how}`;
  if (ok) return { check: "gradients", status: "ok", text, data: found };
  const hint = "maps of this model may be wrong: please report it with the model";
  return { check: "gradients", status: "failed", text, hint, data: found };
}

function preparation(found: PreprocessCheck): Finding {
  const [own, ...others] = found.candidates;
  const list = others.map(({ name, label, probability }) => `${name} ${label} ${percent(probability)}`).join(", ");
  if (!found.better) {
    return { check: "alternatives", status: "ok", text: `none fits better (${list || "none to try"})`, data: found };
  }
  const { name, label, probability } = found.better;
  return {
    check: "alternatives",
    status: "warning",
    text: `${name} fits far better: ${label} ${percent(probability)} instead of ${own!.label} ${percent(own!.probability)}`,
    hint: `if the model was trained so, say --preprocess ${name}`,
    data: found,
  };
}

/** Of RUNS calls, in ms. */
async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[RUNS >> 1]!;
}
