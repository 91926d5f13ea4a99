// What is inside which unit, as the play of the facts goes on.
import type { Goods } from './world.js';

export type Content = { unit: string } | (Goods & { unit?: undefined });

export class Units {
  private readonly inside = new Map<string, { id: string; content: Content }[]>();

  pack(unit: string, id: string, content: Content): void {
    for (const entries of this.inside.values()) {
      const same = entries.findIndex((entry) =>
        content.unit !== undefined
          ? entry.content.unit === content.unit
          : content.item !== undefined &&
            entry.content.unit === undefined &&
            entry.content.item === content.item,
      );
      if (same >= 0) entries.splice(same, 1);
    }
    this.inside.set(unit, [...(this.inside.get(unit) ?? []), { id, content }]);
  }

  /** The content that one packing put in. */
  takeOut(unit: string, id: string): void {
    this.inside.set(
      unit,
      (this.inside.get(unit) ?? []).filter((entry) => entry.id !== id),
    );
  }

  empty(unit: string): void {
    this.inside.delete(unit);
  }

  /** Some content, whichever packing put it in. */
  takeContent(unit: string, content: Content): void {
    let left = content.unit === undefined ? content.quantity : 0;
    this.inside.set(
      unit,
      (this.inside.get(unit) ?? []).flatMap((entry) => {
        const inside = entry.content;
        if (content.unit !== undefined || inside.unit !== undefined)
          return inside.unit !== undefined && inside.unit === content.unit ? [] : [entry];
        if (content.item || inside.item) return content.item === inside.item ? [] : [entry];
        if (inside.batch !== content.batch) return [entry];
        if (content.unknown) return [];
        // of an amount nobody told, some may be left
        if (inside.unknown) return [entry];
        const taken = Math.min(left, inside.quantity);
        left -= taken;
        return taken === inside.quantity
          ? []
          : [{ ...entry, content: { ...inside, quantity: inside.quantity - taken } }];
      }),
    );
  }

  goods(unit: string, seen: readonly string[] = []): Goods[] {
    if (seen.includes(unit)) return [];
    return (this.inside.get(unit) ?? []).flatMap(({ content }) =>
      content.unit === undefined ? [content] : this.goods(content.unit, [...seen, unit]),
    );
  }
}
