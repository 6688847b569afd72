/** What a caller of ours passed, for messages: whoever writes JavaScript may pass anything, a promise most of all. */
export function given(value: unknown): { readonly got: string; readonly hint?: string } {
  if (value instanceof Promise) return { got: "a promise", hint: "await it first" };
  if (typeof value === "string") return { got: JSON.stringify(value.slice(0, 60)) };
  return { got: value === undefined ? "nothing" : Object.prototype.toString.call(value).slice(8, -1) };
}
