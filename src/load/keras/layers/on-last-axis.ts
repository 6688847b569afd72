import type { ValueId } from "../../../graph/graph.ts";
import type { LayerCall } from "./rule.ts";

/**
 * What `make` makes of x with an axis and the last one in each other's place, turned back: for operators over the last axis.
 * @param axis counted from the front @param name of the answer @param part what is made is called `name/part` where it is turned back
 */
export function onLastAxis(
  call: LayerCall,
  x: ValueId,
  axis: number,
  { name, part }: { readonly name: string; readonly part: string },
  make: (name: string, x: ValueId) => ValueId,
): ValueId {
  const last = call.shape(x).length - 1;
  if (axis === last) return make(name, x);
  const perm = call.shape(x).map((_, i) => (i === axis ? last : i === last ? axis : i));
  const turned = call.node("transpose", `${name}/turned`, [x], { perm });
  return call.node("transpose", name, [make(`${name}/${part}`, turned)], { perm });
}
