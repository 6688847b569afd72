/** What `gradcam activations` does: a figure of one layer, or the numbers of many pictures as a file for NumPy. */
import { basename, dirname, extname } from "node:path";
import { GradCamError } from "../errors.ts";
import { colorTable } from "../image/colormap.ts";
import type { Model } from "../model.ts";
import { prepare } from "../prepare.ts";
import { toNpy, toNpz } from "../report/npy.ts";
import { activationFigure } from "../see/activation-figure.ts";
import { activations } from "../see/activations.ts";
import type { HostTensor } from "../tensor.ts";
import type { ActivationsFlags } from "./commands/activations.ts";
import { withModel } from "./open-model.ts";
import { DEFAULT_FOLDER, OutputFolder, writeFigure } from "./files/output-folder.ts";
import { findPictures, type PictureList } from "./files/picture-files.ts";
import { forEachPicture, type Picture } from "./files/pictures.ts";
import { stemOf } from "./files/picture-stem.ts";
import { printable } from "./terminal/printable.ts";
import { provenanceOf } from "./provenance.ts";
import type { Terminal } from "./terminal/terminal.ts";

export async function showActivations(
  words: readonly string[],
  flags: ActivationsFlags,
  terminal: Terminal,
): Promise<void> {
  if (flags.colormap !== undefined) colorTable(flags.colormap);
  const pictures = await findPictures(words, terminal);
  const extension = extname(flags.output ?? "").toLowerCase();
  const numbers = extension === ".npy" || extension === ".npz";
  checkCounts(pictures, flags, extension);
  await withModel(flags, terminal, async (model) => {
    const layers = flags.layer ?? [usualLayer(model)];
    if (numbers) await exportNumbers(model, pictures, layers, flags, terminal);
    else {
      const show = (picture: Picture) => showPicture(model, picture, layers, flags, terminal);
      await forEachPicture(pictures, terminal, show);
    }
  });
}

/** A figure has one subject, a .npy file one array. */
function checkCounts(
  { names }: PictureList,
  { layer = ["auto"], output, json }: ActivationsFlags,
  extension: string,
): void {
  const several = layer.length > 1 || names.length > 1;
  const figure = !(extension === ".npy" || extension === ".npz") && (!json || output !== undefined);
  if (!(figure && several) && !(extension === ".npy" && layer.length > 1)) return;
  throw new GradCamError("E_OPTION", {
    where: "--output",
    expected: figure ? "one picture and one layer for a figure" : "one layer for .npy",
    got: `${names.length} pictures and ${layer.length} layers`,
    hint: "an output that ends in .npz takes all of them",
  });
}

function usualLayer({ defaultLayer, name }: Model): string {
  if (defaultLayer !== undefined) return defaultLayer;
  throw new GradCamError("E_TARGET_LAYER", { where: "--layer", expected: `a layer of ${name}`, got: "none" });
}

async function showPicture(
  model: Model,
  picture: Picture,
  layers: readonly string[],
  flags: ActivationsFlags,
  terminal: Terminal,
): Promise<void> {
  for (const layer of layers) {
    const answers = await activations(model, picture.upright, layer, { signal: terminal.io.signal });
    const dead = answers.channels.filter((channel) => channel.dead).length;
    const { sort, scale, channels, colormap, output, force = false, json } = flags;
    const title = `${basename(picture.name)}: ${layer}, ${dead} of ${answers.channels.length} channels dead`;
    const options = { sort, scale, title, ...(channels && { channels }), ...(colormap && { colormap }) };
    const usual = `${DEFAULT_FOLDER}/${stemOf(picture.name)}.${layer.replace(/[^\w.-]+/g, "-")}.png`;
    const written = !json || output !== undefined;
    const draw = () => writeFigure(output ?? usual, activationFigure(answers, options), force, [picture.name]);
    const file = written ? await draw() : undefined;
    const { shape } = answers.tensor;
    if (json) {
      const facts = {
        image: picture.name,
        layer,
        shape,
        dead,
        channels: answers.channels,
        ...(file !== undefined && { file }),
        ...(await provenanceOf(model)),
      };
      terminal.printJson(facts);
    } else if (terminal.quiet) terminal.printData(file!);
    else terminal.print(printable(`${title}; wrote ${file!}`));
  }
}

/** All pictures' answers are held until the end: a layer of [14,14,112] takes 88 kB a picture. */
async function exportNumbers(
  model: Model,
  pictures: PictureList,
  layers: readonly string[],
  flags: ActivationsFlags,
  terminal: Terminal,
): Promise<void> {
  const output = flags.output!;
  const names: string[] = [];
  const rows: Record<string, HostTensor>[] = [];
  await forEachPicture(pictures, terminal, async ({ name, upright }) => {
    rows.push(await model.run(prepare(model, upright), { outputs: layers, signal: terminal.io.signal }));
    names.push(name);
  });
  if (rows.length === 0) return;
  const arrays = Object.fromEntries(layers.map((layer) => [layer, stacked(rows.map((row) => row[layer]!))]));
  const single = output.toLowerCase().endsWith(".npy");
  const bytes = single ? toNpy(arrays[layers[0]!]!) : toNpz({ ...arrays, pictures: names });
  const folder = new OutputFolder(dirname(output), flags.force ?? false, pictures.names);
  const file = await folder.writeData(basename(output), bytes);
  const facts = Object.entries(arrays).map(([layer, { shape }]) => ({ layer, shape }));
  if (flags.json) terminal.printJson({ pictures: names, arrays: facts, file, ...(await provenanceOf(model)) });
  else if (terminal.quiet) terminal.printData(file);
  else
    terminal.print(
      `${facts.map(({ layer, shape }) => `${layer} [${shape.join(",")}]`).join(", ")}; wrote ${printable(file)}`,
    );
}

/** [1, …] of every picture becomes [pictures, …]. */
function stacked(tensors: readonly HostTensor[]): HostTensor {
  const [first] = tensors as [HostTensor];
  const data = new Float32Array(first.data.length * tensors.length);
  tensors.forEach((tensor, i) => {
    data.set(tensor.data, i * first.data.length);
  });
  return { data, shape: [tensors.length, ...first.shape.slice(1)] };
}
