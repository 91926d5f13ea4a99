/** The small world all generated chains live in: makers, shops, a workshop, five products and what they are made of. */
import type { ChainRow } from './chain.js';

export const plants = ['@l11', '@l12'];
export const stores = ['@l14', '@l15'];
export const sites = ['@l11', '@l12', '@l13', '@l14', '@l15', '@l16'];
export const lots = ['A', 'B', 'C'];
/** Each product with what it can be made of. */
export const inputsOf: Record<string, string[]> = {
  '@g1': ['@g3', '@g4', '@g1'],
  '@g2': ['@g4', '@g1', '@g5'],
  '@g3': ['@g5', '@g3'],
  '@g4': ['@g5', '@g3'],
  '@g5': ['@g5'],
};
export const products = Object.keys(inputsOf);

export const world = (design: boolean): ChainRow[] => [
  ...[
    ['@l1', 'Maker', 'MANUFACTURER'],
    ['@l2', 'Supplier', 'SUPPLIER'],
    ['@l3', 'Distributor', 'DISTRIBUTOR'],
    ['@l4', 'Retailer', 'RETAILER'],
    ['@l5', 'Service', 'SERVICE'],
  ].map(
    ([gln, name, roles]): ChainRow => ({
      kind: 'parties',
      values: { gln: gln as string, name: name as string, roles: roles as string },
    }),
  ),
  ...[
    ['@l11', '@l1', 'PLANT'],
    ['@l12', '@l2', 'PLANT'],
    ['@l13', '@l3', 'WAREHOUSE'],
    ['@l14', '@l4', 'STORE'],
    ['@l15', '@l4', 'STORE'],
    ['@l16', '@l5', 'WORKSHOP'],
  ].map(
    ([gln, party, kind]): ChainRow => ({
      kind: 'sites',
      values: { gln: gln as string, party_gln: party as string, name: gln as string, kind: kind as string },
    }),
  ),
  ...[
    ['@g1', 'FINISHED', 'PCE'],
    ['@g2', 'FINISHED', 'PCE'],
    ['@g3', 'COMPONENT', 'PCE'],
    ['@g4', 'COMPONENT', 'PCE'],
    ['@g5', 'MATERIAL', 'KGM'],
  ].map(
    ([gtin, kind, unit]): ChainRow => ({
      kind: 'products',
      values: {
        gtin: gtin as string,
        owner_gln: '@l1',
        name: gtin as string,
        kind: kind as string,
        unit: unit as string,
      },
    }),
  ),
  { kind: 'packaging', values: { gtin: '@g9', contains_gtin: '@g1', quantity: '4' } },
  ...(design ? designRows : []),
];

const designRows: ChainRow[] = [
  ...['@g1', '@g2', '@g3'].map(
    (gtin): ChainRow => ({ kind: 'design_revisions', values: { gtin, code: 'R1', state: 'RELEASED' } }),
  ),
  { kind: 'design_revisions', values: { gtin: '@g1', code: 'R2', state: 'RELEASED' } },
  ...[
    ['@g1', 'R1', '@g3', '1', 'left'],
    ['@g1', 'R1', '@g3', '1', 'right'],
    ['@g1', 'R1', '@g4', '1', ''],
    ['@g1', 'R2', '@g3', '1', ''],
    ['@g2', 'R1', '@g4', '2', ''],
    ['@g3', 'R1', '@g5', '0.5', ''],
  ].map(
    ([gtin, revision, component, quantity, position]): ChainRow => ({
      kind: 'bill_of_materials',
      values: {
        gtin: gtin as string,
        revision: revision as string,
        component_gtin: component as string,
        quantity: quantity as string,
        position: position as string,
      },
    }),
  ),
];

export const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;
