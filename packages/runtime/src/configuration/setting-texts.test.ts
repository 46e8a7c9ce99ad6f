import { describe, expect, test } from 'vitest';
import type { SettingCode, SettingProblem } from './setting-problem.ts';
import { describeProblems, settingText, spelledOut } from './setting-texts.ts';

const OF_EACH_CODE: { readonly [Code in SettingCode]: Extract<SettingProblem, { code: Code }> } = {
  missing: { where: 'store.file', code: 'missing' },
  empty_variable: { where: 'store.key', code: 'empty_variable', variable: 'ADAPTER_STORE_KEY' },
  unknown_setting: { where: 'agent', code: 'unknown_setting' },
  invalid: { where: 'health.port', code: 'invalid', rule: 'is not a port' },
  sealed_with_another_key: { where: 'agents.0.key', code: 'sealed_with_another_key' },
  file_missing: { where: '/etc/adapter.yaml', code: 'file_missing' },
  file_unreadable: { where: '/etc/adapter.yaml', code: 'file_unreadable', errno: 'EACCES' },
  file_not_yaml: {
    where: '/etc/adapter.yaml',
    code: 'file_not_yaml',
    problem: 'bad indent',
    line: 2,
    column: 3,
  },
  file_without_sections: { where: '/etc/adapter.yaml', code: 'file_without_sections' },
  secret_file_exposed: { where: 'store.key', code: 'secret_file_exposed', file: '/etc/store.key' },
  secret_file_unreadable: { where: 'store.key', code: 'secret_file_unreadable', file: '/etc/store.key' },
  unknown_worker: { where: 'agents.0.worker', code: 'unknown_worker', known: ['alice', 'bob'] },
  signature_without_secret: { where: 'webhook.signature', code: 'signature_without_secret' },
  insecure_beyond_loopback: { where: 'webhook.insecure', code: 'insecure_beyond_loopback', host: '0.0.0.0' },
  folder_unwritable: { where: 'store.file', code: 'folder_unwritable', folder: '/srv', isFolder: false },
  unknown_alias: { where: 'MINIO_ALIAS', code: 'unknown_alias', alias: 'hiclaw' },
  port_taken: {
    where: 'health.port',
    code: 'port_taken',
    host: '127.0.0.1',
    port: 9090,
    variable: 'ADAPTER_HEALTH_PORT',
  },
  port_forbidden: { where: 'health.port', code: 'port_forbidden', variable: 'ADAPTER_HEALTH_PORT' },
  foreign_host: {
    where: 'health.host',
    code: 'foreign_host',
    host: '10.0.0.7',
    variable: 'ADAPTER_HEALTH_HOST',
  },
  invalid_network: { where: 'webhook.trustedProxies.0', code: 'invalid_network' },
  invalid_proxy: { where: 'HTTPS_PROXY', code: 'invalid_proxy' },
  proxy_unsupported: { where: 'HTTPS_PROXY', code: 'proxy_unsupported', nodeVersion: '22.0.0' },
  log_file_unwritable: { where: 'log.file', code: 'log_file_unwritable', file: '/srv/log', reason: 'EACCES' },
  wrong_store_key: {
    where: 'store.key',
    code: 'wrong_store_key',
    file: '/srv/store.db',
    remedy: 'Set its key',
  },
  invalid_repository_host: { where: 'push.hosts', code: 'invalid_repository_host', problem: 'Write https' },
  unprotected_path: { where: 'push.allowPaths', code: 'unprotected_path', problem: 'Choose one of these' },
  console_missing: { where: 'admin.console', code: 'console_missing', folder: '/srv/page' },
};

describe('the words for a wrong setting', () => {
  test.each(Object.values(OF_EACH_CODE))('$code says what happened and what to do', (problem) => {
    const { what, remedy } = settingText(problem);
    expect(what).toMatch(/^[a-z][^\n]{5,200}[^.\s]$/);
    expect(remedy).toMatch(/^[A-Z][^\n]{10,300}[^\s]$/);
  });

  test.each(Object.values(OF_EACH_CODE))('$code names each of its parameters', (problem) => {
    const { what, remedy } = settingText(problem);
    const { where: _, code: __, ...parameters } = problem;
    const values = Object.values(parameters).flat();
    const named = values.filter((value) => typeof value !== 'boolean').map(String);
    expect(named.filter((value) => !`${what} ${remedy}`.includes(value))).toEqual([]);
  });

  test.each([
    ['webhook.keys', 'webhooks', 'is missing: forged webhooks could not be detected'],
    ['admin.tokens', 'operators', 'is missing: operators could not be authenticated'],
    ['manager.roomId', 'delegation', 'is missing, but manager.delegates is on'],
    ['agents', undefined, 'names no agent'],
    ['workers', undefined, 'has no workers'],
  ] as const)('what is missing says what needs it: %s', (where, neededBy, what) => {
    expect(settingText({ where, code: 'missing', neededBy })).toMatchObject({ what });
  });

  test('of several are listed with their number', () => {
    const problems = [OF_EACH_CODE.missing, OF_EACH_CODE.unknown_setting];
    expect(describeProblems('bridge', problems)).toMatch(
      /^bridge cannot start: 2 settings need attention\.\n\n {2}store\.file is missing\n {6}Set ADAPTER_STORE_FILE .*\n {2}agent is not a setting\n {6}.*\n$/,
    );
  });

  test('come with the code for a program', () => {
    expect(spelledOut(OF_EACH_CODE.unknown_setting)).toEqual({
      where: 'agent',
      code: 'unknown_setting',
      what: 'is not a setting',
      remedy: 'Remove it, or correct its name: docs/configuration.md lists the settings.',
    });
  });
});
