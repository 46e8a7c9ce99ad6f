import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, done, given, hasGit, listening, saidOf, type World } from './world.ts';

const canRun = hasGit && spawnSync('openssl', ['version']).status === 0;
const notRun = canRun ? '' : ' (not run: it needs git and openssl)';
const NAME = 'git.company.invalid';

describe.skipIf(!canRun)(`a host with https${notRun}`, () => {
  let world: World;
  let folder = '';
  let server: Server;
  let origin = '';

  beforeEach(async () => {
    world = await createWorld();
    folder = await mkdtemp(join(tmpdir(), 'git-tls-'));
    spawnSync(
      'openssl',
      ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-days', '2']
        .concat(['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`])
        .concat(['-keyout', 'key.pem', '-out', 'certificate.pem']),
      { cwd: folder },
    );
    // Passes everything on to the server without https.
    server = createServer(
      {
        key: await readFile(join(folder, 'key.pem')),
        cert: await readFile(join(folder, 'certificate.pem')),
      },
      (incoming, response) => {
        const { method, headers, url = '' } = incoming;
        const onwards = request(`${world.server.url}${url}`, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        incoming.pipe(onwards);
      },
    );
    origin = (await listening(server)).replace(/^.*:/, `https://${NAME}:`);
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await world.close();
    await rm(folder, { recursive: true });
  });

  const repositories = (caFile?: string) =>
    world.repositories({
      hosts: [{ origin, private: true, caFile }],
      lookup: () => Promise.resolve(['127.0.0.1']),
    });

  test('is read and pushed to when its certificate is signed by one that the owner named', async () => {
    const work = await world.startWork();
    await work.write('a.txt', 'a\n');
    const trusting = repositories(join(folder, 'certificate.pem'));
    const access = { ...world.access(), url: `${origin}/sam/site.git` };
    expect(given(await trusting.source(access)).commit).toBe(work.base.commit);
    const outcome = done(await trusting.push(work.order('patch', await work.diff(), { access })));
    expect(await world.server.commitsOf('sam/site', outcome.branch)).toEqual([
      work.base.commit,
      ...outcome.commits,
    ]);
  });

  test('hears nothing when nobody vouches for it', async () => {
    const outcome = await repositories().source({ ...world.access(), url: `${origin}/sam/site.git` });
    expect(saidOf(outcome)).toContain("unavailable: the repository's host has no valid certificate");
    expect(world.server.requests).toEqual([]);
  });
});
