/** A network that fails on command: a proxy of one TCP service that delays, cuts, swallows and breaks connections off. */
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Fault =
  | { kind: 'none' }
  /** Every piece waits before it goes on, both ways. */
  | { kind: 'delay'; ms: number }
  /** New connections are reset at once; those open are, too. */
  | { kind: 'refuse' }
  /** Nothing passes and nothing is closed: the other side may as well have lost its power. */
  | { kind: 'halfOpen' }
  /** The answer is cut with a reset after so many bytes of it. */
  | { kind: 'cutAnswer'; afterBytes: number }
  /** The question is cut with a reset after so many bytes of it. */
  | { kind: 'cutQuestion'; afterBytes: number }
  /** The answer that holds this text is swallowed, and the connection reset: it was done, and nobody hears of it. */
  | { kind: 'loseAnswer'; holding: string };

export interface FaultProxy {
  port: number;
  /** The same address, through the proxy. */
  through(url: string): string;
  /** How connections behave from now on, those open and those to come. */
  set(fault: Fault): void;
  /** Open connections from callers. */
  open(): number;
  /** Answers swallowed by `loseAnswer` so far. */
  lost(): number;
  close(): Promise<void>;
}

/** Listens on a port of its own in front of `host:port`. */
export async function startFaultProxy(host: string, port: number): Promise<FaultProxy> {
  let fault: Fault = { kind: 'none' };
  let lost = 0;
  const pairs = new Set<{ caller: Socket; service: Socket }>();
  const breakOff = (pair: { caller: Socket; service: Socket }): void => {
    pair.caller.resetAndDestroy();
    pair.service.resetAndDestroy();
    pairs.delete(pair);
  };

  const server = createServer({ allowHalfOpen: true }, (caller) => {
    caller.on('error', () => {});
    if (fault.kind === 'refuse') {
      caller.resetAndDestroy();
      return;
    }
    const service = connect({ host, port, allowHalfOpen: true });
    const pair = { caller, service };
    pairs.add(pair);
    service.on('error', () => breakOff(pair));
    caller.on('error', () => breakOff(pair));
    for (const socket of [caller, service]) socket.setNoDelay(true);
    carry(pair, 'QUESTION');
    carry(pair, 'ANSWER');
  });

  /** Carries one way, piece by piece, in order, no faster than they are taken. */
  function carry(pair: { caller: Socket; service: Socket }, what: 'QUESTION' | 'ANSWER'): void {
    const [from, to] = what === 'QUESTION' ? [pair.caller, pair.service] : [pair.service, pair.caller];
    let bytes = 0;
    const pass = async (): Promise<void> => {
      for await (const piece of from as AsyncIterable<Buffer>) {
        if (fault.kind === 'delay') await sleep(fault.ms);
        while (fault.kind === 'halfOpen' && pairs.has(pair)) await sleep(10);
        if (!pairs.has(pair)) return;
        const cut = what === 'ANSWER' ? 'cutAnswer' : 'cutQuestion';
        if (fault.kind === cut && 'afterBytes' in fault) {
          bytes += piece.length;
          if (bytes > fault.afterBytes) {
            to.write(piece.subarray(0, Math.max(0, piece.length - (bytes - fault.afterBytes))));
            breakOff(pair);
            return;
          }
        } else bytes = 0;
        if (what === 'ANSWER' && fault.kind === 'loseAnswer' && piece.includes(fault.holding)) {
          lost += 1;
          breakOff(pair);
          return;
        }
        if (!to.write(piece))
          await new Promise((resolve) => to.once('drain', resolve).once('close', resolve));
      }
      to.end();
    };
    pass().catch(() => breakOff(pair));
    from.once('close', () => {
      if (pair.caller.destroyed && pair.service.destroyed) pairs.delete(pair);
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    port: own,
    through(url) {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String(own);
      return changed.toString();
    },
    set(next) {
      fault = next;
      if (next.kind === 'refuse') for (const pair of pairs) breakOff(pair);
    },
    open: () => pairs.size,
    lost: () => lost,
    async close() {
      for (const pair of pairs) breakOff(pair);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
