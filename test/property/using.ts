/** Happenings after the sale as rows: sales, returns, keepers, service; relabelling, remarks and corrections. */
import type { Values } from './chain.js';
import { lots, pick, sites, stores } from './fixed-world.js';
import { Moving } from './moving.js';

export class Using extends Moving {
  buyer(c: number, d: number): Values {
    const who = String(d % 5);
    switch (c % 6) {
      case 0:
        return {};
      case 1:
        return { buyer_ref: `@p${who}` };
      case 2:
        return { buyer_email: `@p${who}@x.example` };
      case 3:
        return { buyer_phone: `@t${who}` };
      case 4:
        return { buyer_name: `Buyer ${who}` };
      default:
        return { buyer_ref: `@p${who}`, buyer_email: `@p${who}@x.example` };
    }
  }

  sell(a: number, b: number, c: number, d: number, e: number): void {
    const { values, site } = this.goods(a, b, stores);
    if (values.sscc) return;
    const twice = this.sold.some(
      (one) => one.values.serial === values.serial && one.values.gtin === values.gtin,
    );
    if (values.serial && twice && !this.features.doubledReturns) return;
    this.sold.push({ id: `@e${this.event}`, values, site, receipt: e % 3 === 0 ? `r${this.event}` : '' });
    this.row('sales', {
      site_gln: site,
      ...values,
      sold_at: this.at(),
      receipt: this.sold.at(-1)?.receipt ?? '',
      ...this.buyer(c, d),
    });
  }

  takeBack(a: number, b: number, c: number, d: number, e: number): void {
    const sale = this.sold.length > 0 && a % 7 !== 6 ? pick(this.sold, a) : undefined;
    const values = sale?.values ?? this.goods(b, c, stores).values;
    if (values.sscc) return;
    if (!this.features.doubledReturns) {
      const key = sale?.id ?? `${values.gtin} ${values.serial}`;
      if ((sale || values.serial) && this.back.has(key)) return;
      this.back.add(key).add(`${values.gtin} ${values.serial}`);
    }
    const named = c % 4;
    this.row('returns', {
      site_gln: sale && d % 3 !== 2 ? sale.site : pick(stores, d),
      ...values,
      ...(values.serial || b % 2 === 0 ? {} : { quantity: '1' }),
      returned_at: this.at(),
      sale_event_id: sale && named === 0 ? sale.id : '',
      receipt:
        sale && named === 1 && (stores.includes(sale.site) || this.features.returnsElsewhere)
          ? sale.receipt
          : '',
      to: pick(
        ['STOCK', 'HOLD', 'SCRAP', 'MAKER', 'UNKNOWN', this.features.returnsElsewhere ? '' : 'STOCK'],
        e,
      ),
    });
  }

  register(a: number, b: number, c: number, d: number): void {
    if (this.things.length === 0) return;
    const thing = pick(this.things, a);
    this.row('registrations', {
      gtin: thing.gtin,
      serial: thing.serial,
      registered_at: this.at(),
      ended_at: b % 3 === 0 ? this.at(this.hour + 1 + (b % 9)) : '',
      kind: pick(['OWNER', 'OWNER', 'LESSEE', 'LOAN'], b),
      ...this.buyer(2 + (c % 2), d),
    });
  }

  service(a: number, b: number, c: number, d: number, e: number): void {
    if (!this.features.services) return;
    const fitted = this.rows.filter((row) => row.kind === 'fittings');
    if (fitted.length === 0) return;
    const {
      gtin = '',
      serial = '',
      part_gtin = '',
      part_serial = '',
      part_lot = '',
    } = pick(fitted, a).values;
    const spares = this.things.filter((thing) => thing.gtin === part_gtin && thing.serial !== part_serial);
    const out: Values =
      b % 4 !== 3
        ? {
            part_out_gtin: part_gtin,
            part_out_serial: part_serial,
            part_out_lot: part_serial ? '' : part_lot,
            part_out_to: pick(['MAKER', 'HOLD', 'SCRAP', 'RESTOCK', 'CUSTOMER', 'UNKNOWN'], e),
          }
        : {};
    const into: Values =
      c % 4 === 3
        ? {}
        : spares.length > 0 && d % 2 === 0
          ? { part_in_gtin: part_gtin, part_in_serial: pick(spares, d).serial }
          : {
              part_in_gtin: part_gtin,
              part_in_lot: this.features.lotless && d % 5 === 4 ? '' : pick(lots, d),
            };
    this.row('services', {
      site_gln: e % 5 === 4 ? '' : '@l16',
      gtin,
      serial,
      ...out,
      ...into,
      serviced_at: this.at(),
    });
  }

  relabel(a: number, _b: number, c: number, d: number): void {
    const { values, site } = this.goods(a, 0, sites);
    if (values.sscc || !values.gtin) return;
    const serial = values.serial ?? '';
    const fresh = serial || d % 4 === 3 ? `N${c % 4}` : '';
    if (fresh && this.things.some((thing) => thing.gtin === values.gtin && thing.serial === fresh)) return;
    const lot = fresh && d % 2 === 0 ? '' : pick(['D', 'E', ...lots], c);
    if (!fresh && lot === values.lot) return;
    this.row('relabels', {
      gtin: values.gtin,
      lot: values.lot ?? '',
      serial,
      new_gtin: values.gtin,
      new_lot: lot,
      new_serial: fresh,
      quantity: fresh ? '' : (values.quantity ?? ''),
      site_gln: site,
      relabelled_at: this.at(),
    });
    if (fresh) this.things.push({ gtin: values.gtin, serial: fresh });
    this.stocks.push({
      values: fresh ? { gtin: values.gtin, serial: fresh } : { gtin: values.gtin, lot },
      site,
    });
  }

  hold(a: number, _b: number, c: number): void {
    const { gtin, lot, source } = this.someBatch(a);
    this.row('batch_status', {
      gtin,
      lot,
      source,
      status: pick(['BLOCKED', 'RELEASED'], c),
      reason: 'checked',
      at: this.at(),
    });
  }

  inspect(a: number, b: number, c: number): void {
    const { values } = this.goods(a, 0, sites);
    if (!values.gtin || values.sscc) return;
    const { gtin, lot = '', serial = '' } = values;
    this.row('inspections', {
      gtin,
      lot,
      serial,
      characteristic: pick(['torque', 'weld'], b),
      verdict: pick(['PASS', 'FAIL'], c),
      inspected_at: this.at(),
    });
  }

  void(a: number, b: number): void {
    if (this.event === 0) return;
    const voided = a % 5 === 4 ? this.event + (b % 4) + 1 : (a * 7 + b) % this.event;
    if (!this.features.voidedSources && (voided >= this.event || this.rows[voided]?.values.source)) return;
    this.row('voids', {
      voided_event_id: `@e${voided}`,
      voided_at: this.at(),
      reason: 'did not happen',
    });
  }
}
