import { createHash } from 'node:crypto';
import { snapshotSha256, type CheckedFile } from '@agrenting-hiclaw/core/domain';
import { describe } from 'vitest';
import { z } from 'zod';
import { ask, command, VIEWER } from './environment.ts';
import { test, type IdleStore } from './idle-environment.ts';

const HTML = '<script>alert(document.cookie)</script>';
const BINARY = 'PK\0\u0003';
/** As workers call them, and what lies there. */
const FILES: Readonly<Record<string, string>> = {
  'notes/page.html': HTML,
  '../../archive\u202Epiz.exe': BINARY,
  'terms.csv': 'a,b',
};

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Held {
  readonly id: string;
  /** Writes a file of the task folder. */
  readonly put: (name: string, text: string) => void;
}

/** A hiring whose result waits, with its files in the storage. */
async function waiting({ app, env, place }: IdleStore): Promise<Held> {
  const files = Object.entries(FILES).map(([name, text]): CheckedFile => ({
    name,
    sizeBytes: Buffer.byteLength(text),
    sha256: sha256Of(text),
    type: 'file',
  }));
  const held = { text: 'See the files.', summary: 'See the files.', notes: ['three files'], files };
  const id = await place('attention for the result', {
    attention: {
      reason: { code: 'result_approval' },
      from: 'submitted',
      approves: 'result',
      judged: 'digest',
      sha256: snapshotSha256({ kind: 'result', result: held }),
      held,
    },
  });
  const record = await app.store.hirings.find(id);
  const put = (name: string, text: string): void =>
    env.hiclaw.put(`shared/tasks/${record?.attempt?.taskId ?? ''}/${name}`, text);
  for (const [name, text] of Object.entries(FILES)) put(name, text);
  return { id, put };
}

const shown = z.object({
  version: z.string(),
  attempts: z.array(
    z.object({
      result: z.object({ text: z.string(), notes: z.array(z.string()) }),
      files: z.array(z.object({ name: z.string(), sizeBytes: z.number(), sha256: z.string() })),
    }),
  ),
});

describe.concurrent('files of a result that waits', () => {
  test('are opened as text or saved, and can do nothing in a browser', async ({ openIdleStore, expect }) => {
    const idle = await openIdleStore();
    const { app } = idle;
    const { id } = await waiting(idle);
    const { attempts } = shown.parse((await ask(app, `/hirings/${id}`)).body);
    expect(attempts[0]?.result).toEqual({ text: 'See the files.', notes: ['three files'] });
    expect(attempts[0]?.files.map(({ sha256 }) => sha256)).toEqual(Object.values(FILES).map(sha256Of));

    const page = await ask(app, `/hirings/${id}/files/${sha256Of(HTML)}`);
    expect([page.status, page.text]).toEqual([200, HTML]);
    const archive = await ask(app, `/hirings/${id}/files/${sha256Of(BINARY)}`);
    expect(archive.text).toBe(BINARY);
    for (const { headers } of [page, archive]) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(page.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(archive.headers.get('content-type')).toBe('application/octet-stream');
    expect(archive.headers.get('content-disposition')).toMatch(/^attachment; filename="/);
    expect(archive.headers.get('content-disposition')).not.toMatch(/\.\.|\u202E|%E2%80%AE/);
  });

  test('are those that were judged, or none', async ({ openIdleStore, expect }) => {
    const idle = await openIdleStore();
    const { app } = idle;
    const { id, put } = await waiting(idle);
    put('notes/page.html', HTML.replace('alert', 'print'));
    const changed = await ask(app, `/hirings/${id}/files/${sha256Of(HTML)}`);
    expect([changed.status, changed.body]).toEqual([409, expect.objectContaining({ code: 'changed' })]);
    const other = await ask(app, `/hirings/${id}/files/${sha256Of('something else')}`);
    expect(other.status).toBe(404);
  });

  test('are for operators, and hold no secret of ours', async ({ openIdleStore, expect }) => {
    const idle = await openIdleStore();
    const { app, env, place } = idle;
    const { id } = await waiting(idle);
    const path = `/hirings/${id}/files/${sha256Of(HTML)}`;
    expect((await ask(app, path, { token: VIEWER })).status).toBe(403);
    expect((await ask(app, path, { token: '' })).status).toBe(401);

    const secret = `key: ${env.agents[0]?.apiKey ?? ''}`;
    const files = [
      { name: 'key.txt', sizeBytes: secret.length, sha256: sha256Of(secret), type: 'text' },
    ] as const;
    const result = { text: 'x', summary: 'x', notes: [] };
    const without = await place('submitted');
    const held = { ...result, files };
    const holding = await place('attention for the result', {
      attention: {
        reason: { code: 'result_approval' },
        from: 'submitted',
        approves: 'result',
        sha256: 'c0ffee',
        held,
      },
    });
    const record = await app.store.hirings.find(holding);
    env.hiclaw.put(`shared/tasks/${record?.attempt?.taskId ?? ''}/key.txt`, secret);
    const refused = await ask(app, `/hirings/${holding}/files/${sha256Of(secret)}`);
    expect(refused.status).toBe(422);
    expect(refused.text).not.toContain(env.agents[0]?.apiKey ?? '');
    expect((await ask(app, `/hirings/${without}/files/${sha256Of(secret)}`)).status).toBe(404);
  });

  test('belong to the version that a yes names', async ({ openIdleStore, expect }) => {
    const idle = await openIdleStore();
    const { app } = idle;
    const { id } = await waiting(idle);
    const { version } = shown.parse((await ask(app, `/hirings/${id}`)).body);
    const stale = await command(app, `/hirings/${id}/approve`, { version: '0'.repeat(64) });
    expect([stale.status, stale.body]).toEqual([409, expect.objectContaining({ code: 'changed', version })]);
    expect((await command(app, `/hirings/${id}/approve`, { version })).body).toEqual({ state: 'submitted' });
  });
});
