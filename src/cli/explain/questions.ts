/** From words of the command line to what explainMany is asked. */
import { GradCamError } from "../../errors.ts";
import type { ExplainManyOptions } from "../../explanation.ts";
import type { MethodName } from "../../methods.ts";
import type { Target } from "../../target.ts";
import type { ExplainFlags } from "../commands/explain.ts";
import type { Settings } from "../settings.ts";

/** Everything but signal and progress. Throws E_OPTION for options that none of the methods has. */
export async function questionsOf(flags: ExplainFlags, settings: Settings): Promise<ExplainManyOptions> {
  const { method, target, layer, fuse, score, sign, smooth, compat, seed } = flags;
  if (fuse !== undefined && (layer?.length ?? 0) < 2) {
    const got = layer === undefined ? "none" : "one";
    throw new GradCamError("E_OPTION", { where: "--fuse", expected: "two or more --layer", got });
  }
  return {
    ...(await methodOptions(flags, settings)),
    ...(method && { methods: method }),
    ...(target && { targets: target.map(targetOf) }),
    ...(layer && { layers: fuse === undefined ? layer : [layer] }),
    ...(fuse && { fuse }),
    ...(score && { score }),
    ...(sign && { sign }),
    ...(smooth && { smooth }),
    ...(compat && { compat }),
    ...(seed !== undefined && { seed }),
  };
}

/** How many methods, targets and layers each picture is explained with: their product is what it gets. */
export const multiplicityOf = ({
  method,
  target,
  layer,
  fuse,
}: ExplainFlags): Record<"method" | "target" | "layer", number> => ({
  method: method?.length ?? 1,
  target: target?.length ?? 1,
  layer: fuse === undefined ? (layer?.length ?? 1) : 1,
});

/** "espresso vs Egyptian cat, tabby" holds one class against others. */
export function targetOf(words: string): Target {
  const versus = /\s(?:vs\.?|against)\s/i.exec(words);
  if (!versus) return words;
  const one = words.slice(0, versus.index).trim();
  const others = words.slice(versus.index + versus[0].length).trim();
  if (one === "" || others === "") return words;
  return { for: one, against: others.split(",").map((other) => other.trim()) };
}

/** The pairs of `--set` that are no metric's, as far as the methods know them. */
async function methodOptions({ method = ["grad-cam"] }: ExplainFlags, settings: Settings): Promise<Settings> {
  if (Object.keys(settings).length === 0) return {};
  const [{ methodCalled }, { checkOptionNames }] = await Promise.all([
    import("../../methods.ts"),
    import("../../method-options.ts"),
  ]);
  checkOptionNames(settings, new Map(method.map((name: MethodName) => [name, methodCalled(name).options ?? {}])));
  return settings;
}
