/** In which format a file is wanted, by the parameter `format` of its address. */
import { Refusal } from '../graphql/index.js';

/** Errors: BAD_INPUT for a format that is none of these. */
export function formatIn<T extends string>(formats: readonly T[], given: string | undefined, absent: T): T {
  const wanted = (given ?? absent).toUpperCase();
  const format = formats.find((one) => one === wanted);
  if (format !== undefined) return format;
  throw new Refusal('BAD_INPUT', `format ${given}: should be ${formats.join(', ').toLowerCase()}`);
}
