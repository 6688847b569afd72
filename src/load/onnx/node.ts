/** A node of an ONNX graph with its attributes, which are checked when somebody asks for them. */
import { GradCamError } from "../../errors.ts";
import { show } from "../show.ts";
import type { OnnxTensor } from "./tensor-proto.ts";

/** AttributeProto: what it holds depends on its type, which old writers left out. */
export interface Attribute {
  float?: number;
  int?: number;
  text?: string;
  tensor?: OnnxTensor;
  floats?: number[];
  ints?: number[];
  texts?: string[];
  /** It is a graph, or several: a body of If, Loop or Scan. */
  isGraph?: boolean;
  /** AttributeProto.type. */
  type?: number;
}

/** One node of the file. */
export class OnnxNode {
  /** As the file calls it, or after its first output. */
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  /** "" where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;

  constructor(parts: Pick<OnnxNode, "name" | "op" | "domain" | "inputs" | "outputs" | "attributes">) {
    this.name = parts.name || (parts.outputs[0] ?? "");
    this.op = parts.op;
    this.domain = parts.domain;
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.attributes = parts.attributes;
  }

  /** For messages. */
  get where(): string {
    return `${this.op} "${this.name}"`;
  }

  /** What the node makes first; the name of our value. */
  get output(): string {
    return this.outputs[0] ?? this.name;
  }

  /** Whether input `index` is there. */
  has(index: number): boolean {
    return (this.inputs[index] ?? "") !== "";
  }

  float(name: string, fallback: number): number {
    const found = this.attributes.get(name);
    const value = found === undefined ? fallback : found.float;
    if (value !== undefined && Number.isFinite(value)) return value;
    throw this.invalid(name, "a number", found);
  }

  int(name: string, fallback: number): number {
    const found = this.attributes.get(name);
    const value = found === undefined ? fallback : found.int;
    if (value !== undefined && Number.isSafeInteger(value)) return value;
    throw this.invalid(name, "a whole number", found);
  }

  flag(name: string, fallback: boolean): boolean {
    return this.int(name, Number(fallback)) !== 0;
  }

  text(name: string, fallback: string): string {
    return this.attributes.get(name)?.text ?? fallback;
  }

  /** Undefined where the attribute is not there. */
  ints(name: string): readonly number[] | undefined {
    const found = this.attributes.get(name);
    if (found === undefined) return undefined;
    const list = found.ints ?? (found.int === undefined ? undefined : [found.int]) ?? [];
    if (list.every((value) => Number.isSafeInteger(value))) return list;
    throw this.invalid(name, "whole numbers", list);
  }

  /** Exactly two numbers, one for each axis of a picture. */
  pair(name: string, fallback: readonly [number, number]): readonly [number, number] {
    const list = this.ints(name) ?? fallback;
    if (list.length === 2) return list as readonly [number, number];
    throw this.unsupported(`two ${name}, as for pictures`, `${list.length}`);
  }

  /** Of the things that are named, one. */
  choice<T extends string>(name: string, known: readonly T[], fallback: T): T {
    const text = this.text(name, fallback);
    const found = known.find((one) => one === text);
    if (found) return found;
    throw this.unsupported(`${name} ${known.join(" or ")}`, show(text));
  }

  invalid(name: string, expected: string, got: unknown): GradCamError {
    return new GradCamError("E_ATTR_INVALID", { where: `${this.where}: ${name}`, expected, got: show(got) });
  }

  unsupported(expected: string, got: string, hint?: string): GradCamError {
    return new GradCamError("E_UNSUPPORTED_OP", {
      where: this.where,
      expected,
      got,
      ...(hint !== undefined && { hint }),
    });
  }
}
