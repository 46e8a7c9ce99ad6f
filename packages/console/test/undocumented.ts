import { z } from 'zod';
import { referred } from './documented.ts';

const shape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  anyOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
  additionalProperties: z.unknown().optional(),
  required: z.array(z.string()).default([]),
  items: z.unknown().optional(),
});
type Schema = z.output<typeof shape>;

/** The schemas of which a value fits one. */
function variantsOf(value: unknown): readonly Schema[] {
  const schema = shape.parse(value);
  if (schema.$ref !== undefined) return variantsOf(referred(schema.$ref));
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(variantsOf);
}

/** None for a value of any kind. */
function typesOf(variants: readonly Schema[]): readonly string[] {
  return variants.flatMap(({ type = [] }) => type);
}

/** What a schema of the page reads that a schema of the document does not promise, by its place. */
export function undocumented(read: unknown, given: unknown, at: string): readonly string[] {
  const found: string[] = [];
  const wanted = variantsOf(read);
  const promised = variantsOf(given);
  const taken = typesOf(wanted);
  for (const type of typesOf(promised)) {
    const isTaken = taken.length === 0 || taken.includes(type === 'integer' ? 'number' : type);
    if (!isTaken) found.push(`${at} may be ${type}`);
  }
  const fields = new Map(promised.flatMap(({ properties }) => Object.entries(properties)));
  const always = new Set(promised.flatMap(({ required }) => required));
  for (const { properties, required, additionalProperties, items } of wanted) {
    for (const [name, inner] of Object.entries(properties)) {
      if (!fields.has(name)) {
        found.push(`${at}.${name} is not there`);
        continue;
      }
      found.push(...undocumented(inner, fields.get(name), `${at}.${name}`));
      const mayBeAny = typesOf(variantsOf(inner)).length === 0;
      if (required.includes(name) && !always.has(name) && !mayBeAny) {
        found.push(`${at}.${name} may be missing`);
      }
    }
    if (typeof additionalProperties === 'object') {
      for (const [name, inner] of fields)
        found.push(...undocumented(additionalProperties, inner, `${at}.${name}`));
    }
    if (items !== undefined) {
      for (const one of promised) {
        if (one.items !== undefined) found.push(...undocumented(items, one.items, `${at}[]`));
      }
    }
  }
  return found;
}
