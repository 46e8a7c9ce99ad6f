import { describeApiError } from './api-error.ts';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { inQuotes, parseCents, type AgentId, type Secret } from '../domain/index.ts';
import type { Answer } from './answer.ts';
import type { RestClient } from './rest-client.ts';

/** What an owner may change of a listing; what is left out stays. */
export interface ListingChanges {
  readonly status?: string | undefined;
  readonly description?: string | undefined;
  /** A decimal amount, such as `10.00`. */
  readonly basePrice?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
}

export type ListingOutcome =
  /** A read after the change shows it. */
  { readonly kind: 'set' } | { readonly kind: 'not_set'; readonly problem: string };

const listing = z.looseObject({ status: z.string() });
const shown = z.union([z.object({ agent: listing }).transform(({ agent }) => agent), listing]);

/**
 * Changes an agent's listing (Agrenting API reference, 4.5 and 4.7): by a change of the fields alone, else by giving
 * the whole listing back, and each time by what a read shows then. What it shows already is not sent.
 */
export async function changeListing(
  client: RestClient,
  agentId: AgentId,
  key: Secret,
  changes: ListingChanges,
): Promise<ListingOutcome> {
  const path = `/agents/${agentId}`;
  const access = client.access(key);
  const read = async () => shownBy(await client.send({ method: 'GET', path, access, schemes: 'both' }));
  const write = async (method: 'PATCH' | 'PUT', agent: object) =>
    await client.send({ method, path, access, schemes: 'both', body: JSON.stringify({ agent }) });

  const wanted = fieldsOf(changes);
  const before = await read();
  if (before.kind === 'unknown') return { kind: 'not_set', problem: before.problem };
  const missing = differences(before.agent, wanted);
  if (missing.length === 0) return { kind: 'set' };
  let answer = await write('PATCH', Object.fromEntries(missing));
  let after = await read();
  if (after.kind === 'known' && differences(after.agent, wanted).length > 0) {
    answer = await write('PUT', { ...before.agent, ...wanted });
    after = await read();
  }
  if (after.kind === 'unknown') return { kind: 'not_set', problem: after.problem };
  const names = differences(after.agent, wanted).map(([name]) => name);
  if (names.length === 0) return { kind: 'set' };
  const stays = names.includes('status') ? ` ${inQuotes(after.agent.status, 100)}` : '';
  return {
    kind: 'not_set',
    problem: `the listing keeps its ${names.join(', ')}${stays}: ${problemOf(answer)}`,
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** By the marketplace's names. */
function fieldsOf({ status, description, basePrice, capabilities }: ListingChanges): Fields {
  const fields = { status, description, base_price: basePrice, capabilities };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function differences(agent: Fields, wanted: Fields): readonly (readonly [name: string, value: unknown])[] {
  return Object.entries(wanted).filter(([name, value]) =>
    name === 'base_price'
      ? !isSameAmount(agent[name], value)
      : !isDeepStrictEqual(plain(agent[name]), plain(value)),
  );
}

/** Amounts are seen as strings and as numbers, with and without their cents. */
function isSameAmount(one: unknown, other: unknown): boolean {
  const [cents, others] = [one, other].map((amount) =>
    typeof amount === 'string' || typeof amount === 'number' ? parseCents(String(amount)) : undefined,
  );
  return cents !== undefined && cents === others;
}

/** Capabilities in another order are the same. */
function plain(value: unknown): unknown {
  return Array.isArray(value) ? value.map(String).toSorted() : value;
}

type Shown =
  | { readonly kind: 'known'; readonly agent: z.output<typeof listing> }
  | { readonly kind: 'unknown'; readonly problem: string };

function shownBy(answer: Answer): Shown {
  const parsed = answer.kind === 'success' ? shown.safeParse(answer.data) : undefined;
  if (parsed?.success === true) return { kind: 'known', agent: parsed.data };
  return { kind: 'unknown', problem: `the listing cannot be read: ${problemOf(answer)}` };
}

function problemOf(answer: Answer): string {
  switch (answer.kind) {
    case 'success':
      return 'the marketplace accepted the change but does not show it';
    case 'failure':
      return describeApiError(answer.error);
    case 'unreadable':
    case 'redirected':
    case 'limited':
    case 'lost':
      return answer.problem;
  }
}
