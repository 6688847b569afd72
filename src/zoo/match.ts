/** Finds the architecture whose layers explain a file of bare tensors, and builds it with them. */
import { GradCamError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { PresetName } from "../image/presets.ts";
import { type Pair, showShape } from "../shape.ts";
import type { Architecture } from "./architecture.ts";
import { architectureNamed } from "./architecture-named.ts";
import { type ArchitectureName, architectureNames, isPorted, requireArchitecture } from "./architecture-names.ts";
import { attempt, type Attempt, attemptQuickly, lacksOnlyTop, problems } from "./attempt.ts";
import { inKerasOrder } from "./keras-order.ts";
import { byPosition } from "./names/by-position.ts";
import type { Naming } from "./names/naming.ts";
import { renumber } from "./renumber.ts";
import type { StoredTensors } from "./weights.ts";

const IMAGENET_CLASSES = 1000;

export interface MatchOptions {
  /** The file's name, for errors. */
  readonly file: string;
  readonly format: string;
  /** A name; with timm's "tf_" in front where the weights were ported from TensorFlow. */
  readonly architecture?: string;
  /** Default: as many as the file's classifier has. */
  readonly classes?: number;
  /** Input height and width; default: what the architecture was trained with. */
  readonly size?: Pair;
}

export interface Match {
  readonly graph: Graph;
  readonly architecture: ArchitectureName;
  /** The family of files it is one of. */
  readonly naming: string;
  readonly preprocess: PresetName;
  readonly classes: number;
}

/**
 * Throws E_OPTION when no architecture fits, E_WEIGHT_MISSING or E_SHAPE_MISMATCH when one nearly does: every
 * problem is listed, and a weight that has no place is one, since dropping it would compute something else.
 */
export async function matchArchitecture(tensors: StoredTensors, options: MatchOptions): Promise<Match> {
  const stripped = renumber(stripPrefix(tensors, "module."));
  const named = options.architecture;
  const candidate =
    named === undefined ? await detect(stripped, options) : await closestNamed(named, stripped, options);
  const result = rebuild(candidate, stripped, options);
  if (problems(result) > 0) throw misfit(candidate, result, options.file);
  const { naming, graph } = result;
  const { classes } = result.options;
  return { graph, architecture: candidate.name, naming: naming.name, preprocess: naming.preprocess, classes };
}

interface Known {
  readonly name: ArchitectureName;
  readonly architecture: Architecture;
}

interface Candidate extends Known {
  readonly best: Attempt;
}

/** DataParallel saves every tensor as "module.…". */
function stripPrefix(tensors: StoredTensors, prefix: string): StoredTensors {
  const names = [...tensors.keys()];
  if (names.length === 0 || !names.every((name) => name.startsWith(prefix))) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

async function detect(tensors: StoredTensors, options: MatchOptions): Promise<Candidate> {
  let nearMiss: Candidate | undefined;
  for (const name of architectureNames) {
    const known = { name, architecture: await architectureNamed(name) };
    const [first, ...others] = attempts(known, tensors, options, attemptQuickly);
    if (!first) continue;
    const best = others.reduce(better, first);
    if (problems(best) === 0) return { ...known, best };
    const explained = best.missing.length === 0 && best.unused.length === 0;
    if (explained || lacksOnlyTop(best, known.architecture)) nearMiss ??= { ...known, best };
  }
  if (nearMiss) return nearMiss;
  const takesJson = /^(keras|tfjs)-/.test(options.format);
  throw new GradCamError("E_OPTION", {
    where: options.file,
    expected: `weights of ${architectureNames.join(", ")}`,
    got: `${tensors.size} tensors that fit none of them (${[...tensors.keys()].slice(0, 3).join(", ")}, …)`,
    hint: `if it is one of these, say which with the option architecture${takesJson ? "; if it is another, give its Keras JSON there" : ""}`,
  });
}

type Try = (...args: Parameters<typeof attempt>) => Attempt | undefined;

/** One attempt for every naming that the file may have, at the width that comes closest and the architecture's own input size. */
function attempts(known: Known, tensors: StoredTensors, options: MatchOptions, tryIt: Try): Attempt[] {
  const namings = namingsFor(known.architecture, options);
  return namings.flatMap((naming) => closestWidth(known, naming, tensors, options.format, tryIt) ?? []);
}

/** Weights ported from TensorFlow have the names of PyTorch and TensorFlow's geometry: only the user can know. */
function namingsFor({ namings }: Architecture, { architecture = "" }: MatchOptions): readonly Naming[] {
  const ported = namings.filter(({ layout, flavour }) => layout === "torch" && flavour === "keras");
  return isPorted(architecture) && ported.length > 0 ? ported : namings;
}

/** As detect, but also by position: the user knows that it is this architecture, whatever its layers are called. */
async function closestNamed(wanted: string, tensors: StoredTensors, options: MatchOptions): Promise<Candidate> {
  const name = requireArchitecture(wanted);
  const known = { name, architecture: await architectureNamed(name) };
  const best = attempts(known, tensors, options, attempt).reduce(better);
  const { namings } = known.architecture;
  const naming = best.missing.length > 0 ? byPosition(namings, inKerasOrder(best.graph), tensors) : undefined;
  const renamed = naming && closestWidth(known, naming, tensors, options.format, attempt);
  return { ...known, best: renamed ? better(best, renamed) : best };
}

const better = (a: Attempt, b: Attempt): Attempt => (problems(b) < problems(a) ? b : a);

function closestWidth(
  { name, architecture }: Known,
  naming: Naming,
  tensors: StoredTensors,
  format: string,
  tryIt: Try,
): Attempt | undefined {
  const [first = 1, ...others] = architecture.alphas ?? [];
  const size = [architecture.inputSize, architecture.inputSize] as const;
  const { flavour, geometry } = naming;
  const options = { size, classes: classesOf(architecture, naming, tensors), flavour, ...geometry };
  const at = (alpha: number): Attempt | undefined =>
    tryIt({ name, format }, architecture, naming, tensors, { ...options, alpha });
  let best = at(first);
  for (const alpha of others) {
    // Names do not depend on the width.
    if (!best || best.missing.length > 0 || problems(best) === 0) break;
    best = better(best, at(alpha) ?? best);
  }
  return best;
}

/** The same with what the user asked for. */
function rebuild({ name, architecture, best }: Candidate, tensors: StoredTensors, options: MatchOptions): Attempt {
  const { classes = best.options.classes, size = best.options.size, format } = options;
  if (classes === best.options.classes && size === best.options.size) return best;
  return attempt({ name, format }, architecture, best.naming, tensors, { ...best.options, classes, size });
}

/** The classifier's units in the file. */
function classesOf({ top }: Architecture, naming: Naming, tensors: StoredTensors): number {
  const bias = naming.tensor(`${top.at(-1)!}/bias`);
  return tensors.get(bias ?? "")?.shape[0] ?? IMAGENET_CLASSES;
}

function misfit({ name, architecture }: Candidate, result: Attempt, file: string): GradCamError {
  const { missing, mismatched, unused } = result;
  if (lacksOnlyTop(result, architecture)) {
    return new GradCamError("E_SHAPE_MISMATCH", {
      where: file,
      expected: `${name} with its classifier (${architecture.top.join(", ")})`,
      got: "a no-top file: the features only",
      hint: `class scores need the file with top${architecture.official ? `: ${architecture.official.url}` : ""}`,
    });
  }
  if (mismatched.length > 0) {
    return new GradCamError("E_SHAPE_MISMATCH", {
      where: file,
      expected: `the shapes of ${name}`,
      got: list(mismatched.map((m) => `${m.tensor} ${showShape(m.got)} instead of ${showShape(m.expected)}`)),
      hint: "another input size (option inputShape), another number of classes or another architecture?",
    });
  }
  if (missing.length > 0) {
    return new GradCamError("E_WEIGHT_MISSING", {
      where: file,
      expected: `all weights of ${name}`,
      got: `none for ${list(missing)}`,
    });
  }
  return new GradCamError("E_SHAPE_MISMATCH", {
    where: file,
    expected: `${name} and nothing else`,
    got: `weights it has no place for: ${list(unused)}`,
    hint: "is it a larger member of the same family?",
  });
}

const SHOWN = 8;

const list = (items: readonly string[]): string =>
  items.slice(0, SHOWN).join(", ") + (items.length > SHOWN ? ` and ${items.length - SHOWN} more` : "");
