import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CrashWorld } from './crash-world.ts';
import type { PointOutcome } from './run-point.ts';

const DYING_MS = 30_000;

/** The points that need more than one hiring on its way. */
export const SCENARIOS: Readonly<Record<string, () => Promise<PointOutcome>>> = {
  'during a migration (each statement)': migration,
  'during a backup': backup,
  'while shutting down, after the first signal': async () => await shutdown(1),
  'while shutting down, at the second signal': async () => await shutdown(2),
};

/** Kills the first start at each statement that makes the tables, on one file after the other. */
async function migration(): Promise<PointOutcome> {
  const name = 'during a migration (each statement)';
  const details: string[] = [];
  for (let occurrence = 1; ; occurrence += 1) {
    const world = await CrashWorld.open();
    try {
      const statement = {
        name: '^create |^commit migration|store_migrations',
        moment: 'after',
        occurrence,
      } as const;
      const first = await world.start('poller', {
        arguments: ['--once'],
        trigger: { events: [statement], act: 'kill' },
      });
      await first.process.ended();
      if (first.process.endedBy !== 'SIGKILL') {
        if (occurrence < 20) details.push(`only ${occurrence - 1} statements were met`);
        return { name, lost: 0, doubled: 0, details };
      }
      const second = await world.start('poller', { arguments: ['--once'] });
      if ((await second.process.ended()) !== 0) {
        details.push(`after statement ${occurrence} it does not start again:\n${second.process.output}`);
        return { name, lost: 0, doubled: 0, details };
      }
    } finally {
      await world.close();
    }
  }
}

/** Kills a backup under way: the store goes on, there is no half copy under its name, and the next one is whole. */
async function backup(): Promise<PointOutcome> {
  const name = 'during a backup';
  const world = await CrashWorld.open();
  try {
    const adapter = await world.start('mcp-client');
    await adapter.process.printed('MCP session subscribed');
    world.hire();
    await world.allEnded();
    const copy = join(world.env.folder, 'copy.sqlite');
    const killed = await world.start('cli', {
      arguments: ['backup', copy],
      trigger: { events: [{ name: '^backup$', moment: 'after' }], act: 'kill' },
    });
    await killed.process.ended();
    const details = killed.process.endedBy === 'SIGKILL' ? [] : ['the backup was not killed'];
    if (existsSync(copy)) details.push('half a copy lies under its name');
    const again = await world.start('cli', { arguments: ['backup', copy] });
    if ((await again.process.ended()) !== 0) details.push(`the next backup fails:\n${again.process.output}`);
    else if (integrityOf(copy) !== 'ok') details.push('the next backup is damaged');
    world.hire();
    await world.allEnded().catch(() => undefined);
    const violations = world.violations();
    return { name, ...violations, details: [...details, ...violations.details] };
  } finally {
    await world.close();
  }
}

function integrityOf(file: string): unknown {
  const sqlite = new Database(file, { readonly: true });
  try {
    return sqlite.pragma('integrity_check', { simple: true });
  } finally {
    sqlite.close();
  }
}

/** Asks an app at work to stop, and kills it at its next commit; or asks it twice, which ends it at once. */
async function shutdown(signals: 1 | 2): Promise<PointOutcome> {
  const name = `while shutting down, ${signals === 1 ? 'after the first signal' : 'at the second signal'}`;
  const world = await CrashWorld.open();
  try {
    const { process, arm } = await world.start('mcp-client');
    await process.printed('MCP session subscribed');
    world.hire();
    await process.printed('received -> confirmed');
    if (signals === 1) arm({ events: [{ name: '^commit ', moment: 'before' }], act: 'kill' });
    for (let sent = 0; sent < signals; sent += 1) process.signal('SIGTERM');
    const untilMs = Date.now() + DYING_MS;
    while (process.running && Date.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 5));
    const details = process.running ? ['it does not end'] : [];
    await world.start('mcp-client');
    await world.allEnded().catch(() => undefined);
    const violations = world.violations();
    return { name, ...violations, details: [...details, ...violations.details] };
  } finally {
    await world.close();
  }
}
