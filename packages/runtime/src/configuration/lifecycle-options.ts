import { readFile } from 'node:fs/promises';
import { Secret, type LifecycleOptions } from '@agrenting-hiclaw/core/domain';
import { problemOfSecret } from './key-material.ts';
import type { Configuration } from './schema.ts';

/** A command of HiClaw sees only this of our environment. */
const LIFECYCLE_VARIABLES = ['PATH', 'HOME', 'DOCKER_HOST', 'HICLAW_CONTAINER_API'] as const;

/** The way to start workers that the configuration names. */
export function lifecycleOf(
  lifecycle: Configuration['lifecycle'],
  ours: Readonly<Record<string, string | undefined>>,
): LifecycleOptions {
  const environment = commandEnvironment(ours);
  switch (lifecycle.driver) {
    case 'none':
      return lifecycle;
    case 'script':
      return {
        driver: 'script',
        command: commandWords(lifecycle.command),
        environment,
        startedWaitMs: lifecycle.startedWaitSeconds * 1_000,
        recreatedWaitMs: lifecycle.recreatedWaitSeconds * 1_000,
      };
    case 'cli':
      return {
        driver: 'cli',
        command: commandWords(lifecycle.command),
        environment,
        startedWaitMs: lifecycle.startedWaitSeconds * 1_000,
      };
    case 'rest':
      return {
        driver: 'rest',
        url: lifecycle.url,
        token: async () => await tokenIn(lifecycle.tokenFile),
        startedWaitMs: lifecycle.startedWaitSeconds * 1_000,
      };
  }
}

/** Throws for a file in which there is no token. */
async function tokenIn(file: string): Promise<Secret> {
  const text = (await readFile(file, 'utf8')).trim();
  const problem = problemOfSecret(text);
  if (problem !== undefined) throw new Error(`the token in ${file} ${problem}`);
  return new Secret(text);
}

/** Of our environment, what a command of HiClaw needs. */
export function commandEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const passed = LIFECYCLE_VARIABLES.flatMap((name) => {
    const value = ours[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(passed);
}

/** The program and its arguments. */
export function commandWords([program = '', ...more]: readonly string[]): [string, ...string[]] {
  return [program, ...more];
}
