/** What a layer's configuration says, read by type: whoever reads an attribute gets a value of its kind or an error. */
import { GradCamError } from "../../errors.ts";
import type { Pair } from "../../shape.ts";
import { show } from "../show.ts";

/** Sizes beyond this are nobody's: products of four of them stay exact. */
const LARGEST = 2 ** 31 - 1;

export class Attributes {
  /** For errors: `model.keras: Conv2D "stem"`. */
  readonly where: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(where: string, values: Readonly<Record<string, unknown>>) {
    this.where = where;
    this.#values = values;
  }

  /** As the file has it; undefined for what is not there, and for null. NumPy scalars and arrays are plain values. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? unwrapped(this.#values[name]) : undefined;
  }

  /** Throws E_ATTR_INVALID unless the attribute is a finite number; undefined where it is not there. */
  number(name: string): number | undefined {
    return this.#checked(name, "a finite number", isFiniteNumber);
  }

  /** An integer ≥ 0, or what stands for it where it is not there. */
  count(name: string, fallback?: number): number {
    const found = this.#checked(name, "an integer ≥ 0", isCount) ?? fallback;
    if (found === undefined) throw this.invalid(name, "an integer ≥ 0", "nothing");
    return found;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.#checked(name, "true or false", (value) => typeof value === "boolean") ?? fallback;
  }

  text(name: string): string | undefined {
    return this.#checked(name, "a text", (value) => typeof value === "string");
  }

  /** [height, width] from two integers ≥ 0 or from one for both. */
  pair(name: string, fallback?: Pair): Pair {
    const value = this.raw(name) ?? fallback;
    if (isCount(value)) return [value, value];
    if (Array.isArray(value) && value.length === 2 && value.every(isCount)) return value as unknown as Pair;
    throw this.invalid(name, "two integers ≥ 0", value);
  }

  /** Integers, from a list of them or from one alone. */
  integers(name: string): readonly number[] | undefined {
    const value = this.raw(name);
    const list: unknown[] | undefined = value === undefined || Array.isArray(value) ? value : [value];
    if (list === undefined || list.every(isInteger)) return list;
    throw this.invalid(name, "integers", value);
  }

  /** Finite numbers in nested lists of one shape, or one number. */
  numbers(name: string): { readonly values: Float32Array; readonly shape: readonly number[] } | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const shape: number[] = [];
    for (let part: unknown = value; Array.isArray(part); part = part[0]) shape.push(part.length);
    const flat = [value].flat(Infinity);
    const isFull = flat.length === shape.reduce((product, size) => product * size, 1);
    if (!isFull || !flat.every(isFiniteNumber)) throw this.invalid(name, "numbers in lists of one shape", value);
    return { values: Float32Array.from(flat), shape };
  }

  choice<const T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.raw(name) ?? fallback;
    const found = allowed.find((option) => option === value);
    if (found !== undefined) return found;
    throw this.invalid(name, allowed.join(" or "), value);
  }

  invalid(name: string, expected: string, got: unknown): GradCamError {
    return new GradCamError("E_ATTR_INVALID", { where: `${this.where}, ${name}`, expected, got: show(got) });
  }

  #checked<T>(name: string, expected: string, fits: (value: unknown) => value is T): T | undefined {
    const value = this.raw(name);
    if (value === undefined || fits(value)) return value;
    throw this.invalid(name, expected, value);
  }
}

/** As f32, which it will be: 10^308 is finite in JSON alone. */
const isFiniteNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(Math.fround(value));
const isInteger = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) <= LARGEST;
const isCount = (value: unknown): value is number => isInteger(value) && value >= 0;

/** `{class_name: "__numpy__", config: {value}}` is how Keras writes a NumPy value. */
function unwrapped(value: unknown): unknown {
  if (value === null) return undefined;
  const { class_name, config } = value as { class_name?: unknown; config?: { value?: unknown } };
  return class_name === "__numpy__" || class_name === "__tensor__" ? (config?.value ?? undefined) : value;
}
