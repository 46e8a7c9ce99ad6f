import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BROKEN, STATUSES, type OddAnswer } from '../src/answers/answers.ts';
import { CLIENTS, GIT, TIMEOUT_MS, type AskedClient } from '../src/answers/clients.ts';
import { startRawServer } from '../src/answers/raw-server.ts';
import { rootFolder, sourceFiles } from '../src/source-files.ts';

/** Far more than any client takes on a busy machine, far less than forever. */
const PATIENCE_MS = 15_000;
const SERVERS = 32;

/** What nobody but the other side itself may say. */
const OWN_WORDS =
  /"kind":"(?:absent|object|objects|stored|present|answered|open|found|fit|unfit|not_joined)"/;

/** What only an answer with a status of success may say. */
const DONE = /"kind":"(?:deleted|left|done|sent|accepted)"/;
const FAILED_STATUS = /^[13-9]\d\d,/;

interface Told {
  readonly answer: string;
  readonly outcome: string;
}

/** What a client makes of each answer; `never` where the call did not end. */
async function ask(
  client: AskedClient,
  answers: readonly OddAnswer[],
  servers = SERVERS,
): Promise<readonly Told[]> {
  const left = [...answers];
  const told: Told[] = [];
  const line = async (): Promise<void> => {
    const server = await startRawServer();
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      server.answer = client.before?.(next.answer) ?? next.answer;
      const patience = new AbortController();
      const never = delay(PATIENCE_MS, 'never', { signal: patience.signal }).catch(() => 'never');
      const outcome = client.ask(server.url).then(
        (value) => JSON.stringify(value) ?? 'undefined',
        (error: unknown) => `rejected: ${String(error)}`,
      );
      told.push({ answer: next.name, outcome: await Promise.race([outcome, never]) });
      patience.abort();
    }
    await server.close();
  };
  await Promise.all(Array.from({ length: servers }, line));
  return told;
}

test.each(CLIENTS)(
  '$name: ends on whatever is answered, and takes nothing for a word of the other side',
  { timeout: 120_000 },
  async (client) => {
    const told = await ask(client, [...STATUSES, ...BROKEN]);
    expect(told).toHaveLength(STATUSES.length + BROKEN.length);
    expect(told.filter(({ outcome }) => outcome === 'never')).toEqual([]);
    if (client.takesAnyText === true) return;
    expect(told.filter(({ outcome }) => OWN_WORDS.test(outcome))).toEqual([]);
    expect(told.filter(({ answer, outcome }) => FAILED_STATUS.test(answer) && DONE.test(outcome))).toEqual(
      [],
    );
  },
);

test(
  'a repository of a hirer, by git: ends on whatever is answered, and is none',
  { timeout: 120_000 },
  async () => {
    const answers = [...STATUSES.filter(({ name }) => SOME_STATUSES.test(name)), ...BROKEN];
    // Each is a process of its own.
    const told = await ask(GIT, answers, 4);
    expect(told).toHaveLength(answers.length);
    const failures = /^\{"kind":"(?:refused|denied|unavailable)"/;
    expect(told.filter(({ outcome }) => !failures.test(outcome))).toEqual([]);
  },
);

const SOME_STATUSES = /^(?:101|103|200|204|302|404|418|429|500|600|999),/;

/** `fetch(`, `.fetch(` but of git, and the requests of Node. */
const SENDS =
  /(?<![\w.])fetch\(|(?:client|connections|whole|\)|globalThis)\.fetch\(|\bhttps?\.request\b|\bsend\(\{ \.\.\.url/;

test('every file that sends a request is walked here', () => {
  const walked = new Set(CLIENTS.flatMap(({ files }) => files));
  const sending = sourceFiles().filter(
    (file) =>
      !file.startsWith('packages/console/') &&
      !file.startsWith('packages/git/') &&
      SENDS.test(readFileSync(join(rootFolder, file), 'utf8')),
  );
  expect(sending.filter((file) => !walked.has(file))).toEqual(RECORDING);
  expect(TIMEOUT_MS).toBeLessThan(PATIENCE_MS);
});

/** It hands on what others ask for, with their deadlines. */
const RECORDING = ['apps/cli/src/marketplace/recorder.ts'];
