/** How an explanation was made, in words: what a reader needs to make it again. */
import type { Explanation } from "../explanation.ts";

/** Name and value, in the order of interest. */
export function pageFacts(explanation: Explanation): [name: string, value: string][] {
  const { method, target, score, parameters, facts = {}, raw, sign, compat, smooth, fuse, seed } = explanation;
  const { model, engine, version, timings, layer, picture } = explanation;
  const { prepare, forward, backward } = timings;
  const settings = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  const modes = [`sign ${sign}`, compat && `compat ${compat}`, smooth && `smooth ${smooth}`, fuse && `fuse ${fuse}`];
  const found = Object.entries(facts).map(([name, value]): [string, string] => [name, String(value)]);
  const rounding = `${engine.build}${engine.fma ? ", fused multiply-add" : ""}${engine.exact ? ", exact" : ""}`;
  return [
    ["Explained", `${score} of ${target.label}${target.index === undefined ? "" : ` (class ${target.index})`}`],
    ["Method", [method, ...settings].join(", ")],
    ["Layer", `${[layer].flat().join(" + ")}, ${raw.width} × ${raw.height}`],
    ["Settings", [...modes.filter((mode) => mode !== undefined), `seed ${seed}`].join(", ")],
    ...found,
    ["Picture", `${picture.width} × ${picture.height} pixels`],
    ["Model", `${model.name}, ${model.format}`],
    ...(model.sha256 === undefined ? [] : [["SHA-256", model.sha256] as [string, string]]),
    ["Engine", `gradcam-wasm ${version}, ${rounding}, ${engine.weights} weights, ${engine.threads} threads`],
    ["Time", `prepare ${ms(prepare)}, forward ${ms(forward)}, maps ${ms(backward)}`],
  ];
}

const ms = (time: number): string => `${time.toFixed(time < 10 ? 1 : 0)} ms`;
