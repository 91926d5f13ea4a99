/** The table at the end of a deep run: each suite with its seed, what it did and how long it took. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

/** More figures than these stand one a line. */
const LINE_MAX = 8;

interface Line {
  suite: string;
  seed: number;
  counts: Record<string, number>;
  seconds: number;
}

export default function report(project: TestProject): () => void {
  const file = String(project.config.env.DEEP_REPORT);
  return () => {
    if (!existsSync(file)) return;
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    for (const { suite, seed, counts, seconds } of lines.map((line) => JSON.parse(line) as Line)) {
      const done = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
      const told = done.length > LINE_MAX ? done.map((one) => `\n  ${one}`).join('') : ` ${done.join(', ')},`;
      process.stdout.write(`deep: ${suite}: seed ${seed},${told} ${seconds} s\n`);
    }
    rmSync(file);
  };
}
