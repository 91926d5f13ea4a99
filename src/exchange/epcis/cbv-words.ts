/** Words of the Core Business Vocabulary in each of the forms met in practice, to the bare word and to the full URI. */
import { type Context, expandCurie } from './context.js';

/** The vocabularies of CBV 2.0, by the name that its URIs have. */
export type Vocabulary = 'BizStep' | 'Disp' | 'BTT' | 'SDT' | 'ER' | 'Comp';

const base = 'https://ref.gs1.org/cbv/';

/** EPCIS 1.2 wrote them as URNs. */
const urnNames: Readonly<Record<Vocabulary, string>> = {
  BizStep: 'bizstep',
  Disp: 'disp',
  BTT: 'btt',
  SDT: 'sdt',
  ER: 'er',
  Comp: 'comp',
};

/** The full URI of a word; a word of one's own (a URI) as it is. */
export function cbvUri(text: string, vocabulary: Vocabulary, context: Context): string {
  const word = cbvWord(text, vocabulary, context);
  return /^[A-Za-z0-9_]+$/.test(word) ? `${base}${vocabulary}-${word}` : word;
}

/**
 * The bare word of a CBV value: `shipping`, `urn:epcglobal:cbv:bizstep:shipping`, `cbv:BizStep-shipping`,
 * `https://ref.gs1.org/cbv/BizStep-shipping`, `https://ns.gs1.org/voc/Bizstep-shipping` and `gs1:BizStep-shipping` are one.
 * Anything else comes back as the full URI, or as the text it is.
 */
export function cbvWord(text: string, vocabulary: Vocabulary, context: Context): string {
  const uri = expandCurie(text.trim(), context);
  const urn = `urn:epcglobal:cbv:${urnNames[vocabulary]}:`;
  if (uri.toLowerCase().startsWith(urn)) return uri.slice(urn.length);
  const web =
    /^https?:\/\/(?:ref\.gs1\.org\/cbv|(?:ns\.|www\.)?gs1\.org\/(?:cbv|voc))\/([A-Za-z]+)-(.+)$/.exec(uri);
  return web?.[1]?.toLowerCase() === vocabulary.toLowerCase() ? (web[2] ?? uri) : uri;
}
