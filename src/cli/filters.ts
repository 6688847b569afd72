/** What `gradcam filters` does: a picture for each channel, one after the other, and a figure of them. */
import { grid, type Panel } from "../image/grid.ts";
import type { Model } from "../model.ts";
import { filterImage, type FilterImage } from "../see/filters.ts";
import type { FiltersFlags } from "./commands/filters.ts";
import { withModel } from "./open-model.ts";
import { DEFAULT_FOLDER, writeFigure } from "./files/output-folder.ts";
import { printable } from "./terminal/printable.ts";
import { Progress } from "./terminal/progress.ts";
import { provenanceOf } from "./provenance.ts";
import type { Terminal } from "./terminal/terminal.ts";

const USUAL_CHANNELS = 16;

/** A filter's picture in a figure. */
const PANEL_WIDTH = 192;

interface Made {
  readonly channel: number;
  readonly image: FilterImage;
}

export async function showFilters(flags: FiltersFlags, terminal: Terminal): Promise<void> {
  const { layer, recipe, force = false, json } = flags;
  await withModel(flags, terminal, async (model) => {
    const made = await makeAll(model, flags, terminal);
    const title = `${model.name}: ${layer}, ${recipe}`;
    const path = flags.output ?? `${DEFAULT_FOLDER}/filters.${layer.replace(/[^\w.-]+/g, "-")}.png`;
    const figure = grid(made.map(panelOf), { title, panelWidth: PANEL_WIDTH });
    const file = await writeFigure(path, figure, force, []);
    const channels = made.map(({ channel, image }) => ({ channel, ...image.activation }));
    if (json) {
      const { width, height } = made[0]!.image;
      const asked = { layer, recipe, seed: flags.seed ?? 0, width, height };
      terminal.printJson({ ...asked, channels, file, ...(await provenanceOf(model)) });
    } else if (terminal.quiet) terminal.printData(file);
    else terminal.print(printable(`${title}: ${made.length} channels, wrote ${file}`));
  });
}

async function makeAll(model: Model, flags: FiltersFlags, terminal: Terminal): Promise<Made[]> {
  const { layer, recipe, steps, size, jitter, totalVariation, seed } = flags;
  const channels = flags.channels ?? usualChannels(model, layer);
  const progress = new Progress(terminal, "climbing", channels.length);
  const made: Made[] = [];
  try {
    for (const channel of channels) {
      progress.begin(`channel ${channel}`);
      const image = await filterImage(model, layer, channel, {
        recipe,
        ...(steps !== undefined && { steps }),
        ...(size !== undefined && { size }),
        ...(jitter !== undefined && { jitter }),
        ...(totalVariation !== undefined && { totalVariation }),
        ...(seed !== undefined && { seed }),
        signal: terminal.io.signal,
        onProgress: progress.within,
      });
      made.push({ channel, image });
      progress.step();
    }
  } finally {
    progress.end();
  }
  return made;
}

/** An unknown layer is the model's to refuse. */
function usualChannels({ layers }: Model, name: string): number[] {
  const channels = layers.find((layer) => layer.name === name)?.shape.at(-1) ?? 1;
  return Array.from({ length: Math.min(USUAL_CHANNELS, channels) }, (_, i) => i);
}

function panelOf({ channel, image }: Made): Panel {
  const { before, after } = image.activation;
  const number = (value: number): string => String(Number(value.toPrecision(3))).replace("-", "−");
  return { image, label: `channel ${channel}`, note: `${number(before)} → ${number(after)}` };
}
