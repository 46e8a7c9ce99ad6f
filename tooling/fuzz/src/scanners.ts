import { createHash } from 'node:crypto';
import {
  artifactOf,
  brokenRule,
  DEFAULT_POLICY,
  deliveredNames,
  FormerTokens,
  hiringIdSchema,
  isSafeOutbound,
  assessResult,
  KnownSecrets,
  NO_CONVERSATION,
  parseDocumentForm,
  parseTimeMs,
  parseWebhookForm,
  outboundText,
  readWorkerMessage,
  queueForHirer,
  scanForCredentials,
  Secret,
  taskIdOf,
  TheirClock,
  tracesOf,
  unreadHiring,
  type WorkerResult,
} from '@agrenting-hiclaw/core/domain';
import { sanitize, sanitizeJson } from '@agrenting-hiclaw/core/sanitize';
import { attachment } from '../../../apps/admin-api/src/http/attachment.ts';
import { failureText, resultText } from '../../../apps/bridge/src/results/result-form.ts';
import { classify } from '../../../apps/bridge/src/webhook/delivery.ts';
import { parseJson } from '../../../apps/bridge/src/webhook/json.ts';
import { printable } from '../../../apps/cli/src/terminal/paint.ts';
import { createRedactor } from '../../../packages/operations/src/evidence/redactor.ts';
import { displayTitle } from '../../../packages/operations/src/hirings/display-title.ts';
import { cursorOf, placeOf } from '../../../packages/operations/src/paging/cursor.ts';
import { readAnswer } from '../../../packages/core/src/agrenting/answer.ts';
import { documentShape } from '../../../packages/core/src/agrenting/document-shape.ts';
import { readEventStream } from '../../../packages/core/src/agrenting/mcp/event-stream.ts';
import { pendingHirings } from '../../../packages/core/src/agrenting/mcp/resource-documents.ts';
import { isMissingRoute } from '../../../packages/core/src/agrenting/missing-route.ts';
import { outsideText } from '../../../packages/core/src/agrenting/outside-text.ts';
import { retryAfterMs } from '../../../packages/core/src/agrenting/retry-after.ts';
import { splitText } from '../../../packages/core/src/agrenting/split-text.ts';
import { readStatedLimits } from '../../../packages/core/src/agrenting/stated-limits.ts';
import { truncate } from '../../../packages/core/src/agrenting/truncate.ts';
import { inQuotes } from '../../../packages/core/src/domain/text/in-quotes.ts';
import { parseCents } from '../../../packages/core/src/domain/money/money.ts';
import { withoutUserInfo } from '../../../packages/core/src/domain/parsers/repository-address.ts';
import { packProblem, readBundleFile } from '../../../packages/git/src/apply/bundle.ts';
import { personText } from '../../../packages/git/src/apply/commits.ts';
import { isBranchName } from '../../../packages/git/src/read-source.ts';
import { parseRepositoryAddress } from '../../../packages/git/src/remote/host.ts';
import { remoteFailure } from '../../../packages/git/src/remote/remote.ts';
import { quote } from '../../../packages/git/src/run/workspace.ts';
import { roomOfSessionFile } from '../../../packages/hiclaw/src/directory/session-rooms.ts';
import { TopLevelText } from '../../../packages/hiclaw/src/http/top-level-text.ts';
import { readReadiness } from '../../../packages/hiclaw/src/lifecycle/readiness.ts';
import { messageActivity } from '../../../packages/hiclaw/src/matrix/event-activity.ts';
import { createHomeserver } from '../../../packages/hiclaw/src/matrix/homeserver.ts';
import { MATRIX_USER_ID, ROOM_ID } from '../../../packages/hiclaw/src/matrix/identifiers.ts';
import { readRunBlocks } from '../../../packages/hiclaw/src/matrix/run-blocks.ts';
import { withMatrixIds } from '../../../packages/hiclaw/src/matrix/named-ids.ts';
import { messagesAnswer, syncAnswer } from '../../../packages/hiclaw/src/matrix/sync-answer.ts';
import { isProjectChanged } from '../../../packages/hiclaw/src/storage/changed-project.ts';
import { collect } from '../../../packages/hiclaw/src/storage/collect.ts';
import { cleanText, fenced, titleOf, withoutToken } from '../../../packages/hiclaw/src/storage/hirer-text.ts';
import { readMeta } from '../../../packages/hiclaw/src/storage/meta.ts';
import { namedDigests } from '../../../packages/hiclaw/src/storage/named-digests.ts';
import { TASK_TITLE } from '../../../packages/hiclaw/src/storage/order-objects.ts';
import { withEncodedKeys } from '../../../packages/hiclaw/src/storage/bounded-transport.ts';
import type { ObjectStore } from '../../../packages/hiclaw/src/storage/object-store.ts';
import { readResultText, statusOf } from '../../../packages/hiclaw/src/storage/result-text.ts';
import { canonicalAddress } from '../../../packages/runtime/src/http/network.ts';

