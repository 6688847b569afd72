/** What `gradcam compare` does: as few passes as the methods allow, a figure, and a table of what they found. */
import { extremes } from "../cam/normalize.ts";
import type { GradCamError } from "../errors.ts";
import type { ExplainManyOptions, Explanation } from "../explanation.ts";
import { checkChoice } from "../image/choice.ts";
import { colorTable } from "../image/colormap.ts";
import { type MethodName, METHODS } from "../methods.ts";
import type { Model } from "../model.ts";
import type { CompareFlags } from "./commands/compare.ts";
import { comparisonFigure, rangeText } from "./comparison-figure.ts";
import { classSlug } from "./explain/explanation-pictures.ts";
import type { Conduct } from "../series.ts";
import { withModel } from "./open-model.ts";
import { DEFAULT_FOLDER, writeFigure } from "./files/output-folder.ts";
import { forEachPicture, type Picture } from "./files/pictures.ts";
import { stemOf } from "./files/picture-stem.ts";
import { printable, shownName } from "./terminal/printable.ts";
import { provenanceOf } from "./provenance.ts";
import { fittedTable, percent } from "./terminal/table.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** What is done for people who wait; with --full what the methods do by themselves. */
const LIMITS: Readonly<Partial<Record<MethodName, Readonly<Record<string, number>>>>> = {
  "score-cam": { maxN: 256 },
  "ss-cam": { maxN: 32, samples: 8 },
  "is-cam": { maxN: 32, samples: 8 },
  rise: { samples: 500 },
};

interface Refusal {
  readonly method: MethodName;
  readonly error: GradCamError;
}

export interface Comparison {
  /** In the order of the methods. */
  readonly explanations: readonly Explanation[];
  readonly refusals: readonly Refusal[];
}

export async function compare(name: string, flags: CompareFlags, terminal: Terminal): Promise<void> {
  const methods = methodsOf(flags.methods);
  if (flags.colormap !== undefined) colorTable(flags.colormap);
  const work = async (model: Model, picture: Picture, conduct: Conduct): Promise<void> => {
    const comparison = await comparisonOf(model, picture, methods, flags, conduct);
    const file = await deliverFigure(picture, comparison, model, flags);
    if (flags.json) terminal.printJson({ ...factsOf(picture, comparison, file), ...(await provenanceOf(model)) });
    else printComparison(picture, comparison, file, flags, terminal);
  };
  await withModel(flags, terminal, (model) =>
    forEachPicture([name], terminal, (picture, conduct) => work(model, picture, conduct), { verb: "comparing" }),
  );
}

/** Throws E_OPTION for a name that is none. */
function methodsOf(list: string): readonly MethodName[] {
  const names = list.split(",").map((name) => name.trim());
  if (names.includes("all")) return METHODS;
  return [...new Set(names)].map((name) => {
    checkChoice(name, METHODS, "--methods");
    return name;
  });
}

/** Methods with limits have options of their own, and so a call of their own; all others share one forward pass. */
async function comparisonOf(
  model: Model,
  { upright }: Picture,
  methods: readonly MethodName[],
  flags: CompareFlags,
  { signal, onProgress }: Conduct,
): Promise<Comparison> {
  const { explainMany } = await import("../node.ts");
  const limits = flags.full ? {} : LIMITS;
  const refusals: Refusal[] = [];
  const options: ExplainManyOptions = {
    ...(flags.target !== undefined && { targets: [flags.target] }),
    ...(flags.layer !== undefined && { layers: [flags.layer] }),
    ...(flags.sign && { sign: flags.sign }),
    ...(flags.seed !== undefined && { seed: flags.seed }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    onUndefined: (method, error) => void refusals.push({ method, error }),
  };
  const calls = [
    methods.filter((method) => !limits[method]),
    ...methods.filter((method) => limits[method]).map((m) => [m]),
  ];
  const found: Explanation[] = [];
  for (const some of calls.filter(({ length }) => length > 0)) {
    found.push(...(await explainMany(model, upright, { ...options, ...limits[some[0]!], methods: some })));
  }
  const place = ({ method }: { readonly method: MethodName }): number => methods.indexOf(method);
  return { explanations: found.sort((a, b) => place(a) - place(b)), refusals };
}

/** The path of the figure; undefined where none was asked for. */
async function deliverFigure(
  picture: Picture,
  comparison: Comparison,
  model: Model,
  flags: CompareFlags,
): Promise<string | undefined> {
  const [first] = comparison.explanations;
  if (!first || (flags.json && flags.grid === undefined)) return undefined;
  const name = `${stemOf(picture.name)}.compare.${classSlug(first, model)}.png`;
  const path = flags.grid ?? `${DEFAULT_FOLDER}/${name}`;
  return writeFigure(path, comparisonFigure(picture, comparison, flags), flags.force ?? false, [picture.name]);
}

function factsOf(picture: Picture, { explanations, refusals }: Comparison, file: string | undefined): object {
  const methods = explanations.map(({ method, layer, raw, parameters, facts, warnings }) => {
    const [low, high] = extremes(raw.data);
    const range = { width: raw.width, height: raw.height, low, high };
    return { method, layer, raw: range, parameters, ...(facts && { facts }), warnings };
  });
  const [first] = explanations;
  return {
    image: picture.name,
    ...(first && { target: first.target, score: first.score, sign: first.sign, seed: first.seed }),
    methods,
    undefined: refusals.map(({ method, error }) => ({ method, code: error.code, reason: error.message })),
    ...(file !== undefined && { file }),
  };
}

function printComparison(
  { name }: Picture,
  { explanations, refusals }: Comparison,
  file: string | undefined,
  flags: CompareFlags,
  terminal: Terminal,
): void {
  const { style } = terminal;
  if (terminal.quiet) {
    if (file !== undefined) terminal.printData(file);
    return;
  }
  const target = explanations[0]?.target;
  const probability = target?.probability === undefined ? "" : `, ${percent(target.probability)}`;
  terminal.print(
    `${style.bold(shownName(name))} ${style.dim(target ? `${printable(target.label)}${probability}` : "no map")}`,
  );
  const rows = explanations.map((explanation) => [
    ...[explanation.method, [explanation.layer].flat().join(" + "), rangeText(explanation)],
    limitText(explanation, flags),
  ]);
  const [head, ...lines] = fittedTable([["method", "layer", "raw values", ""], ...rows], [], terminal.width - 2, {
    drop: [1],
  });
  terminal.print(`  ${style.dim(head!)}`);
  for (const line of lines) terminal.print(`  ${line}`);
  for (const { method, warnings } of explanations) {
    for (const { code, message, hint } of warnings) {
      terminal.print(`  ${style.warn("warning")} ${method}: ${code}: ${message}; ${hint}`);
    }
  }
  for (const { method, error } of refusals) terminal.print(`  ${style.warn("left out")} ${method}: ${error.message}`);
  if (file !== undefined) terminal.print(`  ${style.dim("wrote")} ${printable(file)}`);
}

/** "maxN 256 (--full: no limit)". */
function limitText({ method, parameters }: Explanation, { full }: CompareFlags): string {
  const limits = Object.keys(LIMITS[method] ?? {});
  if (full || limits.length === 0) return "";
  return `limited: ${limits.map((name) => `${name} ${String(parameters[name])}`).join(", ")}; --full lifts it`;
}
