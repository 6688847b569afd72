/** schema/output.schema.json, as tests of commands ask it. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

interface Schema {
  readonly $defs: Readonly<Record<string, object>>;
}

const schemaCalled = (name: string): Schema =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}`, import.meta.url), "utf8")) as Schema;

const output = schemaCalled("output.schema.json");

/** What it describes, by name. */
export const OUTPUT_DEFINITIONS: readonly string[] = Object.keys(output.$defs);

/** What is wrong with a value that should be as one of them says. */
export function outputFaults(definition: string, value: unknown): string[] {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  const schemas = [schemaCalled("explanation.schema.json"), output];
  const validate = ajv.addSchema(schemas).getSchema(`output.schema.json#/$defs/${definition}`)!;
  void validate(value);
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(" "),
  );
}
