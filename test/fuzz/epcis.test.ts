/** Documents that are nearly EPCIS, or no JSON at all: read, captured or refused with words, never thrown, and the record stays whole. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capturePacked, packDocument, readCatenaX, readEpcis } from '../../src/exchange/index.js';
import { type Services, verify } from '../../src/record/index.js';
import { createTestDatabase } from '../support/database.js';
import { effort, measured, seed } from '../support/effort.js';
import { testVault } from '../support/vault.js';
import { epcisDocuments, partTree } from './documents.js';
import { mutatedBytes, mutatedJson, mutatedText } from './mutate.js';
import { timed } from './no-hang.js';

const texts = epcisDocuments.map((document) => JSON.stringify(document));
const structured = mutatedJson(epcisDocuments).map((json) => JSON.stringify(json));

describe('a document that is nearly EPCIS', () => {
  it('is read, whatever it holds', () =>
    measured('EPCIS read', () => {
      const numRuns = effort(1_200, 100_000);
      const text = fc.oneof(
        { arbitrary: structured, weight: 3 },
        { arbitrary: mutatedText(texts), weight: 1 },
      );
      fc.assert(
        fc.property(text, (given) => {
          timed(() => {
            const { events, failures } = readEpcis(given, 'fuzz.json');
            for (const { message } of failures) expect(message).not.toBe('');
            for (const { id } of events) expect(id).not.toBe('');
          });
        }),
        { numRuns, seed },
      );
      return { cases: numRuns };
    }));

  it('as a tree of parts is taken for one or not', () =>
    measured('part trees read', () => {
      const numRuns = effort(500, 50_000);
      const given = fc.oneof(
        mutatedJson([partTree, [partTree]]).map((json) => JSON.stringify(json)),
        mutatedText([JSON.stringify(partTree)]),
      );
      fc.assert(
        fc.property(given, (text) => {
          timed(() => readCatenaX(text, 'fuzz.json'));
        }),
        { numRuns, seed },
      );
      return { cases: numRuns };
    }));
});

describe('bytes that are nearly a document', () => {
  let services: Services;
  beforeAll(async () => {
    services = { database: await createTestDatabase(), vault: testVault() };
  });
  afterAll(() => services.database.close());

  it('are captured as far as they can be, and the record says what its events say', async () => {
    const recorder = { partyId: null, role: 'ADMIN' };
    const how = { recorder, behaviour: 'proceed', reading: 'lenient' } as const;
    const numRuns = effort(60, 3_000);
    const recorded = { events: 0, refused: 0 };
    const bytes = fc.oneof(
      { arbitrary: structured.map((text) => new Uint8Array(Buffer.from(text))), weight: 5 },
      { arbitrary: mutatedBytes(texts), weight: 1 },
    );
    await measured('EPCIS captured', async () => {
      await fc.assert(
        fc.asyncProperty(bytes, fc.nat(), async (raw, own) => {
          // events of their own in most cases, and now and then those of another case again
          const text = Buffer.from(raw)
            .toString('latin1')
            .replaceAll('urn:uuid:', `urn:uuid:${own % 5_000}-`);
          const given = Buffer.from(text, 'latin1');
          const chunks = async function* () {
            for (let at = 0; at < given.length; at += 97) yield given.subarray(at, at + 97);
          };
          const packed = await packDocument(chunks(), { events: 1_000, bytes: 1 << 20 });
          const report = await capturePacked(services, { packed, file: 'fuzz.json' }, how);
          expect(report.recorded + report.corrected + report.duplicate + report.refused).toBe(report.events);
          recorded.events += report.recorded;
          recorded.refused += report.refused;
        }),
        { numRuns, seed, endOnFailure: true },
      );
      return { cases: numRuns, ...recorded };
    });
    expect(recorded.events).toBeGreaterThan(numRuns / 4);
    expect((await verify(services)).filter(({ ok }) => !ok)).toEqual([]);
  });
});
