/** The tables of docs/methods.md, from the registry and from what methods do. */
import type { AttributeMethod } from "../../src/attribute/method.ts";
import type { CamMethod } from "../../src/cam/method.ts";
import { methodCalled, type MethodName, METHODS } from "../../src/methods.ts";
import { type Traits, traitsOf } from "../methods/traits.ts";

const COLUMNS = 4;

/** What is known of methods beyond a formula: identities that test/methods/identities.test.ts holds, and limits. */
const KNOWN: Readonly<Partial<Record<MethodName, string>>> = {
  "grad-cam": "Scales with the score. Behind a global average and one dense layer equal to `cam` and `hirescam`",
  hirescam: "Sums to score − bias where the rest of the network is affine",
  "xgrad-cam": "Equal to `grad-cam` behind a global average; ill-conditioned where activations sum to 0",
  "grad-cam++": "Positive gradients only; unstable on layers with negative activations",
  "layer-cam": "Nowhere below the positive part of `hirescam` where activations are not negative",
  "eigen-cam": "The sign is a convention: the largest absolute value is positive",
  "eigen-grad-cam": "The sign is a convention, as of `eigen-cam`",
  "kpca-cam": "The sign is a convention, as of `eigen-cam`",
  "ablation-cam": "Exact and free where the score is affine in the layer",
  "finer-cam": "Linear: the class's map minus γ times the mean of its rivals' maps",
  "shapley-cam": 'Of a logit behind ReLUs equal to `grad-cam`; the paper\'s score is `score: "rest"`',
  "score-cam": "Needs nothing but scores",
  "ss-cam": "As `score-cam`, of noisy masks",
  "is-cam": "As `score-cam`, of masks that fade in",
  "refine-cam": "Nowhere hot where one of its layers is cold",
  rise: "Model-agnostic; noisy with few samples",
  "blur-ig": "Sums to y(x) − y(blurred); `residual` says how nearly",
  counterfactual: "Minus `grad-cam`",
  cam: "Defined for a global average and one dense layer only",
  "random-cam": "Knows nothing",
  "input-x-gradient": "Sums to the score in piecewise linear networks without biases",
  "integrated-gradients": "Sums to y(x) − y(baseline); `residual` says how nearly",
  "guided-backprop": "Hardly depends on class or weights",
  deconvnet: "Hardly depends on class or weights",
  "full-grad": "All terms together sum to the score; `residual` says how nearly",
  occlusion: "Model-agnostic",
};

/** Pictures under their names, a few side by side. */
export function picturesTable(): string {
  const cells = ["photo", ...METHODS].map((name) => ({ name, link: `![${name}](images/methods/${name}.webp)` }));
  const rows = Array.from({ length: Math.ceil(cells.length / COLUMNS) }, (_, i) =>
    cells.slice(i * COLUMNS, (i + 1) * COLUMNS),
  );
  const padded = (texts: readonly string[]): string =>
    line([...texts, ...new Array<string>(COLUMNS - texts.length).fill("")]);
  const [first, ...rest] = rows.map((row) => [
    padded(row.map(({ name }) => `\`${name}\``)),
    padded(row.map(({ link }) => link)),
  ]);
  return [first![0], line(new Array<string>(COLUMNS).fill("---")), first![1], ...rest.flat()].join("\n");
}

export async function methodsTable(): Promise<string> {
  const head = ["method", "sees", "class-specific", "gradients", "further runs", "options (defaults)", "known"];
  const rows: string[] = [];
  for (const name of METHODS) rows.push(row(name, await traitsOf(name)));
  return [line(head), line(head.map(() => "---")), ...rows].join("\n");
}

function row(name: MethodName, { sees, classSpecific, gradients, pictures, heads }: Traits): string {
  const method: CamMethod | AttributeMethod = methodCalled(name);
  const options = Object.entries(method.options ?? {}).map(([key, spec]) => `\`${key}\` (${spec.default})`);
  const runs = [...pictures.map((amount) => `pictures: ${amount}`), ...heads.map((amount) => `head: ${amount}`)];
  const yes = (is: boolean): string => (is ? "yes" : "no");
  const layered = "layered" in method ? "pixels and a layer" : sees;
  return line([
    `\`${name}\``,
    layered === "layer" ? "a layer" : layered,
    yes(classSpecific),
    yes(gradients),
    runs.join("; ") || "none",
    options.join(", "),
    KNOWN[name] ?? "",
  ]);
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
