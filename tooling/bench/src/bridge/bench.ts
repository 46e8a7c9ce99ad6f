import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fillStore } from '../engine/seed-store.ts';
import { withFolder, type Folder } from '../engine/folder.ts';
import { atLeast, atMost, figure, type Row } from '../rows.ts';
import { median } from '../statistics.ts';
import type { Report } from '../report.ts';
import type { LoadResult } from './orders.ts';
import { load, servePython, serveInProcess, type Serving } from './serving.ts';

const ROUNDS = 5;
const CONNECTIONS = 64;
const REQUESTS = 20_000;
const WARMING = 3_000;
const PYTHON_REQUESTS = 2_000;
const FILLING = { batch: 300, agents: 100, received: 10, acknowledged: 10, completed: 999_980, spreadMs: 0 };

/** Compiles the packages. */
const BUILD = fileURLToPath(new URL('../../../checks/src/build.ts', import.meta.url));

/** How fast the bridge has a hire on disk and says so, beside servers that keep nothing. */
export async function benchBridge(report: Report): Promise<readonly Row[]> {
  await promisify(execFile)(process.execPath, [BUILD]);
  report('durable accept, beside a bare hono server');
  const accepts = await accepting(report);
  report('with a million hirings on file, beside an empty store');
  const filled = await withMany(report);
  report('memory over 200,000 requests');
  const memory = await remembering(report);
  report("beside a server as the marketplace's page has it");
  const python = await besidePython();
  return [...accepts, ...filled, ...memory, ...python];
}

async function accepting(report: Report): Promise<readonly Row[]> {
  const bridge: LoadResult[] = [];
  const bare: LoadResult[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    bare.push(await withBare(async (serving) => await instrumented(serving)));
    bridge.push(await withFolder(async (folder) => await withBridge(folder, instrumented)));
    report(`  run ${round}: ${summaryOf(bridge.at(-1))}, bare ${summaryOf(bare.at(-1))}`);
  }
  const rates = ofMedian(bridge, bare, ({ perSecond }) => perSecond);
  const tails = ofMedian(bridge, bare, ({ p99Ms }) => p99Ms);
  return [
    atLeast('durable accept, share of a bare hono server', rates.ratio, '', 0.85),
    figure('  the bridge', rates.one, 'hirings/s'),
    figure('  bare hono', rates.other, 'requests/s'),
    atMost('p99, times that of the bare server', tails.ratio, '', 1.5),
    figure('  the bridge', tails.one, 'ms'),
    figure('  bare hono', tails.other, 'ms'),
  ];
}

async function withMany(report: Report): Promise<readonly Row[]> {
  return await withFolder(async (many) => {
    await fillStore(many, FILLING);
    const filled: LoadResult[] = [];
    const empty: LoadResult[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      empty.push(await withFolder(async (folder) => await withBridge(folder, instrumented)));
      filled.push(
        await withFolder(async (folder) => {
          await cp(many.storeFile, folder.storeFile);
          return await withBridge({ ...folder, storeKey: many.storeKey }, instrumented);
        }),
      );
      report(`  run ${round}: ${summaryOf(filled.at(-1))}, empty ${summaryOf(empty.at(-1))}`);
    }
    const { ratio, one } = ofMedian(filled, empty, ({ perSecond }) => perSecond);
    return [
      atLeast('with 1,000,000 hirings on file, share of an empty store', ratio, '', 0.9),
      figure('  with a million', one, 'hirings/s'),
    ];
  });
}

async function remembering(report: Report): Promise<readonly Row[]> {
  return await withFolder(
    async (folder) =>
      await withBridge(folder, async (serving) => {
        await send(serving, 50_000);
        const early = await serving.rssBytes();
        await send(serving, 150_000);
        const late = await serving.rssBytes();
        const mb = 1024 * 1024;
        report(`  ${(early / mb).toFixed(0)} MB, then ${(late / mb).toFixed(0)} MB`);
        return [atMost('memory at 200,000 requests over that at 50,000', (late - early) / mb, 'MB', 10)];
      }),
  );
}

async function besidePython(): Promise<readonly Row[]> {
  const serving = await servePython();
  if (serving === undefined) return [];
  try {
    const { perSecond, p50Ms, p99Ms, failed } = await send(serving, PYTHON_REQUESTS);
    return [
      figure("the page's kind of server in Python", perSecond, 'hirings/s'),
      figure('  p50', p50Ms, 'ms'),
      figure('  p99', p99Ms, 'ms'),
      figure('  without a 200', failed, ''),
    ];
  } finally {
    await serving.close();
  }
}

async function withBare<T>(work: (serving: Serving) => Promise<T>): Promise<T> {
  return await closing(await serveInProcess({ kind: 'bare', storeFile: '', storeKey: '' }), work);
}

async function withBridge<T>(folder: Folder, work: (serving: Serving) => Promise<T>): Promise<T> {
  return await closing(await serveInProcess({ kind: 'bridge', ...folder }), work);
}

async function closing<T>(serving: Serving, work: (serving: Serving) => Promise<T>): Promise<T> {
  try {
    return await work(serving);
  } finally {
    await serving.close();
  }
}

async function instrumented(serving: Serving): Promise<LoadResult> {
  await send(serving, WARMING);
  const result = await send(serving, REQUESTS);
  if (result.failed > 0) throw new Error(`${result.failed} of ${REQUESTS} requests had no 200`);
  return result;
}

async function send({ url }: Pick<Serving, 'url'>, requests: number): Promise<LoadResult> {
  return await load({ url, requests, connections: CONNECTIONS });
}

function ofMedian(
  ones: readonly LoadResult[],
  others: readonly LoadResult[],
  of: (result: LoadResult) => number,
): { readonly one: number; readonly other: number; readonly ratio: number } {
  const one = median(ones.map(of));
  const other = median(others.map(of));
  return { one, other, ratio: one / other };
}

function summaryOf(result: LoadResult | undefined): string {
  return result === undefined
    ? ''
    : `${result.perSecond.toFixed(0)}/s with p99 ${result.p99Ms.toFixed(1)} ms`;
}
