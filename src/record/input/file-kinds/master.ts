/** Files that describe who and where: parties and sites. */
import { choice, column, country, type FileSpec, master, region } from './column.js';

export const partyRoles = [
  'MANUFACTURER',
  'SUPPLIER',
  'DISTRIBUTOR',
  'IMPORTER',
  'RETAILER',
  'PLATFORM',
  'FULFILMENT',
  'SERVICE',
  'REGULATOR',
] as const;

export const masterFiles: readonly FileSpec[] = [
  master('parties', { entry: 'party', description: 'An organisation of the chain.' }, [
    column('gln*', 'gln', 'GLN of the party, or an absolute URI for one without.'),
    column('name*', 'text', 'Name of the party.'),
    column('roles*', 'enums', 'What the party does in the chain, several separated by semicolons.', {
      values: partyRoles,
    }),
    country,
    region,
    column('email', 'text', 'Where the party takes recall notices.'),
  ]),
  master('sites', { entry: 'site', description: 'A place of a party.' }, [
    column('gln*', 'gln', 'GLN of the site, or an absolute URI for one without.'),
    column('party_gln*', 'gln', 'GLN of the party the site belongs to.'),
    column('name*', 'text', 'Name of the site.'),
    choice('kind*', ['PLANT', 'WAREHOUSE', 'STORE', 'WORKSHOP'], 'What the site is.'),
    country,
    region,
  ]),
];
