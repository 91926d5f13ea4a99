/** Every peer, those whose packages are installed. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startKuzu } from './kuzu.js';
import { type Peer, type PeerPlace, peersInstalled } from './peer.js';
import { startPlainWay } from './plain-way.js';
import { startPostGraphile } from './postgraphile.js';
import { startRest } from './rest.js';

export { type Peer, type PeerAnswer, scopeSql } from './peer.js';

/** Starts them one after another; what is not installed is left out and said. */
export async function startPeers(place: PeerPlace, say: (text: string) => void): Promise<Peer[]> {
  const peers = [await startRest(place), await startPlainWay(place)];
  if (!peersInstalled()) {
    say('without PostGraphile and Kuzu: npm ci --prefix bench installs them');
    return peers;
  }
  mkdirSync(join(place.dir, 'kuzu'), { recursive: true });
  return [
    ...peers,
    await startPostGraphile(place),
    await startKuzu({ ...place, dir: join(place.dir, 'kuzu') }),
  ];
}
