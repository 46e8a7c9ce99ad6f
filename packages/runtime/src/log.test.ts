import { Secret } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger, type Logger } from './log.ts';

const entry = z.record(z.string(), z.unknown());

function logged(write: (log: Logger) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger('test', 'info', { write: (line) => lines.push(line) }));
  return entry.parse(JSON.parse(lines.join('')));
}

test('an error says what happened, what to do, and what caused it', () => {
  const cause = new Error('no space left on device');
  const error = Object.assign(new Error('the store cannot write', { cause }), { remedy: 'Make room' });
  expect(logged((log) => log.error({ error }, 'broken'))).toMatchObject({
    msg: 'broken',
    error: {
      type: 'Error',
      message: 'the store cannot write',
      remedy: 'Make room',
      cause: { message: 'no space left on device' },
    },
  });
});

test("an error's other fields stay out, for they may hold a request with its key", () => {
  const error = Object.assign(new Error('refused'), { request: { headers: { authorization: 'ap_key' } } });
  expect(JSON.stringify(logged((log) => log.error({ error }, 'broken')))).not.toContain('ap_key');
});

test('what is no error is logged as it is, and a circle of causes ends', () => {
  expect(logged((log) => log.error({ error: undefined }, 'lost'))).not.toHaveProperty('error');
  const error = new Error('round');
  error.cause = error;
  expect(logged((log) => log.error({ error }, 'broken'))).toMatchObject({ error: { message: 'round' } });
});

test('a line holds nothing that a terminal obeys, and says the same', () => {
  const text = 'a\u001B[8m\u009B8m\u202Eb\u2028c';
  const lines: string[] = [];
  createLogger('test', 'info', { write: (line) => lines.push(line) }).info({ cause: text }, text);
  expect(lines.join('')).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(lines.join(''))).toMatchObject({ cause: text, msg: text });
});

test('credentials print as redacted, by type and by name', () => {
  const line = JSON.stringify(
    logged((log) => log.info({ key: new Secret('ap_one'), call: { apiKey: 'ap_two' } }, 'called')),
  );
  expect(line).not.toMatch(/ap_one|ap_two/);
});
