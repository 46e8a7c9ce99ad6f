import { agentIdSchema } from '@agrenting-hiclaw/core/domain';
import { EncryptionKey, openStore, type FindRequest } from '@agrenting-hiclaw/store';
import Database from 'better-sqlite3';
import { withFolder } from '../engine/folder.ts';
import { fillStore } from '../engine/seed-store.ts';
import { atMost, figure, type Row } from '../rows.ts';
import { agentIdOf, hiringIdOf, workerOf } from '../seller.ts';
import { quantile } from '../statistics.ts';
import type { Tell } from '../tell.ts';

const ROWS = 1_000_000;
const OPEN = 10_000;
const AGENTS = 300;
const ASKED = 300;
const LIMIT = 50;
const FILLING = {
  batch: 300,
  agents: AGENTS,
  heard: OPEN / 2,
  acknowledged: OPEN / 2,
  completed: ROWS - OPEN,
  spreadMs: 120_000,
};

/** What the operator's lists cost among a million hirings: a page of fifty, read as it is shown. */
export async function benchConsole(tell: Tell): Promise<readonly Row[]> {
  return await withFolder(async (folder) => {
    await fillStore(folder, FILLING);
    spread(folder.storeFile);
    tell(`  ${ROWS} hirings are stored`);
    const store = openStore({ file: folder.storeFile, key: EncryptionKey.fromText(folder.storeKey) });
    const agentOf = (round: number) => agentIdSchema.parse(agentIdOf(round % AGENTS));
    const measured = async (requestOf: (round: number) => Omit<FindRequest, 'limit'>) => {
      const times: number[] = [];
      for (let round = -20; round < ASKED; round += 1) {
        const request = { ...requestOf(Math.abs(round)), limit: LIMIT };
        const startedMs = performance.now();
        await store.find(request);
        if (round >= 0) times.push(performance.now() - startedMs);
      }
      return times;
    };
    try {
      // Pages far behind the first one, as somebody reaches them who goes on and on.
      const deep = (round: number) => ({
        after: { by: 'time', atMs: Date.now() - round * 3_000_000, id: 'f' } as const,
      });
      const cases = {
        'list, first page': () => ({}),
        'list, any page': deep,
        'filter by state': (round) => ({ state: round % 2 === 0 ? 'acknowledged' : 'completed' }) as const,
        'filter by agent and state': (round) =>
          ({ agentId: agentOf(round), state: round % 2 === 0 ? 'completed' : 'failed' }) as const,
        'filter by worker': (round) => ({ worker: workerOf(round % AGENTS).name }),
        'filter that nothing fits': () => ({ state: 'completed', worker: 'nobody' }) as const,
        'search for words that all have': () => ({ text: 'escrow newcomers' }),
        'search for words, one agent': (round) => ({ text: 'escrow', agentId: agentOf(round) }),
        'search for a word that none has': (round) => ({ text: `submarine${round}` }),
        'search by the beginning of an id': (round) => ({
          text: hiringIdOf(FILLING.batch, round * 7).slice(0, 35),
        }),
      } satisfies Record<string, (round: number) => Omit<FindRequest, 'limit'>>;
      const rows: Row[] = [];
      for (const [name, requestOf] of Object.entries(cases)) {
        const times = await measured(requestOf);
        rows.push(
          atMost(`${name}, p95`, quantile(times, 0.95), 'ms', 50),
          figure('  the same, p50', quantile(times, 0.5), 'ms'),
          figure('  the same, p99', quantile(times, 0.99), 'ms'),
        );
        tell(`  ${name}`);
      }
      return rows;
    } finally {
      await store.close();
    }
  });
}

/** Copies were all heard at one moment; real ones come one after the other. */
function spread(file: string): void {
  const sqlite = new Database(file);
  try {
    sqlite.pragma('synchronous = OFF');
    sqlite.exec('update hirings set heard_at_ms = heard_at_ms - (rowid % 1000000) * 1000');
    sqlite.exec('analyze');
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    sqlite.close();
  }
}
