/** GS1 keys: read from any spelling, checked, canonical. Imports nothing of the rest. */
export { checkDigit } from './check-digit.js';
export type { Code, CodeKind, CodeResult, KeyResult } from './code.js';
export { canonicalLink, toDigitalLink } from './digital-link.js';
export { itemUri } from './elements.js';
export { toEpcUrn } from './epc-urn.js';
export {
  parseGln,
  parseGtin,
  parseLot,
  parseSerial,
  parseUnitKey,
} from './keys.js';
export { parseCode, readElements } from './parse-code.js';
