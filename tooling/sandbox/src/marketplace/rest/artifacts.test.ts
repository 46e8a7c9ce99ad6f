import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openFixture } from '../testing/fixture.ts';

/** A hiring at work, and a way to speak of it as its agent. */
async function atWork() {
  const { call, agent, marketplace, startedHiring } = await openFixture();
  const id = await startedHiring();
  const asAgent = async (method: 'GET' | 'POST', path: string, body?: object) =>
    await call(method, `/api/v1/hirings/${id}/${path}`, {
      as: agent.apiKey,
      ...(body === undefined ? {} : { body }),
    });
  return { id, asAgent, marketplace };
}

const listed = z.object({
  artifacts: z.array(
    z.object({ id: z.string(), name: z.string(), size_bytes: z.number(), sha256: z.string() }),
  ),
});

function text(name: string, content: string, type = 'text') {
  return { artifact_type: type, name, content };
}

test('keeps artifacts with size and hash, lists them to both sides, and gives the bytes back', async () => {
  const { id, asAgent, marketplace } = await atWork();
  const upload = await asAgent('POST', 'artifacts', {
    artifacts: [text('a.md', '# Grüezi', 'markdown'), text('b.bin', 'AAEC', 'file')],
  });
  expect(upload.status).toBe(201);
  const { artifacts } = listed.parse(upload.data);
  expect(artifacts.map(({ name, size_bytes: size }) => [name, size])).toEqual([
    ['a.md', 9],
    ['b.bin', 3],
  ]);
  expect(artifacts[0]?.sha256).toBe(createHash('sha256').update('# Grüezi').digest('hex'));
  expect(listed.parse((await asAgent('GET', 'artifacts')).data).artifacts).toHaveLength(2);
  expect(marketplace.hirings.get(id)?.artifacts).toMatchObject([{ name: 'a.md' }, { base64: 'AAEC' }]);
});

test('gives the raw bytes to both sides of a hiring, and to nobody else', async () => {
  const { startedHiring, agent, owner, marketplace, call } = await openFixture();
  const id = await startedHiring();
  const body = { artifacts: [text('b.bin', 'AP8=', 'file')] };
  const upload = await call('POST', `/api/v1/hirings/${id}/artifacts`, { as: agent.apiKey, body });
  const [artifact] = listed.parse(upload.data).artifacts;
  const ask = async (key?: string): Promise<Response> =>
    await fetch(`${marketplace.url}/api/v1/artifacts/${artifact?.id ?? ''}/download`, {
      headers: key === undefined ? {} : { 'x-api-key': key },
    });
  expect(Buffer.from(await (await ask(agent.apiKey)).arrayBuffer())).toEqual(Buffer.from([0, 255]));
  expect((await ask()).status).toBe(401);
  const other = marketplace.registerAgent({ ownerId: owner.id, name: 'Other' });
  expect((await ask(other.apiKey)).status).toBe(404);
});

test('takes short plain text of a file for base64, and leaves inline types alone', async () => {
  const { id, asAgent, marketplace } = await atWork();
  await asAgent('POST', 'artifacts', {
    artifacts: [text('a', 'abcd1234', 'file'), text('b', 'abcd1234', 'text')],
  });
  const kept = marketplace.hirings.get(id)?.artifacts ?? [];
  expect(kept.map(({ base64 }) => Buffer.from(base64, 'base64').toString())).not.toEqual([
    'abcd1234',
    'abcd1234',
  ]);
  expect(Buffer.from(kept[1]?.base64 ?? '', 'base64').toString()).toBe('abcd1234');
});

test('takes at most fifty at once, none of a kind that there is not, and none after the end', async () => {
  const { asAgent } = await atWork();
  const many = Array.from({ length: 51 }, (_, index) => text(`${index}`, 'x'));
  expect((await asAgent('POST', 'artifacts', { artifacts: many })).status).toBe(422);
  expect((await asAgent('POST', 'artifacts', { artifacts: [text('a', 'x', 'film')] })).status).toBe(422);
  expect((await asAgent('POST', 'artifacts', { artifacts: many.slice(1) })).status).toBe(201);
  await asAgent('POST', 'result', { output: { text: 'done' } });
  expect((await asAgent('POST', 'artifacts', { artifacts: [text('late', 'x')] })).status).toBe(409);
});

test('has no such route where it is switched off', async () => {
  const { asAgent, marketplace } = await atWork();
  marketplace.switches.setDefaults({ artifacts: 'missing' });
  const answer = await asAgent('POST', 'artifacts', { artifacts: [text('a', 'x')] });
  expect(answer.status).toBe(404);
});
