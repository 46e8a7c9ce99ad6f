import { agentIdSchema, type FindRequest } from '@agrenting-hiclaw/core/domain';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import Database from 'better-sqlite3';
import { benchCli } from '../cli/bench.ts';
import { withFolder, type Folder } from '../engine/folder.ts';
import { fillStore } from '../engine/seed-store.ts';
import { atMost, figure, type Row } from '../rows.ts';
import { agentIdOf, hiringIdOf, workerOf } from '../seller.ts';
import { quantile } from '../statistics.ts';
import type { Report } from '../report.ts';
import { buildPage, firstViewRows } from './first-view.ts';
import { serveAdminApi, type ServedApi } from './serve-admin-api.ts';

const ROWS = 1_000_000;
const OPEN = 10_000;
const AGENTS = 300;
const ASKED = 300;
const LIMIT = 50;
const FILLING = {
  batch: 300,
  agents: AGENTS,
  received: OPEN / 2,
  acknowledged: OPEN / 2,
  completed: ROWS - OPEN,
  spreadMs: 120_000,
};

/** What the operator waits for among a million hirings: lists, the first view of the page, and the command line tool. */
export async function benchConsole(report: Report): Promise<readonly Row[]> {
  await buildPage();
  const seen = await withFolder(async (folder) => {
    await fillStore(folder, FILLING);
    spread(folder.storeFile);
    report(`  ${ROWS} hirings are stored`);
    const lists = await listRows(folder, report);
    const api = await serveAdminApi(folder, AGENTS);
    try {
      return [...lists, ...(await answerRows(api, report)), ...(await firstViewRows(api, report))];
    } finally {
      await api.stop();
    }
  });
  return [...seen, ...(await benchCli(report))];
}

/** What a page of fifty costs in the store, read as it is shown. */
async function listRows(folder: Folder, report: Report): Promise<readonly Row[]> {
  const store = openStore({ file: folder.storeFile, key: EncryptionKey.fromText(folder.storeKey) });
  const agentOf = (round: number) => agentIdSchema.parse(agentIdOf(round % AGENTS));
  const instrumented = async (requestOf: (round: number) => Omit<FindRequest, 'limit'>) => {
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
      'search for the beginning of a word that all have': () => ({ text: 'escro' }),
      'search for a word that none has': (round) => ({ text: `submarine${round}` }),
      'search by the beginning of an id': (round) => ({
        text: hiringIdOf(FILLING.batch, round * 7).slice(0, 35),
      }),
    } satisfies Record<string, (round: number) => Omit<FindRequest, 'limit'>>;
    const rows: Row[] = [];
    for (const [name, requestOf] of Object.entries(cases)) {
      const times = await instrumented(requestOf);
      rows.push(
        atMost(`${name}, p95`, quantile(times, 0.95), 'ms', 50),
        figure('  the same, p50', quantile(times, 0.5), 'ms'),
        figure('  the same, p99', quantile(times, 0.99), 'ms'),
      );
      report(`  ${name}`);
    }
    return rows;
  } finally {
    await store.close();
  }
}

/** What the page asks for, from the request to the last byte of the answer. */
const ANSWERS = {
  'GET /hirings': '/hirings',
  'GET /hirings, by state': '/hirings?state=completed',
  'GET /hirings, by words': '/hirings?q=escrow',
  'GET /hirings, what needs a person': '/hirings?attention=true',
  'GET /overview': '/overview',
  'GET /workers, 200 of them': '/workers?limit=200',
} as const;
const ASKED_BY_HTTP = 100;

async function answerRows({ url, token }: ServedApi, report: Report): Promise<readonly Row[]> {
  const headers = { authorization: `Bearer ${token}` };
  const rows: Row[] = [];
  for (const [name, path] of Object.entries(ANSWERS)) {
    const times: number[] = [];
    for (let round = -10; round < ASKED_BY_HTTP; round += 1) {
      const startedMs = performance.now();
      const answer = await fetch(new URL(`api/v1${path}`, url), { headers });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${name} was answered ${answer.status}`);
      if (round >= 0) times.push(performance.now() - startedMs);
    }
    const p95 = quantile(times, 0.95);
    // The goal is for lists, filters and searches of hirings.
    rows.push(
      name.includes('/hirings') ? atMost(`${name}, p95`, p95, 'ms', 50) : figure(`${name}, p95`, p95, 'ms'),
    );
    report(`  ${name}`);
  }
  return rows;
}

/** Copies were all heard at one moment; real ones come one after the other. None is due, because nobody is there to ask. */
function spread(file: string): void {
  const sqlite = new Database(file);
  try {
    sqlite.pragma('synchronous = OFF');
    sqlite.exec('update hirings set received_at_ms = received_at_ms - (rowid % 1000000) * 1000');
    sqlite.exec('update hirings set due_at_ms = due_at_ms + 86400000 where due_at_ms is not null');
    sqlite.exec('analyze');
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    sqlite.close();
  }
}
