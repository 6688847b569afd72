/** One way to refuse an unknown name: list what exists and guess what was meant. */
import { GradCamError, nearest } from "../errors.ts";

const MANY = 15;

/** Throws E_OPTION unless `name`, perhaps from a file or a caller without types, is one of `choices`. */
export function checkChoice<Name extends string>(
  name: unknown,
  choices: readonly Name[],
  where: string,
): asserts name is Name {
  if ((choices as readonly unknown[]).includes(name)) return;
  const near = typeof name === "string" && nearest(name, choices);
  // With a guess at hand a long list is only in its way.
  const all = near && choices.length > MANY ? `one of ${choices.length} names` : `one of ${choices.join(", ")}`;
  throw new GradCamError("E_OPTION", {
    where,
    expected: all,
    got: typeof name === "string" ? `"${name}"` : typeof name,
    ...(near && { hint: `did you mean "${near}"?` }),
  });
}
