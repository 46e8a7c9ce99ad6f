import { Environment } from '@agrenting-hiclaw/sandbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './environment.ts';

/** What workers write about the lines that they are asked for; each once ended a paid hire, or asked its hirer nonsense. */
const TALK: Readonly<Record<string, string>> = {
  promise: 'If I get stuck I will report BLOCKED: <reason>.',
  promiser: 'If I get stuck I will report {coordinator} BLOCKED: {task} - what is missing.',
  form: 'Progress so far: none\n{coordinator} BLOCKED: none\n{coordinator} QUESTION: none',
  denial: '{coordinator} NOT BLOCKED: {task} - all tools are there',
  states: 'The menu has the states Draft, Waiting for approval and Published.',
  legend:
    'My lines:\n- {coordinator} BLOCKED: {task} - if I am stuck\n- {coordinator} QUESTION: {task} - if I must ask',
  example: 'If a key is missing I will send this line:\n{coordinator} BLOCKED: {task} - no key',
  code: 'I report with `{coordinator} BLOCKED: {task} - no key`, or:\n```\n{coordinator} QUESTION: {task} - which?\n```',
  error: 'Error handling: the page now says "Error: the model is overloaded".',
};

let env: Environment<Awaited<ReturnType<typeof start>>>;
const hires = new Map<string, string>();

beforeAll(async () => {
  env = await Environment.start(start, { workers: Object.keys(TALK).map((name) => ({ name })) });
  for (const [name, text] of Object.entries(TALK)) {
    // It talks, and is at work for long enough to be heard before it delivers.
    env.hiclaw.worker(name).behave({ kind: 'complete', remarks: [text], workDurationMs: 3_000 });
  }
  await env.startApp({ timing: { ...env.timing, acknowledgeSeconds: 20 } });
  await env.listening();
  for (const name of Object.keys(TALK)) hires.set(name, env.hire(name).id);
});
afterAll(async () => await env.close());

describe.for(Object.keys(TALK))('a worker that talks of markers: %s', (name) => {
  it('is paid for its work, and its hirer hears nothing of it', async () => {
    const id = hires.get(name) ?? '';
    const over = new Set<string>(['completed', 'failed', 'cancelled']);
    const { status, messages } = await env.marketplace.hirings.when(
      id,
      (hiring) => over.has(hiring.status),
      60_000,
    );
    expect(status).toBe('completed');
    expect(messages).toEqual([]);
    expect(env.settlements(id)).toEqual(['result']);
    expect(env.assignments(name)).toEqual([`${id} 1`]);
  });
});
