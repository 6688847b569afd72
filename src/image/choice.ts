/** One way to refuse an unknown name: list what exists and guess what was meant. */
import { GradCamError, nearest } from "../errors.ts";

/** Throws E_OPTION unless `name` is one of `choices`. */
export function checkChoice<Name extends string>(
  name: string,
  choices: readonly Name[],
  where: string,
): asserts name is Name {
  if ((choices as readonly string[]).includes(name)) return;
  const near = nearest(name, choices);
  throw new GradCamError("E_OPTION", {
    where,
    expected: `one of ${choices.join(", ")}`,
    got: `"${name}"`,
    ...(near && { hint: `did you mean "${near}"?` }),
  });
}
