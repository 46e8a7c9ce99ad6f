import { open } from 'node:fs/promises';
import {
  agentIdSchema,
  FRESH_PROGRESS,
  taskIdOf,
  hiringIdSchema,
  type StepCommit,
} from '@agrenting-hiclaw/core/domain';
import { pendingHiring } from '@agrenting-hiclaw/core/agrenting';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import Database from 'better-sqlite3';
import { agentIdOf, hiringDocument, hiringIdOf, workerOf } from '../seller.ts';
import type { Folder } from './folder.ts';

/** Of which agents and in which states a store is filled. */
export interface Filling {
  readonly batch: number;
  readonly agents: number;
  /** How many of each; `acknowledged` is with its worker, `completed` over. */
  readonly received: number;
  readonly acknowledged: number;
  readonly completed: number;
  /** The due times of what is open are spread over this time around now. */
  readonly spreadMs: number;
}

type Kind = 'received' | 'acknowledged' | 'completed';

/** What is copied of a model, parents first; it has no settlement, and what was heard is not looked at again. */
const TABLES = ['hirings', 'attempts', 'history'] as const;

/**
 * Fills a new store: one hiring of each kind is made by the store itself, and then copied row by row
 * under new ids, because doing a million hirings would take hours.
 */
export async function fillStore(folder: Folder, filling: Filling): Promise<void> {
  const models: Readonly<Record<Kind, string>> = {
    received: hiringIdOf(filling.batch + 1, 0),
    acknowledged: hiringIdOf(filling.batch + 1, 1),
    completed: hiringIdOf(filling.batch + 1, 2),
  };
  await makeModels(folder, models);
  const sqlite = new Database(folder.storeFile);
  try {
    sqlite.pragma('synchronous = OFF');
    let from = 0;
    for (const kind of ['received', 'acknowledged', 'completed'] as const) {
      copyModel(sqlite, models[kind], { ...filling, from, count: filling[kind] });
      from += filling[kind];
    }
    sqlite.transaction(() => {
      for (const id of Object.values(models)) removeHiring(sqlite, id);
    })();
    sqlite.exec('analyze');
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    sqlite.close();
  }
  // What is measured must not wait for the disk to take all this.
  const file = await open(folder.storeFile, 'r+');
  await file.sync();
  await file.close();
}

/** The ids of what is open in a store that was filled. */
export function openIdsOf({ batch, received, acknowledged }: Filling): readonly string[] {
  return Array.from({ length: received + acknowledged }, (_, number) => hiringIdOf(batch, number));
}

async function makeModels(folder: Folder, models: Readonly<Record<Kind, string>>): Promise<void> {
  const store = openStore({ file: folder.storeFile, key: EncryptionKey.fromText(folder.storeKey) });
  const agentId = agentIdSchema.parse(agentIdOf(0));
  const worker = workerOf(0);
  const nowMs = Date.now();
  const progress = {
    ...FRESH_PROGRESS,
    worker,
    messages: [{ purpose: 'assignment', number: 1, eventId: '$event', sentAtMs: nowMs, afterSequence: 0 }],
    lastActivityAtMs: nowMs,
  } as const;
  try {
    for (const [kind, id] of Object.entries(models)) {
      const { parsed, raw } = pendingHiring(hiringDocument(id, agentId));
      await store.hirings.accept([{ intake: 'mcp', agentId, atMs: nowMs, parsed, raw }]);
      if (kind === 'received' || parsed.kind !== 'hiring') continue;
      const dueAtMs = nowMs;
      const taskId = taskIdOf(parsed.hiring.hiringId, 1, '0'.repeat(24));
      const open = { number: 1, taskId, marker: { traceAttempt: 1 }, hiring: parsed.hiring };
      const steps: StepCommit[] = [
        { event: 'confirmed', cause: 'bench', dueAtMs, open, progress: FRESH_PROGRESS, reread: true },
        { event: 'staged', cause: 'bench', dueAtMs, progress },
        { event: 'sent', cause: 'bench', dueAtMs, progress },
        { event: 'acknowledged', cause: 'bench', dueAtMs, progress },
        ...(kind === 'completed' ? [{ event: 'over_completed', cause: 'bench' } as const] : []),
      ];
      for (const step of steps) {
        const claims = await store.hirings.claim({
          holder: 'bench',
          nowMs: Date.now(),
          leaseMs: 60_000,
          limit: 8,
        });
        const claim = claims.find(({ record }) => record.hiringId === hiringIdSchema.parse(id));
        if (claim === undefined) throw new Error(`${id} is not due`);
        await store.hirings.commit(claim, step, nowMs);
        for (const other of claims) if (other !== claim) await store.hirings.release(other);
      }
    }
  } finally {
    await store.close();
  }
}

interface Copies extends Filling {
  readonly from: number;
  readonly count: number;
}

function copyModel(sqlite: Database.Database, model: string, copies: Copies): void {
  sqlite.function('copy_id', { deterministic: true }, (number) => hiringIdOf(copies.batch, Number(number)));
  sqlite.function('copy_agent', { deterministic: true }, (number) =>
    agentIdOf(Number(number) % copies.agents),
  );
  sqlite.function(
    'copy_worker',
    { deterministic: true },
    (number) => workerOf(Number(number) % copies.agents).name,
  );
  const [modelAgent, modelWorker] = [agentIdOf(0), workerOf(0).name];
  for (const table of TABLES) {
    const columns = sqlite.prepare<[string], string>('select name from pragma_table_info(?)').pluck();
    const names = columns.all(table).filter((name) => name !== 'sequence');
    const values = names.map((name) => {
      if (name === 'due_at_ms') {
        return `case when due_at_ms is null then null else due_at_ms + (n * 7919) % ${copies.spreadMs} - ${copies.spreadMs / 2} end`;
      }
      return `case when typeof(${name}) = 'text'
        then replace(replace(replace(${name}, '${model}', copy_id(n)), '${modelAgent}', copy_agent(n)), '${modelWorker}', copy_worker(n))
        else ${name} end`;
    });
    const idColumn = table === 'hirings' ? 'id' : 'hiring_id';
    const order = table === 'history' ? 'order by n, sequence' : '';
    sqlite.exec(`
      with recursive numbers (n) as (select ${copies.from} union all select n + 1 from numbers where n < ${copies.from + copies.count - 1})
      insert into ${table} (${names.join(', ')})
      select ${values.join(', ')} from ${table}, numbers where ${idColumn} = '${model}' ${order}`);
  }
}

function removeHiring(sqlite: Database.Database, id: string): void {
  for (const table of ['history', 'attempts', 'received']) {
    sqlite.prepare(`delete from ${table} where hiring_id = ?`).run(id);
  }
  sqlite.prepare('delete from hirings where id = ?').run(id);
}
