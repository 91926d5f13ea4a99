// Which parts are taken out by name.
import type { Fitting } from './movements.js';
import type { World } from './world.js';

/** Its own row tells when it ended, or a service that names its serial. */
export function endsByName(world: World, { id, parent, partItem, from }: Fitting): boolean {
  return (
    world.of('fittings').some((fact) => fact.id === id && fact.v.removed_at !== '') ||
    world
      .of('services')
      .some(
        ({ v, at, id: service }) =>
          partItem !== undefined &&
          v.part_out_serial !== '' &&
          at >= from &&
          service !== id &&
          world.item(v.gtin as string, v.serial as string) === parent &&
          world.item(v.part_out_gtin as string, v.part_out_serial as string) === partItem,
      )
  );
}
