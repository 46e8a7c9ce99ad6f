import { inQuotes, type ControllerRestOptions } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import { describeConnectionError } from '../http/connection-error.ts';
import { withDeadline } from '../http/deadline.ts';
import type { Controller, ControllerAnswer } from './resources.ts';

const errorAnswer = z.object({ error: z.string() });
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Through its REST, with the token of an admin or manager (HiClaw reference, 6.3). */
export function restController(options: ControllerRestOptions, outer: AbortSignal): Controller {
  const { timeoutMs = 30_000 } = options;
  // bounded: each run once, by what is before it
  const base = options.url.replace(/(?<!\/)\/+$/, '');

  async function call(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<ControllerAnswer> {
    const connections = createBoundedFetch(MAX_ANSWER_BYTES);
    try {
      const token = await options.token();
      return await withDeadline(timeoutMs, outer, async (signal) => {
        const response = await connections.fetch(`${base}/api/v1/${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token.reveal()}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal,
        });
        const answered: unknown = await response.json().catch(() => undefined);
        return toAnswer(base, response.status, answered);
      });
    } catch (error) {
      return { kind: 'failed', problem: `the controller at ${base} ${describeConnectionError(error)}` };
    } finally {
      connections.close();
    }
  }

  return {
    showsPolicies: true,
    async get(kind, name) {
      if (name === undefined) return await call('GET', `${kind.toLowerCase()}s`);
      const status = kind === 'Worker' ? '/status' : '';
      return await call('GET', `${kind.toLowerCase()}s/${encodeURIComponent(name)}${status}`);
    },
    act: async (worker, action) => await call('POST', `workers/${encodeURIComponent(worker)}/${action}`),
    apply: async (kind, name, spec) =>
      kind === 'Worker'
        ? await call('PUT', `workers/${encodeURIComponent(name)}`, spec)
        : await call('POST', 'humans', { name, ...spec }),
  };
}

function toAnswer(base: string, status: number, body: unknown): ControllerAnswer {
  if (status >= 200 && status < 300) {
    return typeof body === 'object' && body !== null
      ? { kind: 'answer', body }
      : {
          kind: 'failed',
          problem: `the controller at ${base} answered ${status}, which is not an answer of the controller: check its address and any proxy in front of it`,
        };
  }
  const said = errorAnswer.safeParse(body).data?.error.replace(/\s+/g, ' ').slice(0, 200);
  const answer = `the controller at ${base} answered ${status}${said === undefined ? '' : `, ${inQuotes(said)}`}`;
  switch (status) {
    case 401:
      return {
        kind: 'failed',
        problem: `${answer}: its token is no longer valid: set a new one (agt keeps one in /var/run/agentteams/cli-token)`,
      };
    case 403:
      return {
        kind: 'failed',
        problem: `${answer}: the token may not wake workers: use that of an admin or manager`,
      };
    case 404:
      // Its own errors are JSON; a gateway says 404 in a form of its own.
      return said === undefined
        ? {
            kind: 'failed',
            problem: `${answer}, which is not an answer of the controller: check its address and any proxy in front of it`,
          }
        : { kind: 'absent', problem: `${answer}: there is no worker of this name` };
    default:
      return { kind: 'failed', problem: answer };
  }
}
