/** GS1 keys: read from any spelling, checked, canonical, printed in every spelling. Imports nothing of the rest. */
export { checkDigit } from './check-digit.js';
export type { Code, CodeKind, CodeResult, KeyResult } from './code.js';
export { companyPrefixLength } from './company-prefix.js';
export { compressElements } from './compressed-link.js';
export { canonicalLink, fullLink } from './digital-link.js';
export { toElementString, toScannedText } from './element-string.js';
export { itemUri } from './elements.js';
export { companyPrefixOf, toEpcUrn } from './epc-urn.js';
export { type CodeElement, type IdentifiedCode, identifyCode } from './identify-code.js';
export { parseGln, parseGtin, parseLot, parseSerial, parseUnitKey } from './keys.js';
export { canonicalUri, parseCode, readElements } from './parse-code.js';
export type { Vin, VinRegion } from './vin.js';
