import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { configurationJsonSchema } from './json-schema.ts';

const node = z.record(z.string(), z.unknown());

/** Every place of a setting with its schema. */
function* settingsIn(schema: Record<string, unknown>, place: string): Generator<readonly [string, object]> {
  for (const [name, value] of Object.entries(node.parse(schema['properties'] ?? {}))) {
    const at = place === '' ? name : `${place}.${name}`;
    const setting = node.parse(value);
    yield [at, setting];
    yield* settingsIn(setting, at);
    if (setting['items'] !== undefined) yield* settingsIn(node.parse(setting['items']), `${at}.*`);
    for (const kind of z.array(node).parse(setting['oneOf'] ?? [])) yield* settingsIn(kind, at);
  }
}

test('docs/adapter.schema.json is what `agrenting-hiclaw config schema` prints', () => {
  const kept: unknown = JSON.parse(
    readFileSync(new URL('../../../../docs/adapter.schema.json', import.meta.url), 'utf8'),
  );
  // To regenerate it: npm run cli -- config schema > docs/adapter.schema.json && npm run format
  expect(kept).toEqual(configurationJsonSchema());
});

test('every setting is described', () => {
  const bare = [...settingsIn(configurationJsonSchema(), '')]
    .filter(([, setting]) => !('description' in setting))
    .map(([place]) => place);
  // Write `described(...)` around them in schema.ts.
  expect(bare.filter((place) => !place.endsWith('.driver'))).toEqual([]);
});

test('nothing is demanded of the file that a variable may give', () => {
  const schema = configurationJsonSchema();
  expect(schema).not.toHaveProperty('required');
  const settings = new Map(settingsIn(schema, ''));
  expect(settings.get('matrix')).not.toHaveProperty('required');
  expect(settings.get('store.keyFile')).toMatchObject({ type: 'string' });
  expect(settings.get('workers.list')).toMatchObject({ items: { required: ['name', 'userId', 'roomId'] } });
  expect(settings.get('agents')).toMatchObject({ items: { additionalProperties: false } });
});
