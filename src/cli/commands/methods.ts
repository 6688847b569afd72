/** gradcam methods: what can be asked with --method, what it costs and what can be set. */
import { Argument, type Command } from "commander";
import type { OptionSpecs } from "../../cam/option.ts";
import type { MethodName } from "../../methods.ts";
import { checkMethods } from "../flags.ts";
import { METHOD_FACTS, METHOD_NAMES, type MethodFacts } from "../method-facts.ts";
import { table } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface MethodsFlags extends Readonly<Record<string, unknown>> {
  readonly json?: boolean;
}

const EXAMPLES = `
All methods of one command share its forward pass. What a method cannot do for a network it refuses, saying
what to use instead.

Examples:
  gradcam methods
  gradcam methods score-cam smooth-grad
  gradcam explain cat.jpg --method score-cam --set max-n=64
  gradcam methods --json | jq -r '.[] | select(.classSpecific) | .name'`;

export function addMethods(program: Command, terminal: Terminal): void {
  program
    .command("methods")
    .description("List the methods with what they cost and what can be set of them.")
    .addArgument(Object.assign(new Argument("[method...]", "only these (default: all)"), { argChoices: METHOD_NAMES }))
    .option("--json", "print a list of objects as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (names: string[], flags: MethodsFlags) => {
      const chosen = names.length > 0 ? checkMethods(names, "method") : METHOD_NAMES;
      const methods = await Promise.all(chosen.map(describe));
      if (flags.json) terminal.printJson(methods);
      else printMethods(methods, terminal);
    });
}

interface Described extends MethodFacts {
  readonly name: MethodName;
  /** Whether the map depends on the target. */
  readonly classSpecific: boolean;
  readonly options: OptionSpecs;
}

async function describe(name: MethodName): Promise<Described> {
  const { methodCalled } = await import("../../methods.ts");
  const method = methodCalled(name);
  const classSpecific = !("classAgnostic" in method && method.classAgnostic);
  return { name, ...METHOD_FACTS[name], classSpecific, options: method.options ?? {} };
}

/** In two groups; wide terminals also see what each method does. */
function printMethods(methods: readonly Described[], terminal: Terminal): void {
  const titles = { layer: "Maps of a layer", pixels: "Numbers for pixels" } as const;
  const rows = methods.map(({ name, cost, gradients, classSpecific, about }) => [
    `  ${name}`,
    classSpecific ? "class" : "",
    gradients ? "gradients" : "",
    cost,
    about,
  ]);
  const lines = table(rows);
  const tooWide = Math.max(...lines.map((line) => line.length)) > terminal.io.stdout.columns;
  const shown = tooWide && terminal.io.stdout.isTTY ? table(rows.map((row) => row.slice(0, 4))) : lines;
  for (const kind of ["layer", "pixels"] as const) {
    const mine = methods.flatMap((method, i) => (method.kind === kind ? [{ method, line: shown[i]! }] : []));
    if (mine.length > 0) terminal.print(terminal.style.bold(titles[kind]));
    for (const { method, line } of mine) {
      terminal.print(line);
      for (const text of optionLines(method.options)) terminal.print(terminal.style.dim(`      ${text}`));
    }
  }
  terminal.print();
  terminal.print("class: the map depends on the target   gradients: needs a way back through the network");
}

/** "--set samples=25   noisy pictures" */
const optionLines = (options: OptionSpecs): string[] =>
  table(
    Object.entries(options).map(([name, spec]) => [
      `--set ${name}=${spec.default}`,
      "choices" in spec ? `${spec.about}: ${spec.choices.join(", ")}` : spec.about,
    ]),
  );
