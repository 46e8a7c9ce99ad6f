import { z } from 'zod';
import { Secret } from '../credentials/secret.ts';
import type { DeliveryMode, Hiring } from '../hiring/hiring.ts';
import { withoutUserInfo } from './repository-address.ts';
import { parseDeadlineMs, parseTimeMs } from '../text/time.ts';

const record = z.record(z.string(), z.unknown());
const text = z.string().or(z.number().transform(String));
const filledText = z.string().min(1);
const flag = z.boolean();
const count = z.coerce.number().int().min(1).max(1_000_000);
const timestamp = timeBy(parseTimeMs);
const deadline = timeBy(parseDeadlineMs);

function timeBy(parse: (text: string) => number | undefined) {
  return z.string().transform((value, context) => {
    const atMs = parse(value);
    if (atMs !== undefined) return atMs;
    context.addIssue('is no time');
    return z.NEVER;
  });
}

/**
 * Reads a document field by field and remembers what it could not use, because one odd field must
 * not lose a paid hiring.
 */
export class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly problems: string[];

  private constructor(fields: Readonly<Record<string, unknown>>, path: string, problems: string[]) {
    this.#fields = fields;
    this.#path = path;
    this.problems = problems;
  }

  /** The fields of a document, or undefined when it is no object. */
  static of(document: unknown): Fields | undefined {
    const parsed = record.safeParse(document);
    return parsed.success ? new Fields(parsed.data, '', []) : undefined;
  }

  /** A nested object; empty when it is missing. */
  nested(name: string): Fields {
    const value = this.#read(name, record, 'an object');
    return new Fields(value ?? {}, `${this.#path}${name}.`, this.problems);
  }

  has(name: string): boolean {
    const value = this.#fields[name];
    return value !== undefined && value !== null;
  }

  raw(name: string): unknown {
    return this.#fields[name];
  }

  text(name: string): string | undefined {
    return this.#read(name, text, 'text');
  }

  secret(name: string): Secret | undefined {
    const value = this.#read(name, filledText, 'text');
    return value === undefined ? undefined : new Secret(value);
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, flag, 'true or false');
  }

  /** A count from 1 up. */
  count(name: string): number | undefined {
    return this.#read(name, count, 'a whole number from 1');
  }

  /** A point in time, in milliseconds since 1970; without a zone it is UTC. */
  timeMs(name: string): number | undefined {
    return this.#read(name, timestamp, 'an ISO-8601 time');
  }

  /** A point in time by which something has to be done; a day alone is over with its end. */
  deadlineMs(name: string): number | undefined {
    return this.#read(name, deadline, 'an ISO-8601 time');
  }

  /** Every field but the named ones and those that look like credentials, to any depth. */
  others(known: readonly string[]): Record<string, unknown> {
    const rest = Object.entries(this.#fields).filter(([name]) => !known.includes(name));
    return withoutCredentials(Object.fromEntries(rest));
  }

  #read<T>(name: string, schema: z.ZodType<T>, expected: string): T | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    this.problems.push(`${this.#path}${name}: expected ${expected}, got ${describe(value)}`);
    return undefined;
  }
}

/** Says what kind of value came, never the value: it may be a credential. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const CREDENTIAL_NAME = /token|secret|passw|api_?key|authorization|credential|private_?key/i;
const MAX_DEPTH = 8;

function withoutCredentials(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (CREDENTIAL_NAME.test(name)) continue;
    kept[name] = cleanValue(value, depth + 1);
  }
  return kept;
}

function cleanValue(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((item: unknown) => cleanValue(item, depth + 1));
  const parsed = record.safeParse(value);
  return parsed.success ? withoutCredentials(parsed.data, depth) : value;
}

/** The fields of `task_input` that we read ourselves; the others are the hirer's. */
export const KNOWN_TASK_INPUT = ['delivery_mode', 'repo_url', 'repo_access_token'] as const;

/** What every form says about delivery, wherever it says it (Agrenting API reference, 9 and 21 #16). */
export function readDelivery(
  top: Fields,
  taskInput: Fields,
): Pick<Hiring, 'deliveryMode' | 'deliveryStated' | 'repoUrl' | 'repoToken'> {
  const givenUrl = taskInput.text('repo_url') ?? top.text('repo_url');
  const repoUrl = givenUrl === undefined ? undefined : withoutUserInfo(givenUrl);
  const repoToken = taskInput.secret('repo_access_token') ?? top.secret('repo_access_token');
  const stated = taskInput.text('delivery_mode') ?? top.text('delivery_mode');
  const hasRepository = repoToken !== undefined || repoUrl !== undefined;
  return {
    deliveryMode: deliveryMode(stated, hasRepository),
    deliveryStated: stated !== undefined,
    repoUrl,
    repoToken,
  };
}

function deliveryMode(stated: string | undefined, hasRepository: boolean): DeliveryMode {
  if (stated === 'output' || stated === 'push') return stated;
  if (stated !== undefined) return 'unclear';
  return hasRepository ? 'unclear' : 'output';
}
