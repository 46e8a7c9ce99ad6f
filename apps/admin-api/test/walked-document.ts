import { readFileSync } from 'node:fs';
import { z } from 'zod';

const property = z.looseObject({
  type: z.unknown(),
  enum: z.array(z.string()).optional(),
  format: z.string().optional(),
});
const bodySchema = z.looseObject({
  properties: z.record(z.string(), property),
  required: z.array(z.string()).default([]),
});
const operation = z.looseObject({
  operationId: z.string().optional(),
  security: z.array(z.unknown()).optional(),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.enum(['path', 'query', 'header']), schema: property }))
    .default([]),
  requestBody: z
    .looseObject({ content: z.object({ 'application/json': z.object({ schema: bodySchema }) }) })
    .optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

/** One thing that the API does, as its document has it. */
export interface Operation {
  readonly method: string;
  /** With `{id}` and the like in it. */
  readonly path: string;
  /** Whether it needs a token or a session. */
  readonly secured: boolean;
  readonly query: readonly string[];
  readonly inPath: readonly string[];
  readonly body: { readonly properties: readonly string[]; readonly required: readonly string[] } | undefined;
  /** Every status that the document names. */
  readonly statuses: readonly number[];
}

const DOCUMENT = new URL('../../../docs/openapi.json', import.meta.url);

/** Everything that the kept document has, which another test holds equal to the one that is served. */
export function operations(): readonly Operation[] {
  const { paths } = documentSchema.parse(JSON.parse(readFileSync(DOCUMENT, 'utf8')));
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, parameters, requestBody, responses }]) => {
      const named = (where: string): readonly string[] =>
        parameters.filter((parameter) => parameter.in === where).map(({ name }) => name);
      const schema = requestBody?.content['application/json'].schema;
      return {
        method: method.toUpperCase(),
        path,
        secured: security !== undefined,
        query: named('query'),
        inPath: named('path'),
        body:
          schema === undefined
            ? undefined
            : { properties: Object.keys(schema.properties), required: schema.required },
        statuses: Object.keys(responses).map(Number),
      };
    }),
  );
}

export const UNSAFE = ['POST', 'PATCH', 'PUT', 'DELETE'];

/** A value that is taken for each property of a body; a new property needs one here. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  commandId: '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f',
  token: 'x'.repeat(43),
  reason: 'The file is not there.',
  text: 'Grey waves fold and fall.',
  to: 'hirer',
  answer: 'yes',
  question: '$question',
  version: '0'.repeat(64),
  worker: 'alice',
  name: 'Alice',
  description: 'Writes notes.',
  capabilities: ['writing'],
  price: '10.00',
  basePrice: '10.00',
  status: 'active',
};

/** A body that is taken, as far as its form goes. */
export function sampleBody({ path, body }: Operation): Record<string, unknown> {
  return Object.fromEntries(
    (body?.properties ?? []).map((name) => {
      if (!(name in SAMPLES)) throw new Error(`${path} takes ${name}: give SAMPLES a value for it`);
      return [name, SAMPLES[name]];
    }),
  );
}

/** The path of something that is not there. */
export function pathToNothing({ path }: Operation): string {
  return path
    .replace('{id}', '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f')
    .replace('{name}', 'nobody')
    .replace('{sha256}', '0'.repeat(64));
}
