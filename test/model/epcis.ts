/** An EPCIS document of a party, and the rows it stands for. */
import type { ChainRow } from '../property/chain.js';
import type { Command } from './commands.js';
import type { Model } from './record.js';

const lowest = (n: number, list: readonly string[]): string => list[n % list.length] as string;

interface Captured {
  party: string;
  document: unknown;
  rows: ChainRow[];
}

/** Two items commissioned in a plant, and one of them sent to a shop. */
export function documentOf(model: Model, [a, b, c, d]: Command['n']): Captured | undefined {
  const { builder } = model;
  const number = model.next();
  const [plant, party, gtin] = a % 2 === 0 ? ['@l11', '@l1', '@g1'] : ['@l12', '@l2', '@g4'];
  const lot = lowest(b, ['A', 'B', 'C']);
  const serials = [`X${number}`, `Y${number}`];
  const to = lowest(c, ['@l13', '@l14', '@l15']);
  const at = builder.at();
  const sentAt = builder.at(builder.hour + 1 + (d % 3));
  const uri = (serial: string) => `https://id.gs1.org/01/${model.key(gtin)}/21/${serial}`;
  const place = (site: string) => ({ id: `https://id.gs1.org/414/${model.key(site)}` });
  const id = (n: number) => `urn:uuid:model-${model.chain}-${number}-${n}`;
  const event = { type: 'ObjectEvent', eventTimeZoneOffset: '+00:00' };
  const document = {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-03-01T00:00:00Z',
    epcisBody: {
      eventList: [
        {
          ...event,
          eventID: id(1),
          eventTime: at,
          action: 'ADD',
          bizStep: 'commissioning',
          epcList: serials.map(uri),
          readPoint: place(plant),
          ilmd: { 'cbvmda:lotNumber': lot },
        },
        {
          ...event,
          eventID: id(2),
          eventTime: sentAt,
          action: 'OBSERVE',
          bizStep: 'shipping',
          epcList: serials.slice(0, 1).map(uri),
          readPoint: place(plant),
          destinationList: [{ type: 'location', destination: place(to).id }],
        },
      ],
    },
  };
  const rows: ChainRow[] = [
    ...serials.map(
      (serial, index): ChainRow => ({
        kind: 'items',
        values: {
          event_id: `${id(1)}#${index + 1}`,
          gtin,
          serial,
          lot,
          produced_at: at,
          site_gln: plant,
        },
      }),
    ),
    {
      kind: 'shipments',
      values: {
        event_id: `${id(2)}#1`,
        from_gln: plant,
        to_gln: to,
        gtin,
        serial: serials[0] ?? '',
        shipped_at: sentAt,
      },
    },
  ];
  for (const serial of serials) {
    builder.things.push({ gtin, serial });
    builder.stocks.push({ values: { gtin, serial }, site: serial === serials[0] ? to : plant });
  }
  return { party, document, rows };
}
