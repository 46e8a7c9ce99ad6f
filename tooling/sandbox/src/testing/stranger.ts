import { createServer } from 'node:http';

/** What a stranger answers. */
export interface StrangeAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A server that gives every request the same answer, whatever it asks for. */
export interface Stranger {
  readonly url: string;
  answer: StrangeAnswer;
  close(): Promise<void>;
}

/** Replaces the marketplace, the homeserver, the storage and whatever else is asked. */
export async function startStranger(): Promise<Stranger> {
  const stranger = { answer: { status: 404, type: 'text/plain', body: '' } };
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(stranger.answer.status, { 'content-type': stranger.answer.type });
    response.end(stranger.answer.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(stranger, {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  });
}

const json = (document: unknown, status: number): StrangeAnswer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(document),
});

/** What may be answered to any request of ours, with a stranger's words in every field; `canary` makes them of the field's name. */
export function strangeAnswers(
  canary: (field: string) => string,
  { agentId, url }: { readonly agentId: string; readonly url: string },
): Readonly<Record<string, StrangeAnswer>> {
  const listing = (callbackUrl: string) => {
    const metadata = { worker_matrix_id: canary('worker'), callback_url: callbackUrl };
    const agent = { id: agentId, name: canary('name'), status: canary('status'), metadata };
    const room = {
      joined: { [canary('member')]: {} },
      user_id: canary('user'),
      membership: canary('joined'),
    };
    return json({ data: agent, agent, ...agent, ...room }, 200);
  };
  const failure = {
    error: canary('error'),
    errcode: canary('errcode'),
    code: canary('code'),
    message: canary('message'),
    errors: [
      { code: canary('code'), message: canary('message'), details: { [canary('field')]: canary('why') } },
    ],
  };
  return {
    'a listing that leads to us': listing(`${url}/canary"canary`),
    'a listing that leads elsewhere': listing('https://canary.invalid/canary"canary\ncanary'),
    'a listing with what is no address': listing(canary('callback')),
    'a listing with an address that is not taken': listing('http://canary.invalid:81/canary'),
    'a refusal': json(failure, 403),
    'nobody known': json(failure, 404),
    'a conflict': json(failure, 409),
    'too much': json(failure, 422),
    'a failure': json(failure, 500),
    'a success that is none': json(failure, 200),
    'a page': { status: 400, type: 'text/html', body: `<h1>${canary('page')}</h1>` },
    'an error of storage': {
      status: 403,
      type: 'application/xml',
      body: `<Error><Code>${canary('code')}</Code><Message>${canary('message')}</Message><Key>${canary('key')}</Key></Error>`,
    },
  };
}
