/** What users may set of a method: described once, for types, checks, help and documentation. */

/** A number. */
export interface NumberOption {
  readonly default: number;
  readonly min: number;
  readonly max?: number;
  readonly integer?: true;
  /** What it does, as help shows it. */
  readonly about: string;
}

/** One of a few words. */
export interface ChoiceOption {
  readonly default: string;
  readonly choices: readonly string[];
  readonly about: string;
}

export type OptionSpecs = Readonly<Record<string, NumberOption | ChoiceOption>>;

/** Of a method without any. */
export type NoOptions = Readonly<Record<string, never>>;

/** The values that a method is called with: all of them, defaults filled in. */
export type ValuesOf<Specs extends OptionSpecs> = { readonly [Name in keyof Specs]: ValueOf<Specs[Name]> };

type ValueOf<Spec> = Spec extends { readonly choices: readonly (infer Choice)[] } ? Choice : number;
