import { randomUUID } from 'node:crypto';
import { freePort, until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { byWebhook, KEY, settingsOf, test, type BridgeEnvironment } from './environment.ts';
import { authorized, test as alone } from './bridge-fixture.ts';

const taskSpec = z.object({ callback_url: z.string(), callback_auth_header: z.string() });

/** A hire whose worker shows that it has it, and leaves the result to be handed in. */
async function hired(
  openEnvironment: (options: ReturnType<typeof byWebhook>) => Promise<BridgeEnvironment>,
  webhook: Readonly<Record<string, unknown>> = {},
) {
  const port = await freePort();
  const env = await openEnvironment(byWebhook(port));
  env.hiclaw.worker('alice').behave({ kind: 'silent' });
  const app = await env.startApp(settingsOf(port, { resultsUrl: `http://127.0.0.1:${port}`, ...webhook }));
  const { id } = env.hire();
  await until(() => env.said().length === 1);
  const spec =
    env.hiclaw.object(`shared/tasks/${env.hiclaw.taskId(`agrenting-${id}-a1`)}/task-spec.json`)?.toString() ??
    '';
  const { callback_url: url, callback_auth_header: header } = taskSpec.parse(JSON.parse(spec));
  const post = async (document: unknown, to = url, authorization = header.replace('Authorization: ', '')) => {
    const body = typeof document === 'string' ? document : JSON.stringify(document);
    const answer = await fetch(to, { method: 'POST', headers: { authorization }, body });
    return { status: answer.status, body: await answer.json() };
  };
  return { env, app, id, url, header, post };
}

const UNAUTHORIZED = { errors: { message: 'Missing or invalid authentication' } };

describe.concurrent('a worker that calls back', () => {
  test('hands in its result with the token of its task, and the owner is paid once', async ({
    openEnvironment,
    expect,
  }) => {
    const { env, id, post } = await hired(openEnvironment);
    const output = {
      summary: 'Wrote the note about escrow for newcomers.',
      files_changed: ['note.md'],
      tests: 3,
    };
    expect(await post({ output })).toEqual({ status: 200, body: { status: 'accepted' } });
    // Told twice, because its answer was lost: the same result is one.
    expect((await post({ output })).status).toBe(200);
    const { taskOutput } = await env.ended(id);
    expect(JSON.stringify(taskOutput)).toContain('Wrote the note about escrow');
    expect(JSON.stringify(taskOutput)).toContain('note.md');
    expect(JSON.stringify(taskOutput)).toContain(String.raw`\"tests\": 3`);
    expect(env.settlements(id)).toEqual(['result']);
  });

  test('hands in a failure, and the hirer gets the money back', async ({ openEnvironment, expect }) => {
    const { env, id, url, post } = await hired(openEnvironment);
    const reason = 'The repository cannot be reached';
    expect((await post({ reason }, url.replace(/result$/, 'failure'))).status).toBe(200);
    const { failedReason } = await env.ended(id, 'failed');
    expect(failedReason).toContain(reason);
    expect(env.settlements(id)).toEqual(['failure']);
  });

  test('hands in a failure with a long reason, which is no work', async ({ openEnvironment, expect }) => {
    const { env, id, url, post } = await hired(openEnvironment);
    const reason = `The repository cannot be reached. ${'The log says so once more. '.repeat(40)}`;
    expect((await post({ reason }, url.replace(/result$/, 'failure'))).status).toBe(200);
    const { failedReason } = await env.ended(id, 'failed');
    expect(failedReason).toContain('The repository cannot be reached');
    expect(env.settlements(id)).toEqual(['failure']);
  });

  test('has its result held back where it is none, as from a task folder', async ({
    openEnvironment,
    expect,
  }) => {
    const { app, id, post, env } = await hired(openEnvironment);
    expect((await post({ output: 'Done.' })).status).toBe(200);
    await until(async () => (await app.store.list({ state: 'attention', limit: 1 })).length === 1);
    const [record] = await app.store.list({ state: 'attention', limit: 1 });
    expect(record?.attempt?.progress.attention?.reason).toEqual({ code: 'result_placeholder' });
    expect(env.settlements(id)).toEqual([]);
  });

  test('is refused with any other key, for any other hiring, and after the end', async ({
    openEnvironment,
    expect,
  }) => {
    const { env, id, url, header, post } = await hired(openEnvironment);
    const document = { output: 'A note about escrow: money lies with a third party until the work is done.' };
    for (const wrong of ['', 'ApiKey', `ApiKey ${KEY}`, `${header}x`, `ApiKey ${env.agents[0]?.apiKey}`]) {
      expect(await post(document, url, wrong)).toEqual({ status: 401, body: UNAUTHORIZED });
    }
    const elsewhere = url.replace(id, randomUUID());
    expect(await post(document, elsewhere)).toEqual({ status: 401, body: UNAUTHORIZED });
    expect((await post(document, url.replace(id, '..%2f..%2fagents'))).status).toBe(401);
    expect((await post(document)).status).toBe(200);
    await env.ended(id);
    await until(async () => (await post(document)).status === 404);
    expect(await post({ output: 'Another result.' })).toEqual({
      status: 404,
      body: { errors: { message: 'Hiring is completed' } },
    });
  });

  test('hands in no more than may be, and without its token nothing of it is looked at', async ({
    openEnvironment,
    expect,
  }) => {
    const { post } = await hired(openEnvironment, { maxBodyBytes: 2_048 });
    const document = { output: 'x'.repeat(3_000) };
    expect((await post(document)).status).toBe(413);
    expect(await post(document, undefined, 'ApiKey wrong')).toEqual({ status: 401, body: UNAUTHORIZED });
  });

  test('gets the form of a body, and a conflict if another result exists', async ({
    openEnvironment,
    expect,
  }) => {
    const { post } = await hired(openEnvironment);
    for (const odd of ['no json', '{}', '{"output":""}', '{"output":7}', '[]']) {
      const { status, body } = await post(odd);
      expect([odd, status]).toEqual([odd, 400]);
      expect(JSON.stringify(body)).toContain('output');
    }
    expect((await post({ output: 'The first result, which is whole.' })).status).toBe(200);
    expect((await post({ output: 'Another result, which is whole, too.' })).status).toBe(409);
  });
});

describe.concurrent('without an address for results', () => {
  alone('there is no such route', async ({ listen, expect }) => {
    const { origin } = await listen();
    const url = `${origin}/hirings/${randomUUID()}/result`;
    const answer = await fetch(url, { method: 'POST', headers: authorized, body: '{"output":"x"}' });
    expect([answer.status, await answer.json()]).toEqual([404, { error: 'Not found' }]);
  });

  test('task-spec.json holds none, and no token', async ({ openEnvironment, expect }) => {
    const port = await freePort();
    const env = await openEnvironment(byWebhook(port));
    await env.startApp(settingsOf(port));
    const { id } = env.hire();
    await env.ended(id);
    const spec =
      env.hiclaw
        .object(`shared/tasks/${env.hiclaw.taskId(`agrenting-${id}-a1`)}/task-spec.json`)
        ?.toString() ?? '';
    expect(JSON.parse(spec)).toMatchObject({ callback_url: null });
    expect(spec).not.toContain('callback_auth_header');
  });
});
