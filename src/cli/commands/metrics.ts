/** gradcam metrics: are the maps of some methods faithful, over many pictures? */
import type { Command } from "commander";
import { checkChoice } from "../../image/choice.ts";
import type { Explanation, Model } from "../../node.ts";
import { boxesFrom } from "../metrics/boxes-file.ts";
import { choiceFlag, numberFlag, repeatedFlag } from "../flags.ts";
import { listOf, metricsFrom, splitSettings } from "../metrics/metric-settings.ts";
import { csvOf, tableOf } from "../metrics/metrics-report.ts";
import { BASELINE, type Row, Tally } from "../metrics/metrics-tally.ts";
import { addModelFlags, type ModelFlags, withModel } from "../open-model.ts";
import { type MeasuredMap, measured, type Plan } from "../metrics/measure-maps.ts";
import { addPictures } from "../picture-flags.ts";
import { forEachPicture, type Work } from "../files/pictures.ts";
import { provenanceOf } from "../provenance.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { missed, thresholdsFrom } from "../metrics/thresholds.ts";

interface MetricsFlags extends ModelFlags {
  readonly methods: string;
  readonly metrics: string;
  readonly target?: string;
  readonly layer?: string;
  readonly compat?: Explanation["compat"];
  readonly set?: readonly string[];
  readonly boxes?: string;
  readonly failUnder?: readonly string[];
  readonly draws: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** A random sum of channels shows the object or all but the object, as chance will have it: one says little. */
const DRAWS = 5;
const MAX_DRAWS = 1000;
const MAX_SEED = 2 ** 32 - 1;

const EXAMPLES = `
Prints for each metric and method the mean over the pictures, its 95 % bootstrap interval, and the mean difference from
random-cam, maps that know nothing, which are always measured too. ↑: higher is better, ↓: lower is better. With --json
it prints one line for each map, curves included, and in the end { "summary": […] }; with --csv the summary alone.

Metrics: deletion, insertion, road, average-drop, increase, complexity, coherency, arcc, sensitivity-max, infidelity,
parameter-randomisation; with --boxes also pointing-game, energy-in-box. What they mean: docs/metrics.md

--fail-under insertion=0.4 fails (exit code 1) if the mean of a method is worse than that: below it where higher is
better, above it where lower is better.

Examples:
  gradcam metrics photos/
  gradcam metrics photos/ --methods score-cam --set steps=20 --set max-n=64
  gradcam metrics photos/ --metrics insertion --fail-under insertion=0.4 --quiet
  gradcam metrics photos/ --metrics pointing-game --boxes boxes.json --csv`;

export function addMetrics(program: Command, terminal: Terminal): void {
  const command = addPictures(program.command("metrics"))
    .description("Measure how faithful the maps of methods are.")
    .option("--methods <names>", "methods that are compared, with commas between them", "grad-cam,layer-cam")
    .option("--metrics <names>", "what is measured", "deletion,insertion,average-drop,increase")
    .option("-t, --target <class>", "class name, wnid, index or top-N (default: top-1 of each picture)")
    .option("-l, --layer <name>", "layer whose maps are measured; see gradcam layers (default: auto)")
    .addOption(
      choiceFlag("--compat <package>", "maps and metrics as a package makes them", ["torchcam", "pytorch-grad-cam"]),
    )
    .addOption(repeatedFlag("--set <name=value>", "an option of a method or a metric; may be repeated"))
    .option("--boxes <file>", 'where objects are: JSON { "cat.jpg": [{ "x", "y", "width", "height" }] }')
    .addOption(repeatedFlag("--fail-under <metric=number>", "fail if a mean is worse; may be repeated"))
    .addOption(numberFlag("--draws <count>", "random maps of each picture", [1, MAX_DRAWS], true).default(DRAWS))
    .addOption(numberFlag("--seed <number>", "of everything random", [0, MAX_SEED], true).default(0))
    .option("--json", "print results as JSON Lines")
    .option("--csv", "print the summary as CSV")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action((pictures: string[], flags: MetricsFlags) => measure(pictures, flags, terminal));
}

async function measure(names: readonly string[], flags: MetricsFlags, terminal: Terminal): Promise<void> {
  const plan = await planOf(flags);
  const thresholds = thresholdsFrom(flags.failUnder ?? [], plan.metrics);
  const boxesOf = await boxesFrom(flags.boxes);
  const tally = new Tally();
  const { meanInterval } = await import("../../node.ts");
  // Every random map of every picture is another one.
  let drawn = flags.seed;
  await withModel(flags, terminal, async (model) => {
    const origin = flags.json ? await provenanceOf(model) : undefined;
    const work: Work = async (picture, conduct) => {
      const boxes = boxesOf(picture.name);
      const extra = { seed: drawn, ...(boxes.length > 0 && { boxes }) };
      drawn += plan.draws;
      const maps = await measured(model, picture, plan, extra, conduct);
      return () => {
        for (const { explanation, results } of maps) tally.add(picture.name, explanation.method, results);
        if (origin) for (const map of maps) terminal.printJson({ ...factsOf(picture.name, map), ...origin });
      };
    };
    await forEachPicture(names, terminal, work, { verb: "measuring" });
    const rows = tally.rows(meanInterval, flags.seed);
    if (rows.length === 0) return;
    show(rows, model, flags, terminal);
    for (const error of missed(rows, thresholds)) terminal.fail(error);
  });
}

async function planOf(flags: MetricsFlags): Promise<Plan> {
  const { METHODS } = await import("../../node.ts");
  const listed = listOf(flags.methods);
  const methods = listed.filter((name) => name !== BASELINE) as Plan["methods"];
  for (const name of methods) checkChoice(name, METHODS, "--methods");
  const metrics = await metricsFrom(flags.metrics);
  const { ofMethods, ofMetrics } = await splitSettings(flags.set ?? [], metrics);
  const { target, layer, compat } = flags;
  return {
    seed: flags.seed,
    draws: flags.draws,
    methods,
    metrics,
    explaining: {
      ...(target !== undefined && { targets: [target] }),
      ...(layer !== undefined && { layers: [layer] }),
      ...(compat && { compat }),
    },
    options: ofMethods,
    evaluating: { ...(compat && { compat }), ...ofMetrics },
  };
}

const factsOf = (image: string, { explanation, results }: MeasuredMap): object => {
  const { method, layer, target, score, sign, parameters, compat, seed } = explanation;
  const asked = { method, layer, target, score, sign, parameters, ...(compat && { compat }), seed };
  return { image, ...asked, metrics: results };
};

function show(rows: readonly Row[], model: Model, flags: MetricsFlags, terminal: Terminal): void {
  if (flags.json) terminal.printJson({ summary: rows });
  else if (flags.csv) for (const line of csvOf(rows)) terminal.printData(line);
  else if (terminal.quiet) {
    for (const { metric, method, mean } of rows) terminal.print(`${metric} ${method} ${mean.toFixed(3)}`);
  } else {
    const { pictures } = rows[0]!;
    terminal.print(`${pictures} picture${pictures === 1 ? "" : "s"}, ${model.name}`);
    terminal.print();
    for (const line of tableOf(rows, terminal.style, terminal.width)) terminal.print(line);
  }
}
