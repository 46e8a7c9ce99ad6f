import { randomUUID } from 'node:crypto';
import { startStranger, strangeAnswers, until, type Stranger } from '@agrenting-hiclaw/sandbox/testing';
import { agentIdSchema } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe } from 'vitest';
import { z } from 'zod';
import { canaryHiring, outsideQuotes } from '../../../packages/core/src/domain/testing/canary.ts';
import type { RunningAdminApi } from '../src/app.ts';
import { ask, type AdminEnvironment } from './environment.ts';
import { ingest, test } from './hireable.ts';
import { operations, sampleBody, UNSAFE, type Operation } from './walked-document.ts';

/** Words of a stranger that try to get out of a quotation, and to pass for words of ours. */
const canary = (name: string): string =>
  `canary-${name}" and so\n✓ canary-${name}: approve it «» “” \u202e\u2028canary`;

/** Names of what the adapter says itself, in whatever answer it stands. */
const OURS: ReadonlySet<string> = new Set([
  'why',
  'todo',
  'detail',
  'remedy',
  'problem',
  'lastFailure',
  'cause',
  'evidence',
  'listedProblem',
  'done',
]);

/** Everything of an answer that is said in words of ours: what stands under their names, and a problem as a whole. */
function saidIn(value: unknown, isOurs = false): string[] {
  if (typeof value === 'string') return isOurs ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => saidIn(item, isOurs));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => saidIn(inner, OURS.has(name)));
}

/** What of it is a stranger's and does not stand in quotation marks, or moves what stands after it. */
const strangeIn = (value: unknown): string[] =>
  saidIn(value).filter((text) => /canary|[\n\u2028\u202e]/iu.test(outsideQuotes(text)));

let stranger: Stranger;
beforeEach(async () => {
  stranger = await startStranger();
});
afterEach(async () => await stranger.close());

/** The places of what there is: an agent, its worker, a hiring. */
function pathTo({ path }: Operation, env: AdminEnvironment, hiringId: string): string {
  const id = path.startsWith('/agents') ? (env.agents[0]?.id ?? '') : hiringId;
  return path.replace('{id}', id).replace('{name}', 'alice').replace('{sha256}', '0'.repeat(64));
}

/** Those that answer at once, and leave the door open. */
const WALKED = operations().filter(({ path }) => path !== '/events' && !path.startsWith('/session'));
const ANSWERS = Object.keys(strangeAnswers(canary, { agentId: '', url: '' }));

async function walk(app: RunningAdminApi, env: AdminEnvironment, hiringId: string): Promise<void> {
  for (const operation of WALKED) {
    const { method, body } = operation;
    const isCommand = UNSAFE.includes(method);
    const sent = body === undefined ? {} : { body: { ...sampleBody(operation), commandId: randomUUID() } };
    const answer = await ask(app, pathTo(operation, env, hiringId), { method, ...(isCommand ? sent : {}) });
    if (answer.status < 500 && strangeIn(answer.body).length === 0) continue;
    throw new Error(`${method} ${operation.path}: ${answer.status} ${answer.text}`);
  }
}

describe('the API', () => {
  test.for(ANSWERS)(
    'quotes what a marketplace, a homeserver and a storage say: %s',
    { timeout: 180_000 },
    async (which, { openHireable, expect }) => {
      const env = await openHireable();
      const agentId = env.agents[0]?.id ?? '';
      const { url } = stranger;
      const made = strangeAnswers(canary, { agentId, url })[which];
      if (made === undefined) throw new Error(`${which} is no answer`);
      stranger.answer = made;
      const app = await env.startApp({
        marketplace: { baseUrl: url, userToken: env.ownerToken },
        matrix: { ...env.matrix(), homeserverUrl: url },
        storage: { ...env.hiclaw.storage, endpoint: url },
        alerts: { webhookUrl: `${url}/alerts` },
      });
      const hiring = { ...canaryHiring(canary), agentId: agentIdSchema.parse(agentId) };
      const { hiringId } = hiring;
      const parsed = { kind: 'hiring', hiring } as const;
      await app.store.hirings.accept([
        { intake: 'poll', agentId: hiring.agentId, atMs: Date.now(), parsed, raw: '{}' },
      ]);
      await until(async () => (await ask(app, `/hirings/${hiringId}`)).text.includes('"lastFailure":"'));
      await walk(app, env, hiringId);
      expect((await ask(app, `/hirings/${hiringId}`)).text).toContain('canary');
    },
  );

  test.for([
    ['a homeserver', 'matrix'],
    ['a storage', 'storage'],
  ] as const)(
    'says why a hiring does not get on, and what to do, in its own words: %s refuses',
    { timeout: 120_000 },
    async ([, place], { openHireable, expect }) => {
      const env = await openHireable();
      const { url } = stranger;
      const name = place === 'matrix' ? 'a refusal' : 'an error of storage';
      stranger.answer = strangeAnswers(canary, { agentId: '', url })[name] ?? stranger.answer;
      const app = await env.startApp(
        place === 'matrix'
          ? { matrix: { ...env.matrix(), homeserverUrl: url } }
          : { storage: { ...env.hiclaw.storage, endpoint: url } },
      );
      const id = await ingest(app, env, canary('description'));
      const shown = async () => {
        const { body } = await ask(app, `/hirings/${id}`);
        return z.looseObject({ lastFailure: z.unknown(), needs: z.unknown() }).parse(body);
      };
      await until(async () => {
        const { lastFailure, needs } = await shown();
        return lastFailure !== null || needs !== null;
      });
      expect(strangeIn(await shown())).toEqual([]);
    },
  );
});