/** Something that reads what others wrote. */
export interface Scanner {
  /** The files whose code it runs, relative to the root. */
  readonly files: readonly string[];
  /** As much as it is ever given; all there is where nothing is said. */
  readonly maxBytes?: number;
  /** Each is a turn of its own. */
  readonly reads: readonly ((bytes: Buffer, text: string) => unknown)[];
}

const HIRING_ID = hiringIdSchema.parse('11111111-1111-4111-8111-111111111111');
const TASK_ID = taskIdOf(HIRING_ID, 1, '0123456789abcdef01234567');
const WORKER = { name: 'w', userId: '@w:x', roomId: '!r:x' };
const FORMER_TOKEN = 'ghp_A7c9planted4canary2tokenX8q1';
const keyedDigest = (folded: Uint8Array): string => createHash('sha256').update(folded).digest('hex');
const FORMER = new FormerTokens(tracesOf(new Secret(FORMER_TOKEN), keyedDigest), keyedDigest);
const receivedWith = (description: string) => ({
  attempt: undefined,
  received: { intake: 'mcp', hiring: { ...unreadHiring(HIRING_ID), description }, atMs: 0 } as const,
});
const ATTEMPT = { ourUserId: '@agrenting:x', taskId: TASK_ID };
const SECRETS = Array.from({ length: 50 }, (_, index) => {
  const digest = createHash('sha256').update(String(index)).digest('base64url');
  return new Secret(`ap_${digest}`);
});
const KNOWN = new KnownSecrets(SECRETS.map((secret) => ({ code: 'own_secret', secret })));
const MIB = 1024 * 1024;

const domain = (...names: readonly string[]) => names.map((name) => `packages/core/src/domain/${name}.ts`);
const agrenting = (...names: readonly string[]) =>
  names.map((name) => `packages/core/src/agrenting/${name}.ts`);
const hiclaw = (...names: readonly string[]) => names.map((name) => `packages/hiclaw/src/${name}.ts`);
const git = (...names: readonly string[]) => names.map((name) => `packages/git/src/${name}.ts`);

/** A homeserver that nothing is sent to. */
const NOWHERE = createHomeserver({
  url: 'http://127.0.0.1:9',
  userId: '@us:x',
  accessToken: new Secret('canary-token'),
});

/** Every message of an answer is the same one: what is measured is reading, not making. */
const EVENTS_OF_KEYS = new Map<string, unknown>();

function eventOfKeys(text: string): unknown {
  const known = EVENTS_OF_KEYS.get(text);
  if (known !== undefined) return known;
  const content: Record<string, unknown> = {};
  for (let at = 0; at < text.length; at += 8) content[`${at.toString(36)}${text.slice(at, at + 3)}`] = 0;
  const event = { type: 'm.room.message', event_id: '$e', sender: '@w:x', origin_server_ts: 1, content };
  EVENTS_OF_KEYS.clear();
  EVENTS_OF_KEYS.set(text, event);
  return event;
}

const linkTo = (name: string) => `<a href="https://matrix.to/#/@us:x">${name}</a>`;

