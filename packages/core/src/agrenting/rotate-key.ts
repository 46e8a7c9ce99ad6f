import { describeApiError } from './api-error.ts';
import { z } from 'zod';
import { Secret } from '../domain/index.ts';
import { authenticate } from './authenticate.ts';
import { documentShape } from './document-shape.ts';
import { noKeyOf, type NoKey } from './key-answer.ts';
import type { RestClient } from './rest-client.ts';

export type RotateOutcome =
  /** The old key is dead from this moment on. */
  | { readonly kind: 'rotated'; readonly key: Secret }
  /** Where it is `refused` or `unavailable`, the old key is as good as before. */
  | NoKey;

const key = z.string().min(1).optional().catch(undefined);
const keys = z.object({
  api_key: key,
  new_api_key: key,
  key,
  agent: z.object({ api_key: key }).optional().catch(undefined),
});

/**
 * Trades an agent's key for a new one (Agrenting API reference, 2.3; the form of the answer is not documented, so that
 * several are read). Never repeated automatically: the answer that holds the key comes once.
 */
export async function rotateAgentKey(client: RestClient, oldKey: Secret): Promise<RotateOutcome> {
  const access = client.access(oldKey);
  const authentication = await authenticate(client, access);
  switch (authentication.kind) {
    case 'authenticated':
      break;
    case 'failure': {
      return {
        kind: 'refused',
        problem: `the marketplace does not accept the key: ${describeApiError(authentication.error)}`,
      };
    }
    case 'limited':
    case 'unreadable':
    case 'redirected':
    case 'lost':
      return { kind: 'unavailable', problem: authentication.problem };
  }
  const answer = await client.send({
    method: 'POST',
    path: '/auth/rotate-key',
    access: client.access(access.sessionToken?.token ?? oldKey),
    schemes: 'bearer',
  });
  if (answer.kind !== 'success') return noKeyOf(answer);
  const given = keys.safeParse(answer.data).data;
  const fresh = given?.api_key ?? given?.new_api_key ?? given?.key ?? given?.agent?.api_key;
  if (fresh !== undefined) return { kind: 'rotated', key: new Secret(fresh) };
  const problem = `the marketplace answered with ${documentShape(answer.data)} instead of a new key`;
  return { kind: 'unknown', problem, evidence: new Secret(JSON.stringify(answer.data ?? null)) };
}
