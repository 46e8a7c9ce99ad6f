import { readFile, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { agentIdSchema, hiringIdSchema, Secret, unreadHiring } from '@agrenting-hiclaw/core/domain';
import { loadConfiguration, type Configuration } from '@agrenting-hiclaw/runtime';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { strFromU8, unzipSync } from 'fflate';
import { unpackTar } from 'modern-tar';
import { describe } from 'vitest';
import { test, type Evening } from './cli.ts';

const MORE = { AGRENTING_USER_TOKEN: 'ap_canary_user_token_1234' };
const DAYS_40_MS = 40 * 86_400_000;

/** What lies in the archive, as text. */
async function unpacked(file: string): Promise<Readonly<Record<string, string>>> {
  const files = unzipSync(await readFile(file));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

async function settled(evening: Evening): Promise<Configuration> {
  await evening.settleIn();
  await evening.register();
  const text = await readFile(evening.config, 'utf8');
  const webhook =
    'webhook:\n  keys: [canary-webhook-key-5678]\n  signatureSecrets: [canary-signature-9012]\n';
  await writeFile(evening.config, `${text}${webhook}`);
  const loaded = await loadConfiguration({ ...MORE, ADAPTER_CONFIG: evening.config });
  if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration;
}

function secretsOf({ agents, marketplace, matrix, storage, store, webhook }: Configuration): string[] {
  return [
    ...agents.map(({ key }) => key),
    matrix.accessToken,
    storage.secretKey,
    store.key,
    ...webhook.keys,
    ...webhook.signatureSecrets,
    ...(marketplace.userToken === undefined ? [] : [marketplace.userToken]),
  ].map((secret) => secret.reveal());
}

/** Writes into the store as nothing of the adapter ever would. */
function tamper({ store }: Configuration, statement: string, ...values: (string | number)[]): void {
  const sqlite = new DatabaseSync(store.file);
  sqlite.exec('pragma busy_timeout = 5000');
  sqlite.prepare(statement).run(...values);
  sqlite.close();
}

function hire(evening: Evening): string {
  const [agent] = evening.marketplace.agents();
  const hirer = evening.marketplace.createUser({ balance: '100.00' });
  const task = { hirerId: hirer.id, agentId: agent?.id ?? '', taskDescription: 'Write a note about escrow.' };
  return evening.marketplace.hire(task).id;
}

describe.concurrent('evidence, earnings and retention', () => {
  test('a failed hiring is deleted, retried, paid, counted and exported', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    const configuration = await settled(evening);
    const app = evening.begin(['up', '--apps', 'mcp-client']);
    await app.printed('MCP session subscribed');
    evening.hiclaw.worker('alice').behave({ kind: 'fail', reason: 'canary: no network' }, 'next-job');
    const id = hire(evening);
    await evening.marketplace.hirings.when(id, 'failed', 60_000);
    const run = async (...words: string[]) => await evening.run(words, MORE);
    await until(async () => (await run('hirings', 'list', '--state', 'failed')).output.includes(id));
    expect(evening.hiclaw.objects(`shared/tasks/agrenting-${id}-a1-`)).not.toEqual([]);

    const young = await run('retention', 'sweep', '--yes', '--json');
    expect(JSON.parse(young.output)).toMatchObject({ emptied: [], foldersDeleted: [], problems: [] });
    tamper(configuration, 'update hirings set ended_at_ms = ended_at_ms - ?', DAYS_40_MS);
    const planned = await run('retention', 'sweep', '--dry-run', '--json');
    expect(JSON.parse(planned.output)).toMatchObject({ dryRun: true, emptied: [id], foldersDeleted: [id] });
    const swept = await run('retention', 'sweep', '--yes');
    expect(swept.exitCode, swept.output).toBe(0);
    expect(swept.output).toContain(`texts emptied: 1 hiring\n  ${id}`);
    expect(evening.hiclaw.objects(`shared/tasks/agrenting-${id}-a1-`)).toEqual([]);

    // The hirer's retry re-reads the hiring, and the deleted data is not needed.
    evening.marketplace.retry(id);
    await evening.marketplace.hirings.when(id, 'completed', 60_000);
    await until(async () => (await run('hirings', 'list', '--state', 'completed')).output.includes(id));
    const [agent] = evening.marketplace.agents();
    const csv = await run('earnings', '--format', 'csv', '--from', '2020-01-01');
    expect(csv.output).toMatch(
      new RegExp(
        `^agent_id,day,hirings,gross_cents,fee_cents,net_cents,taken_back,taken_back_cents\\r\\n${agent?.id ?? ''},[\\d-]{10},1,1000,50,950,0,0\\r\\n$`,
      ),
    );
    expect((await run('earnings', '--to', '2020-01-01')).output).toContain('no earnings');
    expect(JSON.parse((await run('earnings', '--json')).output)).toMatchObject({ total: { net_cents: 950 } });

    // Canaries wherever a secret could lie by somebody's mistake.
    const all = secretsOf(configuration).join(' ');
    const encoded = Buffer.from(`x${all}`).toString('base64');
    const second = evening.hiclaw.taskId(`agrenting-${id}-a2`);
    const folder = `shared/tasks/${second}`;
    evening.hiclaw.put(`${folder}/notes/leak.txt`, `a ${all} b ${encoded} c`);
    evening.hiclaw.put(`${folder}/../up.txt`, 'from above');
    tamper(configuration, "update settlements set body = body || ' ' || ? where attempt = 2", all);
    tamper(configuration, "update history set cause = cause || ' ' || ?", all);
    tamper(configuration, "update attempts set hiring = json_set(hiring, '$.clientMessage', ?)", all);
    tamper(
      configuration,
      "update attempts set progress = json_set(progress, '$.proofs[0].evidence', ?)",
      all,
    );
    tamper(configuration, 'update inbox set problem = ? where hiring_id = ?', all, id);

    const exported = await run('hirings', 'export', id, '--out', 'all.zip', '--json');
    expect(exported.exitCode, exported.output).toBe(0);
    expect(await evening.mode('all.zip')).toBe(0o600);
    const files = await unpacked(`${evening.folder}/all.zip`);
    const whole = JSON.stringify(files);
    for (const secret of secretsOf(configuration)) {
      expect(whole).not.toContain(secret);
      expect(whole).not.toContain(Buffer.from(secret).toString('base64').slice(4, -4));
    }
    for (const name of ['hiring.json', 'timeline.json', 'deliveries.json', 'settlements.json']) {
      expect([name, files[name]]).toEqual([name, expect.stringContaining('[redacted]')]);
    }
    expect(Object.keys(files).filter((name) => name.split('/').includes('..'))).toEqual([]);
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        'README.txt',
        'hiring.json',
        'timeline.json',
        'deliveries.json',
        'settlements.json',
        'objects.json',
        `task/${second}/spec.md`,
        `task/${second}/notes/leak.txt`,
      ]),
    );
    expect(files[`task/${second}/notes/leak.txt`]).toMatch(/^a (?:\[redacted\] ?)+ b /);
    expect(JSON.parse(files['hiring.json'] ?? '')).toMatchObject({
      hiringId: id,
      state: 'completed',
      attempts: [
        { number: 1, state: 'failed', hiring: { description: '', price: '10.00' } },
        {
          number: 2,
          state: 'completed',
          hiring: { description: 'Write a note about escrow.' },
          messages: [{ eventId: expect.stringMatching(/^\$/) }],
          verdict: { kind: 'result' },
        },
      ],
    });
    expect(JSON.parse(files['settlements.json'] ?? '')).toMatchObject([
      { attempt: 1, endpoint: 'failure', body: expect.stringContaining('"emptied":true') },
      { attempt: 2, endpoint: 'result', body: expect.stringContaining('{"output":') },
    ]);
    const objects: unknown = JSON.parse(files['objects.json'] ?? '');
    expect(objects).toMatchObject([
      { taskId: expect.stringContaining(`agrenting-${id}-a1-`), objects: [] },
      { taskId: second, complete: true },
    ]);
    expect(objects).toMatchObject([
      {},
      {
        objects: expect.arrayContaining([
          expect.objectContaining({ name: 'notes/leak.txt', sha256: expect.stringMatching(/^\w{64}$/) }),
        ]),
      },
    ]);

    const again = await run('hirings', 'export', id, '--out', 'all.zip');
    expect(again).toMatchObject({ exitCode: 2, output: expect.stringContaining('--force') });
    expect(await run('hirings', 'export', id, '--out', 'all.zip', '--force')).toMatchObject({ exitCode: 0 });
    expect(await evening.mode('all.zip')).toBe(0o600);
    const odd = await run('hirings', 'export', id, '--out', 'all.rar');
    expect(odd).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('must end in .zip or .tar.gz'),
    });

    // Storage that does not answer costs the objects, and nothing else. The app that runs beside it asks it, too.
    evening.hiclaw.faults.storage.add({ kind: 'error_before_apply', operation: 'ListObjects', times: 1_000 });
    const without = await run('hirings', 'export', id, '--out', 'without.tar.gz');
    evening.hiclaw.faults.storage.clear();
    expect(without).toMatchObject({ exitCode: 0, output: expect.stringContaining('503') });
    const tar = await unpackTar(gunzipSync(await readFile(`${evening.folder}/without.tar.gz`)));
    expect(tar.map(({ header }) => [header.name, header.mode])).toEqual(
      [
        'hiring.json',
        'timeline.json',
        'deliveries.json',
        'settlements.json',
        'objects.json',
        'README.txt',
      ].map((name) => [name, 0o600]),
    );
    const note = tar.find(({ header }) => header.name === 'objects.json')?.data;
    expect(Buffer.from(note ?? []).toString()).toContain('503');
    expect(await app.stop()).toBe(0);

    // The app itself sweeps, and says what went.
    tamper(configuration, 'update hirings set ended_at_ms = ended_at_ms - ?', DAYS_40_MS);
    const next = evening.begin(['up', '--apps', 'mcp-client']);
    await next.printed('retention deleted old data');
    await until(() => evening.hiclaw.objects(folder).every(({ key }) => key.includes('/../')));
    await until(async () => (await run('retention', 'sweep', '--dry-run')).output.includes('emptied: 0'));
    // The store has it before the line of the log is through.
    await next.printed(`"emptied":["${id}"]`);
    expect(await next.stop()).toBe(0);
  });

  test('the repository token of a hiring is in no archive of it, whatever its hirer wrote', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    const { store: settings } = await settled(evening);
    const store = openStore({ file: settings.file, key: EncryptionKey.fromText(settings.key.reveal()) });
    const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
    const token = 'canary-repository-token';
    const hiring = {
      ...unreadHiring(hiringId),
      description: `clone with ${token}`,
      repoUrl: `https://x:${token}@example.com/r`,
      repoToken: new Secret(token),
    };
    const agentId = agentIdSchema.parse(evening.marketplace.agents()[0]?.id);
    const parsed = { kind: 'hiring', hiring } as const;
    await store.hirings.accept([{ intake: 'mcp', agentId, atMs: 1, parsed, raw: token }]);
    await store.close();
    const { exitCode, output } = await evening.run(['hirings', 'export', hiringId], MORE);
    expect(exitCode, output).toBe(0);
    const files = await unpacked(`${evening.folder}/agrenting-${hiringId}.zip`);
    expect(JSON.stringify(files)).not.toContain(token);
    expect(files['hiring.json']).toContain('clone with [repository token withheld]');
  });
});
