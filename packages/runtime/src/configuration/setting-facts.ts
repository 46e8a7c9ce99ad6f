import { z } from 'zod';

/** What people read about a setting, and how it is set besides the configuration file. It stands with the setting's schema. */
export interface SettingFacts {
  /** What it is; of a setting with a variable also where to get it, as the end of a sentence. */
  readonly text: string;
  /** The environment variable that overrides the file. */
  readonly variable?: string;
  /** A secret may also come from a file; a private one only from a file that is for its owner's eyes (mode 600). */
  readonly secret?: 'secret' | 'private';
}

const facts = z.registry<SettingFacts>();

function having<Schema extends z.ZodType>(schema: Schema, of: SettingFacts): Schema {
  // Schemas are shared between settings, facts are not.
  const own = schema.clone();
  facts.add(own, of);
  return own;
}

/** A setting, or a section, with what it is. */
export function described<Schema extends z.ZodType>(text: string, schema: Schema): Schema {
  return having(schema, { text });
}

/** A setting that a variable gives, too. */
export function setting<Schema extends z.ZodType>(variable: string, text: string, schema: Schema): Schema {
  return having(schema, { text, variable });
}

/** A secret that a variable, or a file that another variable names, gives, too. */
export function secretSetting<Schema extends z.ZodType>(
  variable: string,
  text: string,
  schema: Schema,
): Schema {
  return having(schema, { text, variable, secret: 'secret' });
}

/** A secret whose file must be for its owner's eyes only. */
export function privateSecretSetting<Schema extends z.ZodType>(
  variable: string,
  text: string,
  schema: Schema,
): Schema {
  return having(schema, { text, variable, secret: 'private' });
}

/** Everything that a schema says of its settings, by their places; `*` stands for each item of a list. */
export function* factsIn(schema: z.core.$ZodType, place = ''): Generator<readonly [string, SettingFacts]> {
  const of = facts.get(schema);
  if (of !== undefined) yield [place, of];
  if (schema instanceof z.ZodObject) {
    for (const [name, inside] of Object.entries<z.core.$ZodType>(schema.shape)) {
      yield* factsIn(inside, place === '' ? name : `${place}.${name}`);
    }
  } else if (schema instanceof z.ZodArray) {
    yield* factsIn(schema.element, `${place}.*`);
  } else if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) yield* factsIn(option, place);
  } else if (schema instanceof z.ZodPipe) {
    yield* factsIn(schema.in, place);
    yield* factsIn(schema.out, place);
  } else if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    yield* factsIn(schema.def.innerType, place);
  }
}

/** The variables that give one agent without a configuration file, by the names of the marketplace's page. */
export const AGENT_VARIABLES = {
  key: 'AGRENTING_API_KEY',
  id: 'AGRENTING_AGENT_ID',
  worker: 'AGRENTING_WORKER',
} as const;
