import { DEFAULT_HICLAW_PROFILE, HICLAW_PROFILES } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { configurationSchema } from './schema.ts';
import { descriptionOf, SETTINGS } from './settings.ts';

type JsonSchema = Record<string, unknown>;

const schemaNode = z.record(z.string(), z.unknown());
const names = z.array(z.string());

/** The secrets that may stand in a file of their own, named by `<name>File`. */
const SECRETS: ReadonlySet<string> = new Set([
  'agents.*.key',
  ...SETTINGS.filter(({ secret }) => secret).map(({ path }) => path.join('.')),
]);
/** Given by variables, too, so that the file need not have them. */
const BY_VARIABLE: ReadonlySet<string> = new Set([
  'agents.*.key',
  ...SETTINGS.map(({ path }) => path.join('.')),
]);

/**
 * The JSON Schema of the configuration file (draft 2020-12), for editors: what the file may hold, where everything
 * that variables or secret files can give may be left out of it. The loader alone says whether a configuration is whole.
 */
export function configurationJsonSchema(): JsonSchema {
  const made = schemaNode.parse(z.toJSONSchema(configurationSchema, { io: 'input', unrepresentable: 'any' }));
  const { $schema, ...whole } = made;
  return {
    $schema,
    title: 'Configuration of the Agrenting adapter for HiClaw',
    ...described(whole, ''),
  };
}

function described(node: JsonSchema, place: string): JsonSchema {
  const { required, default: preset, ...rest } = node;
  const description = descriptionOf(place);
  const properties = schemaNode.safeParse(node['properties']).data;
  const needed = (names.safeParse(required).data ?? []).filter(
    // A section may be left out with all that is in it.
    (name) => place !== '' && !BY_VARIABLE.has(`${place}.${name}`) && !SECRETS.has(`${place}.${name}`),
  );
  return {
    ...(description === undefined ? {} : { description }),
    ...rest,
    // An empty section is useless to readers.
    ...(preset === undefined || isEmpty(preset) ? {} : { default: preset }),
    ...(properties === undefined ? {} : { properties: propertiesOf(properties, place) }),
    ...itemsOf(node, place),
    ...(needed.length === 0 ? {} : { required: needed }),
    ...EXCEPTIONS[place],
  };
}

/** What the loader takes besides what the schema says. */
const EXCEPTIONS: Readonly<Record<string, JsonSchema>> = {
  // A variable may give the one agent.
  agents: { minItems: 0 },
  // YAML reads 1.0 as a number.
  'hiclaw.profile': {
    type: ['string', 'number'],
    enum: [...HICLAW_PROFILES, ...HICLAW_PROFILES.map(Number)],
    default: DEFAULT_HICLAW_PROFILE,
  },
  'webhook.keys': { type: ['array', 'string'] },
  'webhook.signatureSecrets': { type: ['array', 'string'] },
};

function propertiesOf(properties: JsonSchema, place: string): JsonSchema {
  const entries = Object.entries(properties).flatMap(([name, value]) => {
    const at = place === '' ? name : `${place}.${name}`;
    const property: [string, unknown] = [name, described(schemaNode.parse(value), at)];
    if (!SECRETS.has(at)) return [property];
    const description = `A file that holds ${name}, for its owner's eyes only.`;
    const file: [string, unknown] = [`${name}File`, { description, type: 'string', minLength: 1 }];
    return [property, file];
  });
  return Object.fromEntries(entries);
}

/** Lists, and sections of several kinds. */
function itemsOf(node: JsonSchema, place: string): JsonSchema {
  const items = schemaNode.safeParse(node['items']).data;
  const kinds = z.array(schemaNode).safeParse(node['oneOf']).data;
  return {
    ...(items === undefined ? {} : { items: described(items, `${place}.*`) }),
    ...(kinds === undefined
      ? {}
      : {
          oneOf: kinds.map((kind) => {
            const { description: _, ...plain } = described(kind, place);
            return plain;
          }),
        }),
  };
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
