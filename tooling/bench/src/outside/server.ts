// Everything outside of the adapter in one process: the marketplace's hirings, a homeserver, an S3 storage.
// It keeps what it gets and serves it back, and is as fast as it can be, so that it hides nothing of what is measured.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { agentIdOf, hiringDocument } from '../seller.ts';

interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modifiedAt: string;
}

const hirings = new Map<string, string>();
const objects = new Map<string, StoredObject>();
/** Event ids and arrival times in nanoseconds of the machine's monotonic clock, by transaction id. */
const messages = new Map<
  string,
  { readonly eventId: string; readonly atNs: string; readonly body: string }
>();
/** How far away everything is: each answer comes so much later. */
let latencyMs = 0;
const latencyOrder = z.object({ latencyMs: z.number() });
const hiringsOrder = z.object({ ids: z.array(z.string()), agents: z.number() });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const answerNow = (): void => {
      try {
        answer(request, Buffer.concat(chunks), response);
      } catch (error) {
        send(response, 500, JSON.stringify({ error: String(error) }));
      }
    };
    if (latencyMs === 0) answerNow();
    else setTimeout(answerNow, latencyMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ port: address?.port });
});
process.on('disconnect', () => process.exit());

function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://outside');
  const [, first = '', ...rest] = url.pathname.split('/');
  switch (first) {
    case 'api':
      return marketplace(rest, response);
    case '_matrix':
      return homeserver(request.method ?? '', rest.map(decodeURIComponent), body, response);
    case 'bench':
      return bench(rest.join('/'), body, response);
    default:
      return storage(request, decodeURIComponent(rest.join('/')), url.searchParams, body, response);
  }
}

/** `GET /api/v1/hirings/{id}` (Agrenting API reference, 5). */
function marketplace([, , id = '']: readonly string[], response: ServerResponse): void {
  const hiring = hirings.get(id);
  if (hiring === undefined) send(response, 404, '{"errors":[{"code":"NOT_FOUND","message":"not found"}]}');
  else send(response, 200, hiring);
}

/** Sends, members, encryption and a sync that never has news (HiClaw reference, 10.1). */
function homeserver(method: string, path: readonly string[], body: Buffer, response: ServerResponse): void {
  const [, , area = '', , action = '', , transactionId = ''] = path;
  if (area === 'sync') {
    setTimeout(() => send(response, 200, '{"next_batch":"s1","rooms":{"join":{}}}'), 2000);
    return;
  }
  if (area === 'user' || area === 'account') return send(response, 200, '{"filter_id":"1"}');
  if (action === 'joined_members') {
    const name = (path[3] ?? '').replace(/^!room-/, '').replace(/:.*$/, '');
    return send(
      response,
      200,
      JSON.stringify({ joined: { [`@${name}:bench`]: {}, '@agrenting:bench': {} } }),
    );
  }
  if (action === 'send' && method === 'PUT') {
    const known = messages.get(transactionId);
    const eventId = known?.eventId ?? `$event-${messages.size}`;
    if (known === undefined) {
      messages.set(transactionId, {
        eventId,
        atNs: process.hrtime.bigint().toString(),
        body: body.toString(),
      });
    }
    return send(response, 200, JSON.stringify({ event_id: eventId }));
  }
  send(response, 404, '{"errcode":"M_NOT_FOUND","error":"not found"}');
}

/** Put, get, head and list of one bucket (HiClaw reference, 10.2). */
function storage(
  request: IncomingMessage,
  key: string,
  query: URLSearchParams,
  body: Buffer,
  response: ServerResponse,
): void {
  if (key === '') return list(query.get('prefix') ?? '', response);
  const known = objects.get(key);
  switch (request.method ?? '') {
    case 'PUT': {
      if (request.headers['if-none-match'] === '*' && known !== undefined) {
        return send(response, 412, s3Error('PreconditionFailed'), 'application/xml');
      }
      const etag = createHash('md5').update(body).digest('hex');
      objects.set(key, { bytes: body, etag, modifiedAt: new Date().toISOString() });
      response.setHeader('ETag', `"${etag}"`);
      return send(response, 200, '');
    }
    case 'GET':
    case 'HEAD': {
      if (known === undefined) return send(response, 404, s3Error('NoSuchKey'), 'application/xml');
      response.setHeader('ETag', `"${known.etag}"`);
      response.setHeader('Last-Modified', new Date(known.modifiedAt).toUTCString());
      return send(response, 200, known.bytes, 'application/octet-stream');
    }
    default:
      return send(response, 405, s3Error('MethodNotAllowed'), 'application/xml');
  }
}

function list(prefix: string, response: ServerResponse): void {
  const folder = prefix.endsWith('/') ? ['meta.json', 'spec.md', 'task-spec.json', 'result.md'] : [];
  const contents = folder.flatMap((name) => {
    const object = objects.get(`${prefix}${name}`);
    if (object === undefined) return [];
    const { modifiedAt, etag, bytes } = object;
    return `<Contents><Key>${prefix}${name}</Key><LastModified>${modifiedAt}</LastModified><ETag>"${etag}"</ETag><Size>${bytes.length}</Size></Contents>`;
  });
  const xml = `<?xml version="1.0"?><ListBucketResult><Prefix>${prefix}</Prefix><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
  send(response, 200, xml, 'application/xml');
}

function s3Error(code: string): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}

/** What only the benchmark asks for. */
function bench(path: string, body: Buffer, response: ServerResponse): void {
  switch (path) {
    case 'hirings': {
      const { ids, agents } = hiringsOrder.parse(JSON.parse(body.toString()));
      for (const [index, id] of ids.entries()) {
        hirings.set(id, JSON.stringify({ data: hiringDocument(id, agentIdOf(index % agents)) }));
      }
      return send(response, 200, '{}');
    }
    case 'latency':
      latencyMs = latencyOrder.parse(JSON.parse(body.toString())).latencyMs;
      return send(response, 200, '{}');
    case 'seen':
      return send(
        response,
        200,
        JSON.stringify({
          messages: [...messages].map(([transactionId, { atNs }]) => ({ transactionId, atNs })),
          cpuMicros: process.cpuUsage().user + process.cpuUsage().system,
        }),
      );
    default:
      return send(response, 404, '{}');
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  type = 'application/json',
): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
