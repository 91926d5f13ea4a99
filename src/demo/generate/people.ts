// Invents the buyers: names, addresses that lead nowhere, and what each shop knows of them.
import type { Shop } from './master.js';
import type { Row, World } from './world.js';

const firstNames = [
  'Anna',
  'Bram',
  'Clara',
  'Daan',
  'Elif',
  'Finn',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Karin',
  'Luca',
  'Maja',
  'Nils',
  'Olga',
  'Pieter',
  'Rosa',
  'Sven',
  'Tessa',
  'Yara',
];
const lastNames = [
  'Bakker',
  'Claes',
  'Dubois',
  'Egger',
  'Fischer',
  'Greco',
  'Hansen',
  'Jansen',
  'Koch',
  'Lindt',
  'Moreau',
  'Novak',
  'Peters',
  'Rossi',
  'Smit',
  'Thorsen',
  'Vos',
  'Weber',
];

/** One of as many people as are asked for. */
export function person(number: number): { name: string; email: string; phone: string } {
  const first = firstNames[number % firstNames.length] as string;
  const last = lastNames[Math.floor(number / firstNames.length) % lastNames.length] as string;
  return {
    name: `${first} ${last}`,
    email: `${first}.${last}.${number}@mail.example`.toLowerCase(),
    phone: `+31 20 555 ${String(number).padStart(4, '0')}`,
  };
}

/** The buyer columns of one sale, as that shop knows its customers. */
export function buyer(world: World, shop: Shop): Row {
  const { name, email, phone } = person(world.next('person'));
  const where = { country: shop.country, region: shop.region };
  if (shop.contact === 'REFERENCE')
    return { ...where, buyer_ref: `K${10000 + world.next(`customer ${shop.party}`)}`, buyer_name: name };
  if (shop.contact === 'EMAIL')
    return {
      ...where,
      buyer_name: name,
      buyer_email: world.next('mail') % 9 === 0 ? email.toUpperCase() : email,
    };
  if (shop.contact === 'PHONE')
    return {
      ...where,
      buyer_name: name,
      buyer_phone: phone,
      buyer_address: world.random() < 0.3 ? `Dorpsstraat ${world.between(1, 99)}` : undefined,
    };
  return world.random() < 0.2 ? { ...where, buyer_name: name } : where;
}
