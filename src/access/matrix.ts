/**
 * What each database role sees of each table: the one statement of it. Migrations write the policies by hand; the tests
 * compare the database's catalogue with this, by name, and ask every table as every role.
 */

/** Roles that read on behalf of a party, and those that see the chain as a whole. The engine records and walks. */
export const partyRoles = ['tw_holder', 'tw_supplier', 'tw_owner'] as const;
export const watcherRoles = ['tw_regulator', 'tw_administrator'] as const;
type PartyRole = (typeof partyRoles)[number];
type WatcherRole = (typeof watcherRoles)[number];

export interface TableAccess {
  /** Column that equals the session's party in every row the role sees; a role not named sees no row and may not ask. */
  parties: Partial<Record<PartyRole, string>>;
  watchers: readonly WatcherRole[];
  /** A supplier sees what it went directly into, not what lies deeper. */
  supplierOnlyDirect?: true;
}

const seen = (
  parties: TableAccess['parties'],
  watchers: readonly WatcherRole[] = watcherRoles,
): TableAccess => ({ parties, watchers });

const engineAndWatchers = seen({});
const engineOnly = seen({}, []);
const byHolderOrOwner = seen({ tw_holder: 'party_id', tw_supplier: 'party_id', tw_owner: 'owner_id' });
const byOwner = seen({ tw_owner: 'owner_id' });

export const tables: Readonly<Record<string, TableAccess>> = {
  // who, where and what: names are loaded by the engine, for ids that the wall let through
  party: engineAndWatchers,
  site: engineAndWatchers,
  product: engineAndWatchers,
  packaging: engineAndWatchers,
  design_revision: engineAndWatchers,
  bill_of_materials_line: engineAndWatchers,
  document: engineAndWatchers,
  certificate: engineAndWatchers,
  change_effectivity: engineAndWatchers,
  // what they said before
  party_past: engineAndWatchers,
  site_past: engineAndWatchers,
  product_past: engineAndWatchers,
  packaging_past: engineAndWatchers,
  design_revision_past: engineAndWatchers,
  bill_of_materials_line_past: engineAndWatchers,
  change_effectivity_past: engineAndWatchers,
  batch: engineAndWatchers,
  item_key: engineAndWatchers,
  logistic_unit: engineAndWatchers,
  // the record
  event: seen({ tw_holder: 'recorder_id', tw_supplier: 'recorder_id' }),
  event_reference: engineAndWatchers,
  run: engineAndWatchers,
  lineage: engineAndWatchers,
  containment: engineAndWatchers,
  batch_hold: engineAndWatchers,
  item: byOwner,
  fitting: byOwner,
  inspection: byOwner,
  leg: byHolderOrOwner,
  balance: byHolderOrOwner,
  sale: byHolderOrOwner,
  sale_return: byHolderOrOwner,
  registration: byHolderOrOwner,
  service: byHolderOrOwner,
  stock_count: byHolderOrOwner,
  // visibility that is no column
  visible_batch: { ...seen({ tw_supplier: 'viewer_id', tw_owner: 'viewer_id' }), supplierOnlyDirect: true },
  visible_party: engineOnly,
  visible_product: engineOnly,
  access_grant: seen({ tw_holder: 'viewer_id', tw_supplier: 'viewer_id', tw_owner: 'viewer_id' }),
  // people and secrets
  buyer: engineOnly,
  person_field: engineOnly,
  buyer_mark: engineOnly,
  derivation: engineOnly,
  contact: engineOnly,
  person_access: seen({ tw_holder: 'concerned_id', tw_supplier: 'concerned_id', tw_owner: 'concerned_id' }, [
    'tw_regulator',
  ]),
  keeping_period: engineAndWatchers,
  erasure: engineAndWatchers,
  api_token: seen({}, ['tw_administrator']),
  // the tamper-evident log
  log_entry: engineAndWatchers,
  log_node: engineAndWatchers,
  log_checkpoint: engineAndWatchers,
  // EPCIS as captured
  epcis_event: seen({ tw_holder: 'recorder_id', tw_supplier: 'recorder_id' }),
  epcis_event_key: engineAndWatchers,
  epcis_event_row: engineAndWatchers,
  company_prefix: engineOnly,
  epcis_capture: seen({ tw_holder: 'recorder_id', tw_supplier: 'recorder_id' }, []),
  // recalls
  recall: engineAndWatchers,
  recall_transition: engineAndWatchers,
  filing: engineAndWatchers,
  recall_authority: engineAndWatchers,
  defect_case: engineAndWatchers,
  effectiveness_sample: engineAndWatchers,
  effectiveness_check: engineAndWatchers,
  defect_alert: seen({ tw_holder: 'party_id', tw_supplier: 'party_id' }),
  cause_reply: seen({ tw_holder: 'party_id', tw_supplier: 'party_id' }),
  command: engineOnly,
  scope_version: engineAndWatchers,
  scope_batch: engineAndWatchers,
  scope_item: engineAndWatchers,
  scope_buyer: engineOnly,
  hold: engineAndWatchers,
  hold_goods: engineAndWatchers,
  remedy: seen({ tw_holder: 'party_id', tw_supplier: 'party_id' }),
  notice: seen({ tw_holder: 'party_id', tw_supplier: 'party_id' }),
  notice_line: seen({ tw_holder: 'party_id', tw_supplier: 'party_id' }),
  notice_count: seen({ tw_holder: 'party_id', tw_supplier: 'party_id' }),
  notice_text: engineAndWatchers,
  scope_purchase: engineOnly,
  buyer_notice: engineOnly,
  buyer_notice_line: engineOnly,
  delivery: engineOnly,
  export: engineOnly,
  drill: engineOnly,
};
