import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { rootFolder } from '../src/workspace.ts';

const docker = join(rootFolder, 'deploy', 'docker');
const dockerfiles = readdirSync(docker).filter((name) => name.endsWith('.Dockerfile'));
const apps = readdirSync(join(rootFolder, 'apps')).filter((name) => name !== 'cli');

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.object({ dockerfile: z.string() }),
      networks: z.array(z.string()),
      volumes: z.array(z.string()),
      ports: z.array(z.string()),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
  networks: z.record(z.string(), z.object({ name: z.string(), external: z.boolean() })),
});

describe('what a deploy is made of', () => {
  test('there is an image for each app, and one for the command line tool', () => {
    expect(dockerfiles.toSorted()).toEqual([...apps, 'up'].toSorted().map((name) => `${name}.Dockerfile`));
  });

  test.each(dockerfiles)('%s is a Dockerfile without a warning, and runs as no root', (name) => {
    const text = readFileSync(join(docker, name), 'utf8');
    expect(validate(text)).toEqual([]);
    expect(text).toMatch(/^USER node$/m);
    expect(text).toMatch(/deploy-app -- (?:admin-api|bridge|cli|mcp-client|poller) \/app/);
  });

  test('a broken Dockerfile would be found', () => {
    expect(validate('FROM node:24\nRUNN x\n')).not.toEqual([]);
  });

  test("the Compose file joins HiClaw's network, keeps the store in a volume and publishes on loopback only", () => {
    const compose = composeSchema.parse(parse(readFileSync(join(docker, 'compose.yaml'), 'utf8')));
    for (const { build, networks, volumes, ports } of Object.values(compose.services)) {
      expect(dockerfiles.map((name) => `deploy/docker/${name}`)).toContain(build.dockerfile);
      for (const network of networks) expect(compose.networks[network]).toMatchObject({ external: true });
      for (const volume of volumes) expect(compose.volumes).toHaveProperty(volume.split(':', 1));
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  test.skipIf(!hasSystemd)('the unit is one to systemd', () => {
    const unit = join(rootFolder, 'deploy', 'systemd', 'agrenting-hiclaw.service');
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  // 0 is best and 100 worst; with a network, other users' processes and a compiler it comes to 17.
  test.skipIf(!hasSystemd)('the unit leaves the process little that it does not need', () => {
    const unit = join(rootFolder, 'deploy', 'systemd', 'agrenting-hiclaw.service');
    const options = ['security', '--offline=true', '--no-pager', '--threshold=20', unit];
    const { status, stdout } = spawnSync('systemd-analyze', options, { encoding: 'utf8' });
    expect({ status, stdout }).toMatchObject({ status: 0 });
  });

  test('the unit may write where the adapter keeps keys and its configuration', () => {
    const unit = readFileSync(join(rootFolder, 'deploy', 'systemd', 'agrenting-hiclaw.service'), 'utf8');
    const folder = /^Environment=ADAPTER_CONFIG=(.+)\/[^/]+$/m.exec(unit)?.[1];
    expect(folder).toBe('/etc/agrenting');
    expect(unit).toContain(`\nReadWritePaths=${folder}\n`);
  });
});
