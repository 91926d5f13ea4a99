/** The published EPCIS documents beside the project, by folder, with what their publisher's schema says of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const publishedRoot = fileURLToPath(new URL('../../../shared/data/epcis/', import.meta.url));
export const isPublishedPresent = existsSync(publishedRoot);

export interface PublishedDocument {
  path: string;
  name: string;
  folder: string;
  /** As SOURCES.md says: validated with GS1's JSON schema; null of what is no event document. */
  schema: 'valid' | 'INVALID' | null;
  text: string;
}

/** Folders of schemas, contexts, part trees and identifiers: no event documents. */
const others = /^(spec|tractusx|identifiers|eecc-sanitisation)\//;

/** Every JSON file that is an event document or a list of events. */
export function publishedDocuments(): PublishedDocument[] {
  if (!isPublishedPresent) return [];
  const verdicts = new Map<string, string>();
  for (const line of readFileSync(join(publishedRoot, 'SOURCES.md'), 'utf8').split('\n')) {
    const [, name, , , , verdict] = line.split('|').map((cell) => cell.trim());
    if (name !== undefined && verdict !== undefined) verdicts.set(name, verdict);
  }
  return readdirSync(publishedRoot, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.json(ld)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => {
      const name = relative(publishedRoot, path);
      const verdict = verdicts.get(name);
      const schema: PublishedDocument['schema'] =
        verdict === 'valid' || verdict === 'INVALID' ? verdict : null;
      return { path, name, folder: dirname(name), schema, text: readFileSync(path, 'utf8') };
    })
    .filter(({ name, schema }) => !others.test(name) && schema !== null);
}
