import { Session } from 'node:inspector/promises';
import { z } from 'zod';

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.number()).default([]),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

type Profile = z.infer<typeof profileSchema>;

/** A share of the wall clock, 0 to 1. */
export interface Share {
  readonly part: string;
  readonly share: number;
}

/** Where the time of this process went while `work` ran, greatest first: by the file of ours that it was spent for, else by library. */
export async function profiled(work: () => Promise<void>): Promise<readonly Share[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
    await work();
    const { profile } = await session.post('Profiler.stop');
    return sharesOf(profileSchema.parse(profile));
  } finally {
    session.disconnect();
  }
}

/** The greatest shares of the time that was not idle, as text. */
export function busiest(shares: readonly Share[], count: number): string {
  return shares
    .filter(({ part }) => part !== '(idle)')
    .slice(0, count)
    .map(({ part, share }) => `${part} ${(share * 100).toFixed(1)} %`)
    .join(', ');
}

function sharesOf(profile: Profile): readonly Share[] {
  const partOfNode = partsOf(profile);
  const micros = new Map<string, number>();
  let total = 0;
  for (const [index, sample] of profile.samples.entries()) {
    const part = partOfNode.get(sample) ?? '(unknown)';
    const delta = Math.max(0, profile.timeDeltas[index] ?? 0);
    micros.set(part, (micros.get(part) ?? 0) + delta);
    total += delta;
  }
  return [...micros]
    .map(([part, sum]) => ({ part, share: sum / total }))
    .toSorted((one, other) => other.share - one.share);
}

/** Each node goes to the nearest caller that says something; what has none goes to itself. */
function partsOf({ nodes }: Profile): ReadonlyMap<number, string> {
  const parents = new Map(nodes.flatMap(({ id, children }) => children.map((child) => [child, id] as const)));
  const own = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const parts = new Map<number, string>();
  for (const { id, callFrame } of nodes) {
    let at: number | undefined = id;
    while (at !== undefined && own.get(at) === undefined) at = parents.get(at);
    const fallback = callFrame.url === '' ? callFrame.functionName || '(native)' : `(${callFrame.url})`;
    parts.set(id, (at === undefined ? undefined : own.get(at)) ?? fallback);
  }
  return parts;
}

/** Our file, or the library; undefined for Node's own code and native calls, which are made for somebody. */
function nameOf({ url }: { readonly url: string }): string | undefined {
  const library = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (library !== undefined && !library.startsWith('@agrenting-hiclaw')) {
    // They are how our files call the database, so the time is that of the caller.
    return ['better-sqlite3', 'drizzle-orm'].includes(library) ? undefined : library;
  }
  return /\/(?:packages|tooling|apps)\/(.+)\.ts$/.exec(url)?.[1]?.replace('/src/', '/');
}
