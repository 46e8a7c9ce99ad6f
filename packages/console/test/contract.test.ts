import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { COMMANDS, LISTS, READS } from '../src/api/contract.ts';
import { DOCUMENT_OF_API } from './documented.ts';
import { startFakeApi, TOKEN } from './fake-api.ts';
import { AGENTS, hiringAt, idAt, versionOf, WORKERS } from './fake-data.ts';
import { undocumented } from './undocumented.ts';

function answerOf(method: string, path: string): unknown {
  const { responses = {} } = DOCUMENT_OF_API.paths[path]?.[method] ?? {};
  const good = Object.keys(responses).find((status) => status.startsWith('2')) ?? '';
  return responses[good]?.content['application/json']?.schema;
}

describe('what the page reads', () => {
  test.each([...Object.entries(READS), ...Object.entries(LISTS)])('of %s is promised', (path, schema) => {
    const given = answerOf('get', path);
    expect(given).toBeDefined();
    expect(undocumented(z.toJSONSchema(schema, { io: 'input' }), given, path)).toEqual([]);
  });

  test.each(Object.entries(COMMANDS))('of what came of %s is promised', (command, schema) => {
    const [method = '', path = ''] = command.split(' ');
    const given = answerOf(method.toLowerCase(), path);
    expect(given).toBeDefined();
    expect(undocumented(z.toJSONSchema(schema, { io: 'input' }), given, command)).toEqual([]);
  });

  test('is found out where it is not', () => {
    const read = z.object({ gone: z.string(), price: z.string(), agentId: z.number(), since: z.string() });
    const given = {
      type: 'object',
      properties: {
        price: { type: ['string', 'null'] },
        agentId: { type: 'string' },
        since: { type: 'string' },
      },
      required: ['price', 'agentId'],
    };
    expect(undocumented(z.toJSONSchema(read), given, 'it')).toEqual([
      'it.gone is not there',
      'it.price may be null',
      'it.agentId may be string',
      'it.since may be missing',
    ]);
  });
});

describe('the fake', () => {
  const about: Readonly<Record<string, string>> = {
    hirings: idAt(0),
    agents: AGENTS[0]?.agentId ?? '',
    workers: WORKERS[0]?.name ?? '',
  };
  const pathOf = (path: string): string => path.replace(/\{\w+\}/, about[path.split('/')[1] ?? ''] ?? '');

  /** Asks the fake, which answers 500 to itself where it goes against the document. */
  async function asking(
    run: (ask: (method: string, path: string, body?: unknown) => Promise<Response>) => Promise<void>,
  ) {
    const fake = await startFakeApi();
    try {
      const opened = await fetch(`${fake.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: TOKEN }),
      });
      const { secret } = z.object({ secret: z.string() }).parse(await opened.json());
      await run(
        async (method, path, body) =>
          await fetch(`${fake.url}/api/v1${path}`, {
            method,
            headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          }),
      );
    } finally {
      await fake.close();
    }
  }

  test('answers what the document says to everything that the page asks', async () => {
    await asking(async (ask) => {
      for (const path of [...Object.keys(READS), ...Object.keys(LISTS)]) {
        const answer = await ask('GET', pathOf(path));
        expect([path, answer.status, await answer.text()]).toEqual([path, 200, expect.any(String)]);
      }
      for (let index = 0; index < 60; index += 1) {
        expect([index, (await ask('GET', `/hirings/${idAt(index)}`)).status]).toEqual([index, 200]);
      }
    });
  });

  const first = hiringAt(0);
  const version = versionOf(first);
  const bodies: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'POST /agents': {
      worker: 'ada',
      name: 'Ada',
      description: 'Translates.',
      capabilities: ['a'],
      price: '25',
    },
    'POST /hirings/{id}/retry': { version },
    'POST /hirings/{id}/approve': { version },
    'POST /hirings/{id}/hold': { version },
    'POST /hirings/{id}/fail': { version, reason: 'It cannot be done.' },
    'POST /hirings/{id}/submit': { version, text: 'Here it is.' },
    'POST /hirings/{id}/message': { to: 'worker', text: 'Go on.' },
    'POST /hirings/{id}/answer': { answer: 'yes', question: '$question' },
  };
  test.each(Object.keys(COMMANDS))('takes %s as the document says', async (command) => {
    const [method = '', path = ''] = command.split(' ');
    await asking(async (ask) => {
      const commandId = '00000000-0000-4000-8000-000000000001';
      const answer = await ask(method, pathOf(path), { commandId, ...bodies[command] });
      expect([answer.ok, await answer.text()]).toEqual([true, expect.any(String)]);
      expect((await ask(method, pathOf(path), { commandId, unknown: 1 })).status).toBe(400);
    });
  });

  test.each(['/hirings?state=lost', '/hirings?limit=1000', '/agents?unknown=1', '/nowhere'])(
    'refuses %s as the API does',
    async (path) => {
      await asking(async (ask) => {
        expect((await ask('GET', path)).status).toBe(path === '/nowhere' ? 404 : 400);
      });
    },
  );
});
