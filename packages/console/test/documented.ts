import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const DOCUMENT = new URL('../../../docs/openapi.json', import.meta.url);

const contentSchema = z.record(z.string(), z.object({ schema: z.unknown() }));
const operationSchema = z.object({
  parameters: z
    .array(
      z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: z.unknown() }),
    )
    .default([]),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ content: contentSchema.default({}) })),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

/** What the admin API documents of itself: docs/openapi.json, which its own tests hold equal to its routes. */
export const DOCUMENT_OF_API = documentSchema.parse(JSON.parse(readFileSync(DOCUMENT, 'utf8')));

// Fields that the document does not name would be a drift too.
const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });
addFormats.default(ajv);
const queryAjv = new Ajv2020({ strict: false, coerceTypes: true });
addFormats.default(queryAjv);
const validators = new Map<unknown, ValidateFunction>();

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema with what it refers to in its place; objects allow only what they name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isRecord(schema)) return schema;
  const { $ref } = schema;
  if (typeof $ref === 'string') return closed(referred($ref));
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
}

/** What a reference inside the document names. */
export function referred(reference: string): unknown {
  const name = reference.replace('#/components/schemas/', '');
  const found = DOCUMENT_OF_API.components.schemas[name];
  if (found === undefined) throw new Error(`docs/openapi.json has no ${reference}`);
  return found;
}

function problemsOf(schema: unknown, value: unknown): string | undefined {
  const validate =
    validators.get(schema) ?? ajv.compile(z.record(z.string(), z.unknown()).parse(closed(schema)));
  validators.set(schema, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

function operationAt(method: string, path: string) {
  for (const [template, operations] of Object.entries(DOCUMENT_OF_API.paths)) {
    const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    const operation = operations[method.toLowerCase()];
    if (operation !== undefined && pattern.test(path)) return operation;
  }
  return undefined;
}

export interface Asked {
  readonly method: string;
  /** Behind `/api/v1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** Why the API would not read what is asked; undefined where it would. */
export function refusalOf({ method, path, query, body }: Asked): string | undefined {
  const operation = operationAt(method, path);
  if (operation === undefined) return `the document knows no ${method} ${path}`;
  const known = operation.parameters.filter((parameter) => parameter.in === 'query');
  const search = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(known.map(({ name, schema }) => [name, schema])),
  };
  if (!queryAjv.validate(search, Object.fromEntries(query))) return queryAjv.errorsText();
  const wanted = operation.requestBody?.content['application/json']?.schema;
  return wanted === undefined ? undefined : problemsOf(wanted, body);
}

/** What of an answer goes against the document; undefined where nothing does. */
export function driftOf(
  method: string,
  path: string,
  answer: { readonly status: number; readonly type: string; readonly body: unknown },
): string | undefined {
  const content = operationAt(method, path)?.responses[String(answer.status)]?.content;
  const schema = content?.[answer.type]?.schema;
  if (schema === undefined) return `${method} ${path} answers no ${answer.status} of ${answer.type}`;
  const problems = problemsOf(schema, answer.body);
  return problems === undefined ? undefined : `${method} ${path}: ${problems}`;
}
