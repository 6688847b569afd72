/** Finds the architecture whose layers explain a file of bare tensors, and builds it with them. */
import { GradCamError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { PresetName } from "../image/presets.ts";
import { type Pair, showShape } from "../shape.ts";
import type { Architecture } from "./architecture.ts";
import { attempt, type Attempt, lacksOnlyTop, problems } from "./attempt.ts";
import { type ArchitectureName, architectureNames, architectures, requireArchitecture } from "./index.ts";
import { byPosition } from "./names/by-position.ts";
import type { Naming } from "./names/naming.ts";
import type { StoredTensors } from "./weights.ts";

const IMAGENET_CLASSES = 1000;

export interface MatchOptions {
  /** The file's name, for errors. */
  readonly file: string;
  readonly format: string;
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
export function matchArchitecture(tensors: StoredTensors, options: MatchOptions): Match {
  const stripped = stripPrefix(tensors, "module.");
  const name =
    options.architecture === undefined ? detect(stripped, options) : requireArchitecture(options.architecture);
  const architecture: Architecture = architectures[name];
  const { naming, options: build } = closest(name, stripped, options, options.architecture !== undefined);
  const classes = options.classes ?? build.classes;
  const titles = { name, format: options.format };
  const result = attempt(titles, architecture, naming, stripped, {
    ...build,
    classes,
    size: options.size ?? build.size,
  });
  if (problems(result) > 0) throw misfit(name, result, options.file);
  return { graph: result.graph, architecture: name, naming: naming.name, preprocess: naming.preprocess, classes };
}

/** DataParallel saves every tensor as "module.…". */
function stripPrefix(tensors: StoredTensors, prefix: string): StoredTensors {
  const names = [...tensors.keys()];
  if (names.length === 0 || !names.every((name) => name.startsWith(prefix))) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function detect(tensors: StoredTensors, options: MatchOptions): ArchitectureName {
  let nearMiss: ArchitectureName | undefined;
  for (const name of architectureNames) {
    const best = closest(name, tensors, options, false);
    if (problems(best) === 0) return name;
    const explained = best.missing.length === 0 && best.unused.length === 0;
    if (explained || lacksOnlyTop(best, architectures[name])) nearMiss ??= name;
  }
  if (nearMiss) return nearMiss;
  throw new GradCamError("E_OPTION", {
    where: options.file,
    expected: `weights of ${architectureNames.join(", ")}`,
    got: `${tensors.size} tensors that fit none of them (${[...tensors.keys()].slice(0, 3).join(", ")}, …)`,
    hint: "if it is one of these, say which with the option architecture",
  });
}

/** The naming and the width under which the file comes closest to the architecture, at its own input size. */
function closest(name: ArchitectureName, tensors: StoredTensors, options: MatchOptions, positional: boolean): Attempt {
  const architecture: Architecture = architectures[name];
  const side = architecture.inputSize;
  const titles = { name, format: options.format };
  let best: Attempt | undefined;
  const consider = (naming: Naming): void => {
    const classes = classesOf(architecture, naming, tensors);
    for (const alpha of architecture.alphas ?? [1]) {
      if (best && problems(best) === 0) return;
      const build = { size: [side, side] as const, classes, alpha, flavour: naming.flavour };
      const candidate = attempt(titles, architecture, naming, tensors, build);
      if (!best || problems(candidate) < problems(best)) best = candidate;
    }
  };
  for (const naming of architecture.namings) consider(naming);
  if (positional && best && best.missing.length > 0) {
    const naming = byPosition(architecture.namings, best.requested, tensors);
    if (naming) consider(naming);
  }
  return best!;
}

/** The classifier's units in the file. */
function classesOf({ top }: Architecture, naming: Naming, tensors: StoredTensors): number {
  const bias = naming.tensor(`${top.at(-1)!}/bias`);
  return tensors.get(bias ?? "")?.shape[0] ?? IMAGENET_CLASSES;
}

function misfit(name: ArchitectureName, result: Attempt, file: string): GradCamError {
  const architecture: Architecture = architectures[name];
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
