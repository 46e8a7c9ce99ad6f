import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkConfiguration } from './load.ts';
import { configurationSchema } from './schema.ts';
import { SETTINGS } from './settings.ts';

const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');

test('docs/configuration.md lists every setting that has a variable, with its help', () => {
  const rows = page
    .split('\n')
    .filter((line) => /^\| `\w+\.\w+`\s+\| `[A-Z_]+`/.test(line))
    .map((line) => line.replaceAll(/\s+/g, ' '));
  const expected = SETTINGS.map(({ path, variable, secret, help }) => {
    const variables = secret ? `\`${variable}\`, \`${variable}_FILE\`` : `\`${variable}\``;
    return `| \`${path.join('.')}\` | ${variables} | ${help} |`;
  });
  expect(rows).toEqual(expected);
});

test('docs/configuration.md names every section of the configuration file', () => {
  for (const name of Object.keys(configurationSchema.shape)) expect(page).toContain(`\n${name}:`);
});

test('the file shown in docs/configuration.md is a configuration', async () => {
  const shown = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const withSecrets = shown.replaceAll(/(?<=: |\[)…/g, 'c3RvcmUta2V5LXN0b3JlLWtleS1zdG9yZS1rZXktISE=');
  const given: unknown = parse(withSecrets);
  expect(await checkConfiguration(z.record(z.string(), z.unknown()).parse(given), {})).toMatchObject({
    kind: 'loaded',
  });
});
