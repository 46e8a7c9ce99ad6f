import { delimiter } from 'node:path';
import { describe, expect, test } from 'vitest';
import { childEnvironment } from '../src/environment.mjs';

describe('the environment of a workspace command', () => {
  test('has the brought tools first on the PATH', () => {
    const environment = childEnvironment({ PATH: '/usr/bin' }, ['/tools', '/modules']);
    expect(environment['PATH']).toBe(['/tools', '/modules', '/usr/bin'].join(delimiter));
  });

  test('leaves out what npm says about itself', () => {
    const environment = childEnvironment(
      {
        HOME: '/home/a',
        NPM_CONFIG_LOGLEVEL: 'silly',
        npm_config_prefix: '/usr',
        npm_config_user_agent: 'npm/10',
        npm_execpath: '/usr/npm-cli.js',
        npm_lifecycle_event: 'test',
      },
      [],
    );
    expect(Object.keys(environment).toSorted()).toEqual(['HOME', 'PATH', 'TURBO_TELEMETRY_DISABLED']);
  });

  test('tells pnpm the registry and proxy that npm was told', () => {
    const environment = childEnvironment(
      {
        npm_config_registry: 'http://localhost:4873/',
        npm_config_https_proxy: 'http://proxy:1',
        npm_config_noproxy: '',
      },
      [],
    );
    expect(environment).toMatchObject({
      pnpm_config_registry: 'http://localhost:4873/',
      pnpm_config_https_proxy: 'http://proxy:1',
    });
    expect(environment).not.toHaveProperty('pnpm_config_noproxy');
  });

  test('keeps what pnpm was told directly', () => {
    const environment = childEnvironment(
      { npm_config_registry: 'http://npm/', pnpm_config_registry: 'http://pnpm/' },
      [],
    );
    expect(environment['pnpm_config_registry']).toBe('http://pnpm/');
  });
});
