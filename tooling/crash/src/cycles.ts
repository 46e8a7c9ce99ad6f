import { CrashWorld, type AppName, type CrashingApp } from './crash-world.ts';

/** What came of killing processes again and again. */
export interface Cycles {
  readonly kills: number;
  readonly hirings: number;
  readonly lost: number;
  readonly doubled: number;
  readonly details: readonly string[];
}

export interface CyclesOptions {
  readonly kills: number;
  readonly onKill?: (kills: number, hirings: number) => void;
}

const WORKERS = ['alice', 'bob', 'carol'];
/** A process that does not come to its point is killed where it is. */
const LIFE_MS = 6_000;
/** Events that a life may last, from its first statement on. */
const MAX_EVENTS = 400;
/** Hirings that are open at once. */
const OPEN_AT_ONCE = 4;

/**
 * Keeps hirings coming while both apps work on one store, each killed at a point drawn by chance and
 * started again, `kills` times in all; then lets one of each finish, and counts.
 */
export async function killAgainAndAgain({ kills, onKill = () => undefined }: CyclesOptions): Promise<Cycles> {
  const world = await CrashWorld.open(WORKERS);
  let begun = 0;
  let done = 0;
  const keepHiring = (): void => {
    const open = world.hired.filter((id) => world.env.marketplace.hirings.get(id)?.status !== 'completed');
    for (let count = open.length; count < OPEN_AT_ONCE; count += 1) {
      world.hire(WORKERS[world.hired.length % WORKERS.length]);
    }
  };
  const liveAndDie = async (app: AppName): Promise<void> => {
    while (begun < kills) {
      begun += 1;
      keepHiring();
      const started = await world.start(app, {
        trigger: {
          events: [
            {
              name: '.',
              moment: Math.random() < 0.5 ? 'before' : 'after',
              occurrence: 1 + Math.floor(Math.random() * MAX_EVENTS),
            },
          ],
          act: 'kill',
        },
      });
      await death(started);
      done += 1;
      onKill(done, world.hired.length);
    }
  };
  try {
    await Promise.all([liveAndDie('mcp-client'), liveAndDie('poller')]);
    await Promise.all([world.start('mcp-client'), world.start('poller')]);
    await world.allEnded().catch(() => undefined);
    return { kills: done, hirings: world.hired.length, ...world.violations() };
  } finally {
    await world.close();
  }
}

async function death({ process }: CrashingApp): Promise<void> {
  const late = setTimeout(() => process.signal('SIGKILL'), LIFE_MS);
  try {
    await process.ended();
  } finally {
    clearTimeout(late);
  }
  if (process.endedBy !== 'SIGKILL')
    throw new Error(`an app ended on its own:\n${process.output.slice(-3000)}`);
}
