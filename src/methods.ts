/** All methods of both kinds under the names that users type. */
import { attributeMethods } from "./attribute/index.ts";
import type { AttributeMethod } from "./attribute/method.ts";
import { camMethods } from "./cam/index.ts";
import type { CamMethod } from "./cam/method.ts";
import type { OptionSpecs, ValuesOf } from "./cam/option.ts";

const methods = { ...camMethods, ...attributeMethods } as const;

/** The name of a method of either kind. */
export type MethodName = keyof typeof methods;

/** Every method, class-activation methods first. */
export const METHODS = Object.keys(methods) as readonly MethodName[];

export const methodCalled = (name: MethodName): CamMethod | AttributeMethod => methods[name];

/** As the argument of a function, so that a union of methods becomes an intersection of their options. */
type Takes<M extends MethodName> = M extends unknown ? (options: OptionsOfOne<(typeof methods)[M]>) => void : never;

type OptionsOfOne<Method> = Method extends { readonly options?: infer Specs }
  ? string extends keyof NonNullable<Specs>
    ? unknown
    : Partial<ValuesOf<Extract<Specs, OptionSpecs>>>
  : unknown;

/** What may be set of a method, or of all methods of a union. */
export type OptionsOf<M extends MethodName> = Takes<M> extends (options: infer All) => void ? All : never;
