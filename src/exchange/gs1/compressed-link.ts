/**
 * Compressed GS1 Digital Links (GS1 Digital Link Standard: URI Compression): one base64url segment, a bit stream of
 * application identifiers in binary coded decimal, each followed by its value in as few bits as its shape allows.
 */
import {
  type ApplicationIdentifier,
  applicationIdentifier,
  identifierAtStart,
  type ValuePart,
} from './application-identifier.js';
import { BitReader, BitWriter } from './bits.js';
import { valueProblem } from './check-value.js';

type Elements = ReadonlyMap<string, string>;

/** Two hexadecimal digits that stand for a sequence of identifiers. */
const sequences: ReadonlyMap<string, readonly string[]> = new Map([
  ['0A', ['01', '22']],
  ['0B', ['01', '10']],
  ['0C', ['01', '21']],
  ['0D', ['01', '17']],
  ['0E', ['01', '7003']],
  ['0F', ['01', '30']],
  ['1A', ['01', '10', '21', '17']],
  ['1B', ['01', '15']],
  ['1C', ['01', '11']],
  ['1D', ['01', '16']],
  ['1E', ['01', '91']],
  ['1F', ['01', '10', '15']],
  ...['A', 'B', 'C', 'D', 'E', 'F'].flatMap((digit, decimals): [string, string[]][] => [
    [`2${digit}`, ['01', `310${decimals}`]],
    [`3${digit}`, ['01', `320${decimals}`]],
  ]),
  ['9A', ['8010', '8011']],
  ['9B', ['8017', '8019']],
  ['9C', ['8018', '8019']],
  ['9D', ['414', '254']],
  ...Array.from({ length: 10 }, (_, digit): [string, string[]] => [`A${digit}`, ['01', `392${digit}`]]),
  ...Array.from({ length: 10 }, (_, digit): [string, string[]] => [`C${digit}`, ['255', `390${digit}`]]),
  ...['A', 'B', 'C', 'D'].map((digit, index): [string, string[]] => [`C${digit}`, ['255', `394${index}`]]),
]);

/** The standard's two formulas; the hundredth keeps exact powers from being rounded down. */
const lengthBits = (lengthMax: number) => Math.ceil(Math.log2(lengthMax) + 0.01);
const digitBits = (digits: number) => Math.ceil(digits * Math.log2(10) + 0.01);

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** How the characters of a text may be written, by the number of their encoding. */
const encodings: readonly { fits: RegExp; bits: number; alphabet: string }[] = [
  { fits: /^\d+$/, bits: 0, alphabet: '0123456789' },
  { fits: /^[0-9a-f]+$/, bits: 4, alphabet: '0123456789abcdef' },
  { fits: /^[0-9A-F]+$/, bits: 4, alphabet: '0123456789ABCDEF' },
  { fits: /^[\w-]+$/, bits: 6, alphabet: base64Alphabet },
  {
    fits: /^[ -~]+$/,
    bits: 7,
    alphabet: Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join(''),
  },
];

const readDigits = (bits: BitReader, digits: number): string | null => {
  const value = bits.read(digitBits(digits));
  if (digits === 0) return '';
  const text = value?.toString().padStart(digits, '0');
  return text?.length === digits ? text : null;
};

function readText(bits: BitReader, length: number, encoding: number): string | null {
  const found = encodings[encoding];
  if (!found) return null;
  if (found.bits === 0) return length === 0 ? '' : readDigits(bits, length);
  let text = '';
  for (let index = 0; index < length; index += 1) {
    const code = bits.read(found.bits);
    if (code === null) return null;
    text += found.alphabet.charAt(Number(code));
  }
  return text;
}

const isVarying = (part: ValuePart) => part.optional || part.lengthMin !== part.lengthMax;

