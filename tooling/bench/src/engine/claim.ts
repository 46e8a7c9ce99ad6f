import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import Database from 'better-sqlite3';
import { busiest, profiled } from '../profile.ts';
import { atMost, figure, type Row } from '../rows.ts';
import { median, quantile } from '../statistics.ts';
import type { Report } from '../report.ts';
import { withFolder } from './folder.ts';
import { fillStore } from './seed-store.ts';

const ROWS = 1_000_000;
const OPEN = 100_000;
const ROUNDS = 5;
const CLAIMS = 2000;
const FILLING = {
  batch: 300,
  agents: 300,
  received: OPEN / 2,
  acknowledged: OPEN / 2,
  completed: ROWS - OPEN,
  spreadMs: 120_000,
};

/** One claim among a million hirings, half of the open ones due. */
export async function claiming(report: Report): Promise<readonly Row[]> {
  return await withFolder(async (folder) => {
    await fillStore(folder, FILLING);
    report(`  ${count(folder.storeFile)} hirings are stored`);
    const store = openStore({ file: folder.storeFile, key: EncryptionKey.fromText(folder.storeKey) });
    const claim = async (limit: number): Promise<number> => {
      const startedMs = performance.now();
      const claims = await store.hirings.claim({ holder: 'bench', nowMs: Date.now(), leaseMs: 1, limit });
      const tookMs = performance.now() - startedMs;
      if (claims.length !== limit) throw new Error(`${claims.length} of ${limit} were due`);
      for (const claimed of claims) {
        await store.hirings.commit(claimed, { cause: 'bench', dueAtMs: Date.now() + 60_000 }, Date.now());
      }
      return tookMs;
    };
    const take = async (claims: number, limit: number): Promise<readonly number[]> => {
      const times: number[] = [];
      for (let taken = 0; taken < claims; taken += 1) times.push(await claim(limit));
      return times;
    };
    try {
      await take(100, 1);
      const single = await rounds(async () => await take(CLAIMS, 1));
      const many = await rounds(async () => await take(CLAIMS / 16, 16));
      report(
        `  where the time goes: ${busiest(await profiled(async () => void (await take(CLAIMS / 2, 1))), 8)}`,
      );
      return [
        atMost(
          'claim with 1,000,000 rows, p99',
          median(single.map((times) => quantile(times, 0.99))),
          'ms',
          1,
        ),
        figure('  the same, p50', median(single.map((times) => quantile(times, 0.5))), 'ms'),
        figure('  sixteen at once, p99', median(many.map((times) => quantile(times, 0.99))), 'ms'),
      ];
    } finally {
      await store.close();
    }
  });
}

async function rounds(round: () => Promise<readonly number[]>): Promise<readonly (readonly number[])[]> {
  const all: (readonly number[])[] = [];
  while (all.length < ROUNDS) all.push(await round());
  return all;
}

function count(storeFile: string): number {
  const sqlite = new Database(storeFile, { readonly: true });
  try {
    return sqlite.prepare<[], number>('select count(*) from hirings').pluck().get() ?? 0;
  } finally {
    sqlite.close();
  }
}
