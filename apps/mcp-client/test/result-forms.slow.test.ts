import { Environment, until } from '@agrenting-hiclaw/sandbox/testing';
import { hiringIdSchema, HOLD_CODES } from '@agrenting-hiclaw/core/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './environment.ts';

/** Each was once paid for. */
const FAILED: Readonly<Record<string, string>> = {
  heading: '# Result\n\n## STATUS: BLOCKED\n\nThe page cannot be reached.\n',
  below: 'I tried it three times.\n\nSTATUS: BLOCKED\nSUMMARY: The page cannot be reached.\n',
};
/** Each was once taken for a failure or a question. */
const ANSWERS: Readonly<Record<string, string>> = {
  faq: 'QUESTION: What is escrow?\nANSWER: Money that a third party holds until the work is done.\n',
  chess:
    'STATUS: SUCCESS\nSUMMARY: On chess.\n\nBLOCKED: in chess, a pawn that another piece stands before.\n',
  letter: 'Dear Ms Lee,\n\nUnfortunately, we cannot refund the ticket.\n\nKind regards\nThe box office\n',
};
/** Nobody but their owner can tell. */
const DOUBTFUL: Readonly<Record<string, string>> = {
  fence: '# Result\n\n```text\nSTATUS: BLOCKED\nSUMMARY: The page cannot be reached.\n```\n',
  matter: '---\nstatus: blocked\nsummary: The page cannot be reached.\n---\n\nThe page cannot be reached.\n',
  table: '| Field | Value |\n|---|---|\n| STATUS | BLOCKED |\n| SUMMARY | The page cannot be reached. |\n',
  bare: 'BLOCKED: in chess, a pawn that another piece stands before cannot move.\n',
  lone: 'I tried to read the page.\n\nSTATUS: FAILED\n',
  bold: '**Status**\n\nBLOCKED\n\n**Summary**\n\nThe page cannot be reached.\n',
  json: '{"status": "BLOCKED", "summary": "The page cannot be reached.", "attempt": "1"}\n',
  unseen: '\u200bSTATUS: BLOCKED\nSUMMARY: The page cannot be reached.\n',
  abroad: 'Leider konnte ich die Aufgabe nicht abschließen, weil die Seite nicht erreichbar ist.\n',
  asks: 'Could you please provide the text of the page?\n',
  report: `# Test report\n\nStatus: FAILED\n\n${'The login test fails, since the button is missing. '.repeat(3)}\n`,
  refusal: 'I could not access the page, so there is no translation of it.\n',
  record: '# ADR 7: Use SQLite\n\nStatus: Rejected\n\n## Context\n\nWe need a store.\n',
  sample:
    '```json\n{"status": "error", "reason": "disk full"}\n```\n\nThis is the example that you asked for.\n',
  work: `STATUS: FAILED\nSUMMARY: The tests fail.\n\n${'The login test fails, since the button is missing. '.repeat(9)}\n`,
};

const ALL = { ...FAILED, ...ANSWERS, ...DOUBTFUL };
let env: Environment<Awaited<ReturnType<typeof start>>>;
let app: Awaited<ReturnType<typeof start>>;
const hires = new Map<string, string>();

beforeAll(async () => {
  env = await Environment.start(start, { workers: Object.keys(ALL).map((name) => ({ name })) });
  for (const [name, result] of Object.entries(ALL))
    env.hiclaw.worker(name).behave({ kind: 'complete', result });
  app = await env.startApp({ timing: { ...env.timing, acknowledgeSeconds: 20 } });
  await env.listening();
  for (const name of Object.keys(ALL)) hires.set(name, env.hire(name).id);
});
afterAll(async () => await env.close());

const idOf = (name: string) => hires.get(name) ?? '';
const over = new Set<string>(['completed', 'failed']);
const end = async (name: string) =>
  await env.marketplace.hirings.when(idOf(name), ({ status }) => over.has(status), 60_000);

describe('a result.md', () => {
  it.for(Object.keys(FAILED))(
    'that says in its own way that the work failed refunds the hirer: %s',
    async (name) => {
      expect((await end(name)).status).toBe('failed');
      expect(env.settlements(idOf(name))).toEqual(['failure']);
    },
  );

  it.for(Object.keys(ANSWERS))('that is an answer is paid for: %s', async (name) => {
    const { status, messages } = await end(name);
    expect([status, messages]).toEqual(['completed', []]);
  });

  it.for(Object.keys(DOUBTFUL))('that may be either is held for its owner: %s', async (name) => {
    const id = hiringIdSchema.parse(idOf(name));
    await until(async () => (await app.store.hirings.find(id))?.state === 'attention');
    const { progress } = (await app.store.hirings.find(id))?.attempt ?? {};
    expect(progress?.attention).toMatchObject({ approves: 'result' });
    expect(HOLD_CODES).toContain(progress?.attention?.reason.code);
    expect(env.settlements(idOf(name))).toEqual([]);
  });
});