/** The standard counts neighbouring parts of fixed length and one class as one: a GRAI is N14 and X..16. */
function compressedParts(entry: ApplicationIdentifier): ValuePart[] {
  const parts: ValuePart[] = [];
  for (const part of entry.parts) {
    const last = parts.at(-1);
    if (last && !isVarying(last) && !isVarying(part) && last.characters === part.characters) {
      const length = last.lengthMax + part.lengthMax;
      parts[parts.length - 1] = { ...last, lengthMin: length, lengthMax: length };
    } else parts.push(part);
  }
  return parts;
}

function readPart(bits: BitReader, part: ValuePart): string | null {
  const varies = isVarying(part);
  if (part.characters === 'N') {
    const length = varies ? bits.read(lengthBits(part.lengthMax)) : BigInt(part.lengthMax);
    return length === null ? null : readDigits(bits, Number(length));
  }
  const encoding = bits.read(3);
  const length = varies ? bits.read(lengthBits(part.lengthMax)) : BigInt(part.lengthMax);
  return encoding === null || length === null ? null : readText(bits, Number(length), Number(encoding));
}

function readValue(bits: BitReader, entry: ApplicationIdentifier): string | null {
  let value = '';
  for (const part of compressedParts(entry)) {
    if (part.optional && bits.left < 3) break;
    const text = readPart(bits, part);
    if (text === null) return null;
    value += text;
  }
  return valueProblem(entry, value) === null ? value : null;
}

function readIdentifiers(bits: BitReader): ApplicationIdentifier[] | null {
  let code = bits.hex(2);
  if (code === null) return null;
  const sequence = sequences.get(code);
  if (sequence) return sequence.flatMap((ai) => applicationIdentifier(ai) ?? []);
  for (let digits = 2; /^\d+$/.test(code) && digits <= 4; digits += 1) {
    const entry = identifierAtStart(code);
    if (entry) return [entry];
    code += bits.hex(1) ?? '-';
  }
  return null;
}

/**
 * The elements of a compressed segment, or null. Strict, because any last segment of any URL is base64url: every value
 * must be right, check digits too, and nothing but zeros may be left to fill the last character.
 */
export function decompressSegment(segment: string): Elements | null {
  if (!/^[\w-]{4,}$/.test(segment)) return null;
  const bits = BitReader.ofBase64(segment);
  const values = new Map<string, string>();
  while (bits.left >= 8 || !bits.isRestZero()) {
    const entries = readIdentifiers(bits);
    if (!entries) return null;
    for (const entry of entries) {
      const value = readValue(bits, entry);
      if (value === null || values.has(entry.ai)) return null;
      values.set(entry.ai, value);
    }
  }
  return values.size > 0 ? values : null;
}

function writePart(bits: BitWriter, part: ValuePart, text: string): void {
  const varies = isVarying(part);
  const encoding = encodings.findIndex((one) => one.fits.test(text));
  if (part.characters !== 'N') bits.write(BigInt(Math.max(encoding, 0)), 3);
  if (varies) bits.write(BigInt(text.length), lengthBits(part.lengthMax));
  const found = encodings[part.characters === 'N' ? 0 : Math.max(encoding, 0)];
  if (!found || (text === '' && part.characters !== 'N')) return;
  // no digits still take the formula's one bit
  if (found.bits === 0) bits.write(BigInt(text || 0), digitBits(text.length));
  else for (const character of text) bits.write(BigInt(found.alphabet.indexOf(character)), found.bits);
}

/** The elements as one compressed segment; identifiers in the order given, without sequences. */
export function compressElements(elements: Elements): string {
  const bits = new BitWriter();
  for (const [ai, value] of elements) {
    const entry = applicationIdentifier(ai);
    if (!entry) throw new Error(`application identifier ${ai}: GS1 has given it no meaning`);
    for (const digit of ai) bits.write(BigInt(digit), 4);
    let rest = value;
    for (const part of compressedParts(entry)) {
      writePart(bits, part, rest.slice(0, part.lengthMax));
      rest = rest.slice(part.lengthMax);
    }
  }
  return bits.toBase64();
}
