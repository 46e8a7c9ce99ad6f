import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_SETTINGS } from '@agrenting-hiclaw/engine';
import Database from 'better-sqlite3';
import type { Outside } from '../outside/outside.ts';
import { busiest, profiled } from '../profile.ts';
import { atLeast, figure, type Row } from '../rows.ts';
import { hiringIdOf } from '../seller.ts';
import { median } from '../statistics.ts';
import type { Report } from '../report.ts';
import { withBenchAdapter } from './adapter.ts';
import { createControl } from './control.ts';
import { receiveOne } from './receiving.ts';
import { withFolder, type Folder } from './folder.ts';

const ROUNDS = 5;
const HIRINGS = 400;
const AGENTS = 40;

interface Round {
  readonly perSecond: number;
  /** Of this process, in milliseconds for each hiring. */
  readonly cpuMs: number;
  /** The same of the process outside. */
  readonly outsideCpuMs: number;
}

/** Rate from heard to told with the event id stored, beside the same calls without an engine. */
export async function endToEnd(outside: Outside, report: Report): Promise<readonly Row[]> {
  const engine: Round[] = [];
  const control: Round[] = [];
  let batch = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const controlled = await controlRound(outside, ids((batch += 1)));
    const driven = await engineRound(outside, ids((batch += 1)));
    // The first one only warms up the machine.
    if (round === 0) continue;
    control.push(controlled);
    engine.push(driven);
    report(`  round ${round}: control ${say(controlled)}, engine ${say(driven)}`);
  }
  const shares = await profiled(async () => void (await engineRound(outside, ids((batch += 1)))));
  report(`  where the adapter's time goes: ${busiest(shares, 20)}`);

  const ratio = median(engine.map(({ perSecond }, index) => perSecond / (control[index]?.perSecond ?? NaN)));
  return [
    atLeast('end to end, of the control', ratio * 100, '%', 50),
    figure('  hirings with the engine', median(engine.map(({ perSecond }) => perSecond)), '/s'),
    figure('  hirings of the control', median(control.map(({ perSecond }) => perSecond)), '/s'),
    figure('  CPU of the adapter per hiring', median(engine.map(({ cpuMs }) => cpuMs)), 'ms'),
    figure('  CPU of the control per hiring', median(control.map(({ cpuMs }) => cpuMs)), 'ms'),
    figure('  CPU of the outside per hiring', median(engine.map(({ outsideCpuMs }) => outsideCpuMs)), 'ms'),
  ];
}

function ids(batch: number): readonly string[] {
  return Array.from({ length: HIRINGS }, (_, number) => hiringIdOf(batch, number));
}

function say({ perSecond }: Round): string {
  return `${perSecond.toFixed(0)}/s`;
}

async function controlRound(outside: Outside, hirings: readonly string[]): Promise<Round> {
  const control = createControl(outside.url);
  try {
    await outside.sell(hirings, AGENTS);
    return await instrumented(outside, async () => {
      await control.handOver(hirings, AGENTS, DEFAULT_SETTINGS.concurrency);
      return process.hrtime.bigint();
    });
  } finally {
    control.close();
  }
}

async function engineRound(outside: Outside, hirings: readonly string[]): Promise<Round> {
  return await withFolder(async (folder) => {
    await outside.sell(hirings, AGENTS);
    const place = { outsideUrl: outside.url, ...folder, agents: AGENTS };
    return await withBenchAdapter(place, async (parts) => {
      return await instrumented(outside, async () => {
        await Promise.all(hirings.map(async (id, index) => await receiveOne(parts, id, index % AGENTS)));
        return await allAssigned(folder);
      });
    });
  });
}

/** When the last of the messages had its event id on disk. */
async function allAssigned({ storeFile }: Folder): Promise<bigint> {
  const sqlite = new Database(storeFile, { readonly: true });
  try {
    const summaryOf = sqlite.prepare<[], number>("select count(*) from history where event = 'sent'").pluck();
    for (;;) {
      if (summaryOf.get() === HIRINGS) return process.hrtime.bigint();
      await sleep(20);
    }
  } finally {
    sqlite.close();
  }
}

async function instrumented(outside: Outside, work: () => Promise<bigint>): Promise<Round> {
  const outsideBefore = (await outside.seen()).cpuMicros;
  const cpuBefore = process.cpuUsage();
  const startedNs = process.hrtime.bigint();
  const endedNs = await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  const { cpuMicros } = await outside.seen();
  return {
    perSecond: HIRINGS / (Number(endedNs - startedNs) / 1e9),
    cpuMs: (user + system) / 1000 / HIRINGS,
    outsideCpuMs: (cpuMicros - outsideBefore) / 1000 / HIRINGS,
  };
}
