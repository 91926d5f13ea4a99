/** GS1's own JSON schema of EPCIS 2.0, where it lies beside the project. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';

const file = fileURLToPath(
  new URL('../../../shared/data/epcis/spec/EPCIS-JSON-Schema.json', import.meta.url),
);
export const hasEpcisSchema = existsSync(file);
if (!hasEpcisSchema) console.info(`the GS1 JSON schema is not at ${file}: what needs it is skipped`);

/** Tells the faults of a document by that schema. */
export function epcisSchema(): (document: unknown) => string[] {
  const ajv = new Ajv({ strict: false });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
  return (document) => {
    validate(document);
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
}
