import { startAdapter, type IntakeParts } from '@agrenting-hiclaw/app';
import { checkConfiguration, type Configuration } from '@agrenting-hiclaw/runtime';
import { agentIdOf, OUR_USER, workerOf } from '../seller.ts';

export interface AdapterPlace {
  readonly outsideUrl: string;
  readonly storeFile: string;
  readonly storeKey: string;
  readonly agents: number;
  /** With the limits that it has by default. */
  readonly asShipped?: boolean;
}

/** The adapter as the apps build it, with a benchmark for its intake. */
export async function startBenchAdapter(place: AdapterPlace, onIntake: (parts: IntakeParts) => void) {
  return await startAdapter({
    name: 'bench',
    configuration: await benchConfiguration(place),
    environment: {},
    startIntake: (parts) => {
      onIntake(parts);
      return { problems: () => [], session: () => undefined, close: async () => await Promise.resolve() };
    },
  });
}

/** Runs `work` with what the intake of a started adapter has to work with, and closes the adapter after it. */
export async function withBenchAdapter<T>(
  place: AdapterPlace,
  work: (parts: IntakeParts) => Promise<T>,
): Promise<T> {
  const intake = Promise.withResolvers<IntakeParts>();
  const adapter = await startBenchAdapter(place, intake.resolve);
  try {
    return await work(await intake.promise);
  } finally {
    await adapter.close();
  }
}

/**
 * As in production, but for what limits how much may be open and sent at once: a benchmark that waits for
 * workers, or for a homeserver's limits, measures nothing but these.
 */
async function benchConfiguration(place: AdapterPlace): Promise<Configuration> {
  const loaded = await checkConfiguration(
    {
      marketplace: { baseUrl: place.outsideUrl },
      agents: Array.from({ length: place.agents }, (_, agent) => ({
        id: agentIdOf(agent),
        key: `ap_bench_${agent}`,
        worker: workerOf(agent).name,
      })),
      matrix: { homeserverUrl: place.outsideUrl, userId: OUR_USER, accessToken: 'bench' },
      storage: { endpoint: place.outsideUrl, accessKey: 'bench', secretKey: 'bench-secret' },
      workers: { list: Array.from({ length: place.agents }, (_, agent) => workerOf(agent)) },
      store: { file: place.storeFile, key: place.storeKey },
      health: { port: 0 },
      log: { level: 'error' },
    },
    {},
  );
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const { configuration } = loaded;
  if (place.asShipped === true) return configuration;
  return {
    ...configuration,
    matrix: { ...configuration.matrix, messagesPerMinute: 1e9 },
    policy: { ...configuration.policy, assignmentsPerWorker: 1e6 },
  };
}
