import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppProcess, until } from '@agrenting-hiclaw/sandbox/testing';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RealWorld } from './world.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));

const shown = z.object({ question: z.object({ eventId: z.string() }) });

describe('a worker that asks before it runs a command', () => {
  let world: RealWorld;
  beforeAll(async () => {
    world = await RealWorld.start();
    await world.hiclaw.worker('alice').process.start();
    await world.startApp();
  });
  afterAll(async () => await world?.close());

  async function cli(...commandArguments: readonly string[]): Promise<string> {
    const process = new AppProcess({
      main: CLI,
      arguments: [...commandArguments, `--config=${world.configFile}`],
    });
    await process.ended();
    return process.output;
  }

  test('gets a yes from the owner, and continues', async () => {
    const { id } = world.hire('alice', 'Clean up first. [guarded]');
    await until(
      async () => (await cli('hirings', 'show', id)).includes('asks for permission to run a command'),
      120_000,
    );
    expect(await cli('hirings', 'show', id)).toContain(`hirings answer ${id} yes`);
    const { question } = shown.parse(JSON.parse(await cli('hirings', 'show', id, '--json')));
    const answer = ['hirings', 'answer', id, 'yes', `--question=${question.eventId}`];
    expect(await cli(...answer)).toContain('alice got the answer yes');
    expect(await cli(...answer)).toContain('already');
    await world.ended(id);
    expect(world.settlements(id)).toEqual(['result']);
  });
});