/** Everything that reads what others wrote, by what it is for. */
export const SCANNERS: Readonly<Record<string, Scanner>> = {
  'the keys of a listing': {
    files: hiclaw('storage/bounded-transport'),
    maxBytes: 4 * MIB,
    reads: [(_, text) => withEncodedKeys(text), (_, text) => withEncodedKeys(`<Key>${text}</Key>`)],
  },
  times: {
    files: domain('text/time', 'policies/their-clock'),
    reads: [
      (_, text) => parseTimeMs(text),
      (_, text) => new TheirClock().noteAnswer({ ok: true, headers: { get: () => text } }, 0, 0),
      (_, text) =>
        new TheirClock().noteAnswer({ ok: true, headers: { get: () => `application/${text}` } }, 0, 0),
    ],
  },
  'credentials in a text': {
    files: domain(
      'credentials/scan',
      'credentials/documented',
      'credentials/forms',
      'credentials/control-sequences',
      'credentials/hidden-text',
      'credentials/numbers',
      'credentials/known-secrets',
      'credentials/plain-text',
      'credentials/readings',
      'credentials/secret-search',
      'credentials/unescaped',
      'credentials/part-search',
      'credentials/without-tags',
    ),
    reads: [async (_, text) => await scanForCredentials(text, KNOWN)],
  },
  'credentials in a file': {
    files: domain('credentials/scan'),
    reads: [async (bytes) => await scanForCredentials(bytes, KNOWN)],
  },
  'the quality gate': {
    files: domain('result/quality-gate', 'result/filler'),
    maxBytes: MIB,
    reads: [
      async (_, text) => await assessResult(resultOf(text), { description: text }, KNOWN),
      async (_, text) => await assessResult(resultOf(text), { description: nearly(text) }, KNOWN),
    ],
  },
  "a worker's message": {
    files: domain(
      'worker-messages/parse-worker-message',
      'worker-messages/marker-line',
      'worker-messages/named-task',
      'worker-messages/no-statement',
      'worker-messages/nothing-words',
      'worker-messages/vague-words',
      'worker-messages/goes-on',
      'worker-messages/reported-digest',
      'worker-messages/spoken-lines',
    ),
    reads: [
      (_, text) => readWorkerMessage(text, ATTEMPT),
      (_, text) => readWorkerMessage(`BLOCKED: ${ATTEMPT.taskId} - ${text}`, ATTEMPT),
      (_, text) => readWorkerMessage(`QUESTION: ${ATTEMPT.taskId} - ${text}`, ATTEMPT),
      (_, text) => readWorkerMessage(`TASK_COMPLETED: ${ATTEMPT.taskId} - done\n${text}`, ATTEMPT),
      (_, text) => readWorkerMessage(`TASK_COMPLETED: ${ATTEMPT.taskId} - (sha256=${text}`, ATTEMPT),
    ],
  },
  'words for a hirer': {
    files: domain('text/outbound-text', 'worker-messages/conversation'),
    reads: [
      (_, text) => isSafeOutbound(text, KNOWN),
      (_, text) => isSafeOutbound(text.slice(0, 20_000), KNOWN),
      (_, text) => isSafeOutbound(text.slice(0, 200_000), KNOWN),
      (_, text) => outboundText(text, KNOWN),
      (_, text) => queueForHirer(NO_CONVERSATION, { kind: 'progress', text, key: 'a key' }),
    ],
  },
  'names of files': {
    files: [...domain('result/delivered-name'), 'apps/admin-api/src/http/attachment.ts'],
    maxBytes: MIB,
    reads: [
      (_, text) => deliveredNames([text, `${text}.md`]),
      // As many as one result may have, as long as a storage takes them.
      (_, text) => deliveredNames(Array.from({ length: 500 }, () => text.slice(0, 341))),
      (_, text) => attachment(text),
    ],
  },
  'what a terminal shows': {
    files: [...domain('text/sanitize'), 'apps/cli/src/terminal/paint.ts'],
    // A line of a log, or what a command shows of one text.
    maxBytes: 256 * 1024,
    reads: [
      (_, text) => sanitize(text),
      (_, text) => sanitizeJson(JSON.stringify(text)),
      (_, text) => printable(text),
    ],
  },
  'a delivered file': {
    files: domain('result/artifacts'),
    maxBytes: 20_000_000,
    reads: [
      (bytes) => artifactOf('a.bin', { bytes, sha256: '' }),
      (bytes) => artifactOf('a.url', { bytes: bytes.subarray(0, 999_999), sha256: '' }),
      (bytes, text) => artifactOf(text.slice(0, 4_096), { bytes: bytes.subarray(0, 999_999), sha256: '' }),
    ],
  },
  'fields of a hiring': {
    files: domain(
      'money/money',
      'hiring/ids',
      'parsers/repository-address',
      'policies/policy',
      'parsers/fields',
    ),
    maxBytes: MIB,
    reads: [
      (_, text) => parseCents(text),
      (_, text) => hiringIdSchema.safeParse(text),
      (_, text) => withoutUserInfo(text),
      (_, text) =>
        brokenRule(
          { ...unreadHiring(HIRING_ID), description: text, price: text, repoUrl: text, deliveryMode: 'push' },
          { ...DEFAULT_POLICY, minPrice: '1.00', repositories: ['owner/*'] },
        ),
      (_, text) => parseWebhookForm({ hiring_id: HIRING_ID, task_input: { [text]: text, repo_url: text } }),
    ],
  },
  'documents of the marketplace': {
    files: [
      ...agrenting('document-shape', 'mcp/resource-documents', 'answer', 'api-error', 'missing-route'),
      ...agrenting('pending-hiring'),
      ...domain('parsers/document-form'),
    ],
    maxBytes: MIB,
    reads: [
      (_, text) => pendingHirings([text]),
      (_, text) => documentShape({ [text]: text }),
      (_, text) => parseDocumentForm({ id: HIRING_ID, status: text, messages: [{ id: 'a', content: text }] }),
      (_, text) => isMissingRoute({ status: 404, message: text }),
      (_, text) => readAnswer(new Response(null, { status: 500 }), { kind: 'text', text }, undefined),
      (_, text) => readAnswer(new Response(null, { status: 200 }), { kind: 'text', text }, undefined),
    ],
  },
  'words of the marketplace': {
    files: [
      ...agrenting('outside-text', 'truncate', 'split-text', 'retry-after', 'stated-limits'),
      ...domain('text/in-quotes'),
    ],
    maxBytes: MIB,
    reads: [
      (_, text) => outsideText(text),
      (_, text) => inQuotes(text),
      (_, text) => truncate(text, 300, '…'),
      (_, text) => splitText(text, 5_000),
      (_, text) =>
        retryAfterMs(new Headers({ 'retry-after': text.slice(0, 4_096).replaceAll(/[^ -~]/g, 'x') }), 0),
      (_, text) => {
        const value = text.slice(0, 4_096).replaceAll(/[^ -~]/g, 'x');
        const names = [
          'x-ratelimit-limit',
          'ratelimit-remaining',
          'x-ratelimit-reset',
          'ratelimit',
          'ratelimit-policy',
        ];
        for (const name of names)
          readStatedLimits({ status: 204, headers: new Headers({ [name]: value }) }, 0);
        readStatedLimits({ status: 204, headers: new Headers(names.map((name) => [name, value])) }, 0);
      },
    ],
  },
  'a stream of events': {
    files: agrenting('mcp/event-stream'),
    maxBytes: MIB,
    reads: [
      async (bytes) =>
        await readEventStream(
          streamOf(bytes),
          { onBytes: () => undefined, onEvent: () => undefined, onOversized: () => undefined },
          MIB,
        ),
    ],
  },
  'a result.md': {
    files: hiclaw(
      'storage/result-text',
      'storage/json-status',
      'storage/named-digests',
      'storage/own-header',
      'storage/plain-line',
      'storage/refusals',
      'storage/runtime-errors',
      'storage/undone',
      'storage/result-doubt',
      'storage/result-fields',
      'storage/result-header',
      'storage/result-status',
      'storage/status-line',
      'storage/text-parts',
    ),
    maxBytes: MIB,
    reads: [
      (_, text) => readResultText(text),
      (_, text) => readResultText(`STATUS: SUCCESS\nDELIVERABLES:\n${text}`),
      (_, text) => readResultText(`STATUS: SUCCESS\nSHA256:\n${text}`),
      (_, text) => readResultText(`\`\`\`\nSTATUS: ${text}`),
      (_, text) => readResultText(`---\nstatus: a\n${text}\n---\n`),
      (_, text) => readResultText(`| STATUS | a |\n|${text}`),
      (_, text) => readResultText(`{"status": ${JSON.stringify(text)}}`),
      (_, text) => readResultText(`Words.\n${text}`),
      (_, text) => readResultText(`I ${text.slice(0, 1_900)}`),
      (_, text) => readResultText(`Status |${text.slice(0, 1_900)}\n${text}`),
      (_, text) => readResultText(`<think>\n${text}`),
      (_, text) => readResultText(`Words.\n\`\`\`js\n${text}`),
      (_, text) => readResultText(JSON.stringify({ data: { error: text, status: text } })),
      (_, text) => statusOf(text),
      (_, text) => namedDigests(TASK_ID, text),
      (_, text) => namedDigests(TASK_ID, `${'0'.repeat(64)}  ${text}`),
    ],
  },
  'a task folder': {
    files: [
      ...hiclaw('storage/collect', 'storage/delivered-files', 'storage/named-files', 'storage/meta'),
      ...hiclaw('storage/changed-marker', 'storage/changed-project', 'storage/order-objects'),
    ],
    maxBytes: MIB,
    reads: [
      async (bytes, text) => await collect(storeOf(bytes, text), TASK_ID, MIB),
      async (_, text) =>
        await collect(
          storeOf(Buffer.from(`STATUS: SUCCESS\nDELIVERABLES:\n${text}`), text),
          TASK_ID,
          2 * MIB,
        ),
      async (bytes, text) => await readMeta(storeOf(bytes, text), TASK_ID),
      async (bytes, text) =>
        await isProjectChanged(storeOf(bytes, text), TASK_ID, { worker: WORKER }, '@us:x'),
      (_, text) => TASK_TITLE.test(text),
      (_, text) => TASK_TITLE.test(`Task from the marketplace, hiring ${text}`),
    ],
  },
  "a hirer's text": {
    files: [
      ...hiclaw('storage/hirer-text'),
      'packages/operations/src/hirings/display-title.ts',
      ...domain('credentials/former-tokens', 'credentials/secret-trace'),
    ],
    maxBytes: MIB,
    reads: [
      (_, text) => cleanText(text),
      (_, text) => fenced(text),
      (_, text) => titleOf(text),
      (_, text) => displayTitle(receivedWith(text)),
      (_, text) => displayTitle(receivedWith(`# **${text}**`)),
      (_, text) =>
        withoutToken({ ...unreadHiring(HIRING_ID), description: text, repoToken: new Secret('ghp_abc') }),
      (_, text) => FORMER.cut(text, ''),
      (_, text) => FORMER.cut(`${FORMER_TOKEN} `.repeat(20) + text, ''),
    ],
  },
  'events of a room': {
    files: hiclaw(
      'http/top-level-text',
      'matrix/event-activity',
      'matrix/homeserver',
      'matrix/identifiers',
      'matrix/named-ids',
      'matrix/run-blocks',
      'matrix/sync-answer',
    ),
    // What a homeserver takes as one event.
    maxBytes: 65_536,
    reads: [
      (_, text) =>
        messageActivity(
          { roomId: '!r:x', userId: '@w:x' },
          {
            type: 'm.room.message',
            event_id: text,
            sender: '@w:x',
            origin_server_ts: 1,
            content: { msgtype: 'm.text', body: text },
          },
        ),
      (_, text) => {
        const run = parseJson(text);
        readRunBlocks({ 'org.agentteams.run': run.kind === 'document' ? run.document : text }, text);
      },
      (_, text) => {
        const blocks = Array.from({ length: 2_000 }, () => ({ type: 'text', text: text.slice(0, 100) }));
        readRunBlocks({ 'org.agentteams.run': { version: '1', blocks } }, text);
      },
      (_, text) =>
        syncAnswer.safeParse({
          next_batch: text,
          rooms: { join: { [text]: { timeline: { events: Array.from({ length: 50 }, () => text) } } } },
        }),
      // As many messages as one answer holds, made of keys.
      (_, text) => messagesAnswer.safeParse({ chunk: Array.from({ length: 32 }, () => eventOfKeys(text)) }),
      async (_, text) => await NOWHERE.readMedia(`mxc://x/${text}`, AbortSignal.abort()),
      async (_, text) => await NOWHERE.readMedia(text, AbortSignal.abort()),
      (given) => new TopLevelText('next_batch').read(given),
      (_, text) => [MATRIX_USER_ID.test(text), ROOM_ID.test(text)],
      (_, text) => withMatrixIds(text, text),
      (_, text) => withMatrixIds(text, `${linkTo('a')}${linkTo('#')}${linkTo(text.slice(0, 9))}`),
    ],
  },
  'what the tools of HiClaw print': {
    files: hiclaw('lifecycle/readiness', 'directory/session-rooms'),
    maxBytes: MIB,
    reads: [
      (_, text) =>
        readReadiness('w', { exitCode: 1, output: text, complaint: text }, { startedMs: 1, recreatedMs: 1 }),
      (_, text) => roomOfSessionFile(text),
    ],
  },
  'what git prints': {
    files: git('run/workspace', 'remote/remote'),
    maxBytes: 64 * 1024,
    reads: [
      (_, text) => quote(text, { token: new Secret('ghp_abc'), directory: '/tmp/agrenting-git-1' }),
      (_, text) => remoteFailure(text, ''),
    ],
  },
  'names of a repository': {
    files: git('remote/host', 'read-source', 'apply/commits'),
    maxBytes: 64 * 1024,
    reads: [
      (_, text) => parseRepositoryAddress(text, []),
      (_, text) => isBranchName(text),
      (_, text) => personText(text),
    ],
  },
  'a bundle': {
    files: git('apply/bundle'),
    reads: [
      (bytes) => readBundleFile(bytes),
      (bytes) =>
        readBundleFile(Buffer.concat([Buffer.from('# v2 git bundle\n'), bytes, Buffer.from('\n\n')])),
      async (bytes) =>
        await packProblem(Buffer.concat([Buffer.from('PACK\0\0\0\u0002\0\0\xff\xff', 'latin1'), bytes]), {
          maxObjects: 100_000,
          maxObjectBytes: 64 * MIB,
          maxExpandedBytes: 256 * MIB,
        }),
    ],
  },
  'a webhook': {
    files: ['webhook/json', 'webhook/delivery', 'results/result-form'].map(
      (name) => `apps/bridge/src/${name}.ts`,
    ),
    maxBytes: MIB,
    reads: [
      (_, text) => parseJson(text),
      (_, text) => classify({ event: text, hiring_id: text }, {}),
      (_, text) => resultText({ output: text }),
      (_, text) =>
        resultText({ output: { summary: text, files_changed: text.slice(0, 300_000).split('\n') } }),
      (_, text) => failureText({ reason: text }),
    ],
  },
  'evidence that is handed out': {
    files: ['redactor', 'redact-pieces'].map((name) => `packages/operations/src/evidence/${name}.ts`),
    maxBytes: MIB,
    reads: [
      async (bytes) => await createRedactor(SECRETS.slice(0, 10)).pieces(bytes),
      (_, text) => createRedactor(SECRETS.slice(0, 10)).text(text),
    ],
  },
  'a request to the operator\u2019s API': {
    files: ['packages/operations/src/paging/cursor.ts', 'packages/runtime/src/http/network.ts'],
    maxBytes: 64 * 1024,
    reads: [
      (_, text) => canonicalAddress(text),
      (_, text) => placeOf(cursorOf(text), String),
      (_, text) => placeOf(text, () => 'a place'),
    ],
  },
};

