/** gradcam layers: what the network is made of, and where a map can be drawn. */
import type { Command } from "commander";
import type { LayerInfo } from "../../graph/inspect.ts";
import type { Model } from "../../model.ts";
import { addModelFlags, type ModelFlags, withModel } from "../open-model.ts";
import { count, fittedTable, type Narrowing, shapeText } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface LayersFlags extends ModelFlags {
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  gradcam layers
  gradcam layers vgg16.h5
  gradcam layers --json | jq -r '.layers[] | select(.explainable) | .name'`;

export function addLayers(program: Command, terminal: Terminal): void {
  const command = program
    .command("layers")
    .description("List the layers of a model and mark those that --layer accepts.")
    .argument("[file]", "the model, as with --model")
    .option("--json", "print { model, defaultLayer, layers } as one JSON object")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action((file: string | undefined, flags: LayersFlags) =>
    withModel({ ...flags, ...(file !== undefined && { model: file }) }, terminal, (model) =>
      printLayers(model, flags, terminal),
    ),
  );
}

const ALIGN = ["left", "left", "left", "left", "right", "right"] as const;
/** Kinds say least; names are what --layer takes. */
const NARROWING: Narrowing = { shrink: 2, drop: [2, 5, 4, 3] };

function printLayers({ name, defaultLayer, layers }: Model, { json }: LayersFlags, terminal: Terminal): void {
  if (json) {
    terminal.printJson({ model: name, defaultLayer, layers });
    return;
  }
  const heading = ["", "layer", "kind", "output", "parameters", "MACs"];
  const rows = layers.map((layer) => [
    mark(layer, defaultLayer),
    layer.name,
    layer.op,
    shapeText(layer.shape),
    layer.parameters > 0 ? count(layer.parameters) : "",
    layer.macs > 0 ? count(layer.macs) : "",
  ]);
  const [head, ...lines] = fittedTable([heading, ...rows], ALIGN, terminal.width, NARROWING);
  terminal.print(terminal.style.bold(head!));
  for (const line of lines) terminal.print(line.startsWith("▶") ? terminal.style.accent(line) : line);
  terminal.print();
  terminal.print("▶ the default of --layer   + has a map   (none) has no map that the class scores depend on");
}

const mark = ({ name, explainable }: LayerInfo, defaultLayer: string | undefined): string =>
  name === defaultLayer ? "▶" : explainable ? "+" : "";
