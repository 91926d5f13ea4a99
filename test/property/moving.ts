/** Happenings of distribution as rows: goods packed, sent, received, counted, gone. */
import type { Values } from './chain.js';
import { pick, sites, stores } from './fixed-world.js';
import { Making } from './making.js';

export class Moving extends Making {
  /** Goods as a row names them, and where they are thought to be. */
  goods(a: number, b: number, wanted: readonly string[]): { values: Values; site: string } {
    const here = this.stocks.filter((stock) => wanted.includes(stock.site));
    const stock =
      here.length > 0 && a % 6 !== 5
        ? pick(here, a)
        : this.stocks.length > 0
          ? pick(this.stocks, a + b)
          : undefined;
    if (!stock) return { values: { gtin: '@g1', lot: 'A', quantity: '1' }, site: '@l11' };
    const { gtin, lot, serial, sscc } = stock.values;
    if (sscc) return stock;
    if (this.features.lotless && b % 5 === 4)
      return { values: { gtin: gtin ?? '@g1', quantity: this.quantity(b) }, site: stock.site };
    if (serial) return { values: { gtin: gtin ?? '', serial }, site: stock.site };
    return { values: { gtin: gtin ?? '', lot: lot ?? '', quantity: this.quantity(b) }, site: stock.site };
  }

  ship(a: number, b: number, c: number, d: number): void {
    const { values, site } = this.goods(a, b, ['@l11', '@l12', '@l13']);
    const to = pick(
      sites.filter((one) => one !== site),
      c + d,
    );
    const abroad = c % 12 === 11;
    this.row('shipments', {
      from_gln: site,
      ...(abroad ? { to_name: pick(['Alp', 'Fjord'], d), to_country: 'CH' } : { to_gln: to }),
      ...values,
      shipped_at: this.at(),
    });
    if (!abroad) this.sent.push({ from: site, to, values });
  }

  receive(a: number, b: number, c: number, d: number): void {
    const [sent] = a % 7 === 6 ? [] : this.sent.splice(a % Math.max(1, this.sent.length), 1);
    const { from, to, values } = sent ?? {
      from: '',
      to: pick(sites, b),
      values: this.goods(c, d, sites).values,
    };
    this.row('receipts', {
      from_gln: b % 2 === 0 ? from : '',
      to_gln: to,
      ...values,
      received_at: this.at(),
    });
    if (
      !values.serial ||
      !this.stocks.some((stock) => stock.values.serial === values.serial && stock.site === to)
    )
      this.stocks.push({ values, site: to });
  }

  dispose(a: number, b: number, c: number): void {
    const { values, site } = this.goods(a, b, sites);
    if (values.sscc) return;
    this.row('disposals', {
      site_gln: site,
      ...values,
      disposed_at: this.at(),
      reason: pick(['SCRAPPED', 'LOST'], c),
    });
  }

  count(a: number, _b: number, c: number, d: number): void {
    const { values, site } = this.goods(a, 0, [...stores, '@l13']);
    if (!values.gtin) return;
    this.row('counts', {
      site_gln: site,
      gtin: values.gtin,
      lot: c % 2 === 0 ? (values.lot ?? '') : '',
      quantity: d % 3 === 0 ? '2' : '0',
      counted_at: this.at(),
    });
  }

  pack(a: number, b: number, c: number, d: number): void {
    if (!this.features.units) return;
    const unit = `@u${a % 3}`;
    if (this.units.length > 0 && b % 5 === 4 && pick(this.units, c) !== unit) {
      this.row('packings', { sscc: unit, content_sscc: pick(this.units, c), packed_at: this.at() });
    } else {
      const { values, site } = this.goods(b, c, ['@l11', '@l12', '@l13']);
      if (values.sscc) return;
      this.row('packings', {
        sscc: unit,
        content_gtin: d % 6 === 5 && values.gtin === '@g1' && values.lot ? '@g9' : (values.gtin ?? ''),
        content_lot: values.lot ?? '',
        content_serial: values.serial ?? '',
        quantity: values.quantity ?? '',
        packed_at: this.at(),
        unpacked_at: d % 4 === 3 ? this.at(this.hour + 2 + (c % 20)) : '',
        site_gln: site,
      });
      if (!this.units.includes(unit)) this.stocks.push({ values: { sscc: unit }, site });
    }
    if (!this.units.includes(unit)) this.units.push(unit);
    this.packed.push(this.rows.at(-1)?.values ?? {});
  }

  unpack(a: number, b: number, c: number): void {
    if (this.packed.length === 0) return;
    const {
      sscc = '',
      content_sscc = '',
      content_gtin = '',
      content_lot = '',
      content_serial = '',
    } = pick(this.packed, a);
    const all = b % 3 === 0;
    this.row('packings', {
      sscc,
      ...(all
        ? {}
        : {
            content_sscc,
            content_gtin,
            content_lot,
            content_serial,
            quantity: content_lot ? String(1 + (c % 3)) : '',
          }),
      unpacked_at: this.at(),
    });
  }
}