function resultOf(text: string): WorkerResult {
  return { text, summary: text.slice(0, 300), files: [], notes: [] };
}

/** As long as a task may be, and once not like the text: what looks for it in the text finds that out late. */
function nearly(text: string): string {
  return `${text.slice(0, 50_000)}x${text.slice(0, 49_999)}`;
}

/** As a connection gives it: 64 KiB at a time, each in a turn of its own. */
function streamOf(bytes: Buffer): ReadableStream<Uint8Array> {
  const chunkBytes = 65_536;
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (at >= bytes.length) return controller.close();
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + chunkBytes)));
      at += chunkBytes;
    },
  });
}

/** A folder as full as one may be, with the same text in its marker and its result. */
function storeOf(bytes: Buffer, text: string): ObjectStore {
  const prefix = `shared/tasks/${TASK_ID}/`;
  const names = ['meta.json', 'result.md', ...Array.from({ length: 900 }, (_, index) => `out/${index}.txt`)];
  const list = text.slice(0, 30_000).split('\n').slice(0, 20_000);
  const meta = Buffer.from(
    JSON.stringify({ status: 'submitted', summary: text.slice(0, 30_000), deliverables: list }),
  );
  return {
    list: async (_, after) => ({
      kind: 'objects',
      more: false,
      objects: names
        .map((name) => ({ key: `${prefix}${name}`, sizeBytes: 1, etag: name }))
        .filter(({ key }) => key > after),
    }),
    get: async (key, maxBytes) => {
      const found = key.endsWith('meta.json') ? meta : bytes;
      return found.length > maxBytes ? { kind: 'too_large' } : { kind: 'object', bytes: found, sha256: '' };
    },
    put: async () => ({ kind: 'stored', etag: '' }),
    stat: async () => ({ kind: 'absent' }),
    delete: async () => ({ kind: 'deleted' }),
    close: () => undefined,
  };
}
