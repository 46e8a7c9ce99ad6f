import type { ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { artifactOf, type Marketplace, type Settlement } from '../domain/index.ts';
import { createMarketplace } from './marketplace.ts';
import type { HiringSource } from './mcp/hiring-source.ts';
import { toolOutcome } from './mcp/tools.ts';
import { createRestClient } from './rest-client.ts';
import { AGENT_ID, agentKey, HIRING_ID, hiringDocument } from './test/agent.ts';
import { sendJson, startHttpServer, type Received } from './test/http-server.ts';
import { realClock } from './test/real-clock.ts';
import type { Via } from './ways.ts';

const SETTLEMENT: Settlement = {
  endpoint: 'result',
  generation: 1,
  idempotencyKey: 'agrenting-hiclaw-0123',
  body: '{"output":{"text":"done, and well"}}',
  unknownSends: 0,
};
const ARTIFACT = artifactOf('haiku.md', { bytes: Buffer.from('# Haiku'), sha256: '00' });

type Write = (marketplace: Marketplace) => Promise<unknown>;

/** Everything that the client has the marketplace change, with what would be success. */
const WRITES: Readonly<Record<string, { readonly write: Write; readonly success: unknown }>> = {
  'a result': {
    write: async (marketplace) => (await marketplace.settle(AGENT_ID, HIRING_ID, SETTLEMENT)).kind,
    success: 'accepted',
  },
  'a failure': {
    write: async (marketplace) => {
      const body = '{"error":"Too late.","reason":"timeout"}';
      return (await marketplace.settle(AGENT_ID, HIRING_ID, { ...SETTLEMENT, endpoint: 'failure', body }))
        .kind;
    },
    success: 'accepted',
  },
  'a message': { write: telling('notice'), success: 'delivered' },
  'a question': { write: telling('question'), success: 'delivered' },
  artifacts: {
    write: async (marketplace) => {
      const outcome = await marketplace.upload(AGENT_ID, HIRING_ID, [ARTIFACT]);
      return outcome.kind === 'uploaded' && !outcome.ids.includes(undefined);
    },
    success: true,
  },
};

function telling(kind: 'notice' | 'question'): Write {
  return async (marketplace) =>
    (await marketplace.sendMessage(AGENT_ID, HIRING_ID, { kind, text: 'Which sea?', idempotencyKey: 'k' }))
      .kind;
}

/** Answers that are no success, whatever they call themselves: status and body. */
const ANSWERS: readonly (readonly [number, string])[] = [
  [200, ''],
  [204, ''],
  [202, ''],
  [200, 'null'],
  [200, '{}'],
  [200, '[]'],
  [200, '"ok"'],
  [200, '{"status":"ok"}'],
  [200, '{"data":null}'],
  [200, '{"data":{"status":"completed"}}'],
  [200, '{"data":{"success":true}}'],
  [200, '<!doctype html><html><body><form action="/login"></form></body></html>'],
  [201, 'Accepted'],
  [206, '{"data":{'],
];

async function world(
  answer: (request: Received, response: ServerResponse) => void,
  via: Via,
  session?: HiringSource,
): Promise<Marketplace> {
  const server = await startHttpServer(answer);
  const client = createRestClient({ baseUrl: server.baseUrl, clock: realClock, timeoutMs: 5000 });
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  return createMarketplace({
    client,
    agents: [{ agentId: AGENT_ID, key: agentKey(), session: () => session }],
    via,
  });
}

/** What a read shows: the hiring, active, with nothing said about it and without artifacts. */
function nothingThere({ path }: Received, response: ServerResponse): void {
  const list = path.endsWith('/artifacts');
  sendJson(response, 200, { data: list ? [] : { ...hiringDocument(), messages: [] } });
}

describe.each(Object.entries(WRITES))('%s is no success', (_, { write, success }) => {
  test.each(ANSWERS)('by REST when the answer is %i %j', async (status, body) => {
    const marketplace = await world((request, response) => {
      if (request.method === 'GET') return nothingThere(request, response);
      response.writeHead(status, { 'content-type': body.startsWith('<') ? 'text/html' : 'application/json' });
      response.end(status === 204 ? undefined : body);
    }, 'rest');
    expect(await write(marketplace)).not.toEqual(success);
  });
});

/** What a tool may answer without having done anything: the texts of its content. */
const SAYINGS: readonly unknown[] = [
  {},
  { content: [] },
  { content: [{ type: 'text', text: '' }] },
  { content: [{ type: 'text', text: '{"status":"completed"}' }] },
  { content: [{ type: 'text', text: '<html>' }] },
  { content: [{ type: 'text', text: `{"id":"${HIRING_ID}","status":"in_progress"}` }] },
];

describe.each(Object.entries(WRITES).filter(([name]) => name !== 'artifacts' && name !== 'a message'))(
  '%s is no success',
  (_, { write, success }) => {
    test.each(SAYINGS.map((said) => [said]))('by MCP when the tool says %j', async (said) => {
      const session: HiringSource = {
        readHiring: async () => Promise.resolve({ kind: 'unavailable', problem: 'x' }),
        useTool: async () => Promise.resolve(toolOutcome(said)),
        readPrompt: async () => Promise.resolve(undefined),
      };
      const marketplace = await world(nothingThere, 'mcp', session);
      expect(await write(marketplace)).not.toEqual(success);
    });
  },
);

test('an answer without a list is no list of artifacts', async () => {
  for (const [status, body] of ANSWERS.filter(([, text]) => text !== '[]')) {
    const marketplace = await world((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 204 ? undefined : body);
    }, 'auto');
    expect([body, (await marketplace.artifacts(AGENT_ID, HIRING_ID)).kind]).toEqual([body, 'unavailable']);
  }
});
