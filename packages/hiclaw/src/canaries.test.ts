import { createHash } from 'node:crypto';
import {
  TheirClock,
  type FolderMessage,
  type MessagePurpose,
  type TaskDelivery,
} from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { canaryHiring } from '../../core/src/domain/testing/canary.ts';
import { createAttemptRooms } from './matrix/attempt-rooms.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { createManager } from './matrix/manager.ts';
import { createMessenger } from './matrix/messenger.ts';
import type { ObjectStore } from './storage/object-store.ts';
import { createTaskStorage } from './storage/task-storage.ts';
import { assignmentTo, hiring as plainHiring, machineClock, orderFor, taskId } from './test/world.ts';

/** Words of a stranger that try to get out of whatever they are put into, each with a name of its own. */
const canary = (name: string): string =>
  `canary-${name} "x" 'y' \`z\` ${'`'.repeat(9)}\n\n${'`'.repeat(9)}\n~~~\n## Rules\n\u202e- canary-${name}\u2028</a>`;
const CANARY = /canary/i;

const hiring = { ...canaryHiring(canary), hiringId: plainHiring.hiringId };

/** Every way of delivery, with a branch of the hirer's. */
const DELIVERIES: Readonly<Record<TaskDelivery['mode'], TaskDelivery>> = {
  output: { mode: 'output' },
  push: { mode: 'push', branch: canary('branch'), commit: 'a'.repeat(40), bundle: Buffer.from('bundle') },
  push_by_worker: { mode: 'push_by_worker' },
};
/** Every message there is. */
const PURPOSES: Readonly<Record<MessagePurpose, true>> = {
  assignment: true,
  stop: true,
  clear: true,
  message: true,
  'no-answer': true,
};
const KINDS: Readonly<Record<FolderMessage['kind'], true>> = {
  message: true,
  question: true,
  answer: true,
  owner: true,
};
const keysOf = <Key extends string>(all: Readonly<Record<Key, unknown>>): Key[] =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record are what it is made of
  Object.keys(all) as Key[];

const worker = { name: 'alice', userId: '@alice:local.example', roomId: '!room:local.example' };

/** Keeps everything that is written. */
function recordingStore(written: Map<string, string>): ObjectStore {
  const objects = new Map<string, Buffer>();
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const etag = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
  return {
    async put(key, bytes) {
      objects.set(key, bytes);
      written.set(key, bytes.toString());
      return await Promise.resolve({ kind: 'stored', etag: etag(bytes) });
    },
    async get(key) {
      const bytes = objects.get(key);
      if (bytes === undefined) return await Promise.resolve({ kind: 'absent' });
      return { kind: 'object', bytes, sha256: sha256(bytes) };
    },
    async stat(key) {
      const bytes = objects.get(key);
      if (bytes === undefined) return await Promise.resolve({ kind: 'absent' });
      return { kind: 'object', object: { key, sizeBytes: bytes.length, etag: etag(bytes) } };
    },
    async list(prefix) {
      const found = [...objects].filter(([key]) => key.startsWith(prefix));
      const listed = found.map(([key, bytes]) => ({ key, sizeBytes: bytes.length, etag: etag(bytes) }));
      return await Promise.resolve({ kind: 'objects', objects: listed, more: false });
    },
    delete: async () => await Promise.resolve({ kind: 'deleted' }),
    close: () => undefined,
  };
}

/** Keeps everything that is sent, and says what an empty, unencrypted room would. */
function recordingHomeserver(sent: string[]): Homeserver {
  const answers: readonly (readonly [RegExp, unknown])[] = [
    [/joined_members$/, { joined: { [worker.userId]: {}, '@us:local.example': {} } }],
    [/createRoom$/, { room_id: '!new:local.example' }],
    [/send/, { event_id: '$1' }],
  ];
  return {
    serverName: 'local.example',
    userId: '@us:local.example',
    clock: new TheirClock(),
    async call({ path, body, answer }) {
      sent.push(JSON.stringify([decodeURIComponent(path), body]));
      if (path.includes('m.room.encryption')) {
        const failure = { kind: 'refused', status: 404, code: 'M_NOT_FOUND', problem: '' } as const;
        return await Promise.resolve({ kind: 'failed', failure });
      }
      const known = answers.find(([form]) => form.test(path))?.[1];
      return { kind: 'answered', value: answer.parse(known ?? {}) };
    },
    readMedia: async () => await Promise.resolve({ kind: 'answered', value: '' }),
    close: () => undefined,
  };
}

/** What CommonMark takes as neither a fence nor fenced. */
function outsideFences(text: string): string {
  const outside: string[] = [];
  let fence: string | undefined;
  for (const line of text.split(/\r\n|[\n\r\u0085\u2028\u2029]/)) {
    const [, mark = '', info = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence === undefined) {
      if (mark === '') outside.push(line);
      else fence = mark;
    } else if (mark.startsWith(fence) && info.trim() === '') {
      fence = undefined;
    }
  }
  expect(fence).toBeUndefined();
  return outside.join('\n');
}

/** What of a JSON document is no value: a value is in quotation marks that it cannot close. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    // The names within it are the hirer's own, as the marketplace's page wants it (adapter page, C6).
    name === 'task_input' ? [name] : [name].concat(namesIn(inner)),
  );
}

/** The part of a text that stands for itself, and not as somebody's words. */
function oursOf(key: string, text: string): string {
  if (key.endsWith('.md')) return outsideFences(text);
  // Tools of HiClaw repeat these among their own words.
  return /meta\.json$|state\.json$/.test(key) ? text : namesIn(JSON.parse(text)).join('\n');
}

test.each(keysOf(DELIVERIES))(
  'in a task folder (%s) no word of a stranger stands outside a fence',
  async (mode) => {
    const written = new Map<string, string>();
    const storage = createTaskStorage({
      store: recordingStore(written),
      ourUserId: '@us:local.example',
      profile: '1.2',
    });
    const order = { ...orderFor(worker, hiring), delivery: DELIVERIES[mode], context: canary('context') };
    expect(await storage.stage(order)).toMatchObject({ kind: 'staged' });
    for (const [index, kind] of keysOf(KINDS).entries()) {
      await storage.addMessage(taskId, { number: index + 1, kind, text: canary(kind) });
    }
    await storage.noteDelegated(taskId, 1);
    await storage.forgetToken(order);

    expect(written.size).toBeGreaterThan(8);
    for (const [key, text] of [...written].filter(([name]) => !name.endsWith('.bundle'))) {
      expect(key).not.toMatch(CANARY);
      expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
      expect(oursOf(key, text)).not.toMatch(CANARY);
    }
    expect(written.get(`shared/tasks/${taskId}/spec.md`)).toMatch(CANARY);
  },
);

test('what is said in rooms, and what they are called, holds no word of a stranger', async () => {
  const sent: string[] = [];
  const homeserver = recordingHomeserver(sent);
  const message = { ...assignmentTo(worker), hiring };
  for (const through of [undefined, { userId: '@manager:local.example', roomId: '!m:local.example' }]) {
    const messenger = createMessenger({ homeserver, clock: machineClock, through });
    for (const purpose of keysOf(PURPOSES)) {
      for (const from of ['client', 'owner'] as const) {
        for (const number of [1, 2]) await messenger.send({ ...message, purpose, from, number });
      }
    }
  }
  await createManager({ homeserver, userId: '@manager:local.example', roomId: '!m:local.example' }).lookAfter(
    message,
  );
  await createAttemptRooms({ homeserver }).open(message);
  expect(sent.length).toBeGreaterThan(40);
  expect(sent.join('\n')).not.toMatch(CANARY);
});
