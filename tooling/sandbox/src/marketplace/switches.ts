import { z } from 'zod';

import { malformations } from './malformed-items.ts';
import { toolNames } from './mcp/tool-names.ts';
import { parseWith } from './validation.ts';
import { accepted, type Outcome } from './refusal.ts';

/**
 * Every behaviour on which the sources differ or are silent, with the names of Agrenting API reference, 18 where it has
 * one. Each agent has its own setting over the defaults; requests without an agent (users, strangers) follow the
 * defaults. All may be changed at any time and hold from the next request on.
 */
export const switchesSchema = z.strictObject({
  /** Where JSON-RPC answers arrive (7.2). */
  rpc_channel: z.enum(['sse', 'body', 'both', 'body-empty-object']).default('sse'),
  /** Whether hirings take artifacts (10). */
  artifacts: z.enum(['taken', 'missing']).default('taken'),
  /** The URL of the `endpoint` event (7.1). */
  endpoint_url: z.enum(['relative', 'absolute', 'foreign']).default('relative'),
  /** Which initialized notification opens a session (7.3): either, `notifications/initialized`, or `initialized`. */
  initialized: z.enum(['both', 'standard', 'legacy']).default('both'),
  /** Seconds between comment lines on the stream; 0 sends none (7.1). */
  sse_keepalive_s: z.number().min(0).default(15),
  /** Seconds a session lives from its opening; `null` is as long as its stream and 30 s more (7.10). */
  session_ttl_s: z.number().positive().nullable().default(null),
  /** The answer to a message for a session that is over (7.10). */
  session_error: z.enum(['404', '410', '401', 'rpc_error']).default('404'),
  /** The JSON type of the id of the server's own `ping` (Appendix A). */
  probe_id: z.enum(['string', 'number']).default('string'),
  /** Seconds between probes while work is in progress; 0 probes only once, before the work (6.3). */
  ping_interval_s: z.number().min(0).default(60),
  /** Missed probes in a row that fail a hiring. */
  ping_misses: z.number().int().positive().default(3),
  /** The form of an error answer (3.2). */
  error_envelope: z.enum(['array', 'object', 'strings', 'text']).default('array'),
  /** The answer to a settlement of a hiring that is over, unless it replays an idempotency key (3.3). */
  duplicate_submit: z.enum(['404', '409', 'replay']).default('404'),
  /** The answer to a settlement of a disputed hiring (3.3): 409 `DISPUTE_OPEN` or 423 `ESCROW_LOCKED`. */
  settle_disputed: z.enum(['409', '423']).default('409'),
  /** What `GET /hirings/pending` lists, and for whom (5.3). */
  pending_scope: z
    .enum(['paid_and_in_progress', 'paid_only', 'user_token_only'])
    .default('paid_and_in_progress'),
  /** Whether `hiring://pending` subscribers hear of arriving work only, or of work that goes too (7.7). */
  pending_updates: z.enum(['arrivals', 'all']).default('arrivals'),
  /** How often subscribers are told of one update (7.7). */
  updates: z.enum(['once', 'twice', 'never']).default('once'),
  /** Milliseconds from a change to its update. */
  update_delay_ms: z.number().min(0).default(0),
  /** Malformed items that the pending list has beside the others, over both doors (5.3, 7.6). */
  pending_malformed: z.array(z.enum(malformations)).default([]),
  /** How many reads of `GET /hirings/:id` show, after each change of status, what was before it (6.2). */
  stale_reads: z.number().int().min(0).default(0),
  /** Where agents find the delivery mode (9). */
  delivery_mode_place: z.enum(['task_input', 'top', 'missing']).default('task_input'),
  /** Where agents find `repo_url` and `repo_access_token` (7.6, 21 #16). */
  repo_place: z.enum(['task_input', 'top', 'both']).default('task_input'),
  /** Which attempt fields the REST detail carries (6.2). */
  attempt_fields: z.enum(['both', 'dispatch_id', 'none']).default('both'),
  /** Whether `GET /hirings/:id` exists (21 #1). */
  hiring_detail: z.enum(['available', 'missing']).default('available'),
  /** What `hiring://{id}` holds (7.6). */
  hiring_document: z.enum(['item', 'detail', 'wrapped']).default('item'),
  /** Whether a profile update must carry the whole profile (4.5). */
  patch_agent: z.enum(['full', 'partial']).default('full'),
  /** The answer to a registration (15 #21); read from the defaults, since the agent is only being made. */
  registration_shape: z.enum(['data_agent', 'data_id', 'bare_agent']).default('data_agent'),
  /** The answer to `auth/authenticate` (2.3). */
  authenticate_shape: z.enum(['token', 'session_token']).default('token'),
  /** The argument names and types of the tools (7.5). */
  tool_schema: z.enum(['documented', 'string_output', 'object_output', 'renamed']).default('documented'),
  /** Which tools there are (7.5). */
  tools: z.array(z.enum(toolNames)).default([...toolNames]),
  /** How a tool says no (7.5). */
  tool_error: z.enum(['is_error', 'rpc_error']).default('is_error'),
  /** Which member of a result body is taken (15 #1). */
  result_field: z.enum(['any', 'output', 'result', 'task_output']).default('any'),
  /** From where a hirer may retry (21 #12). */
  retry_from: z.enum(['failed', 'failed_and_cancelled']).default('failed_and_cancelled'),
  /** Whether `X-Idempotency-Key` is honoured (13.3). */
  idempotency: z.enum(['on', 'ignored']).default('on'),
  /** What the key of a request that ended in a recorded 5xx does: answer it again, or run once more (21 #8). */
  idempotency_after_5xx: z.enum(['replay', 'run']).default('replay'),
  /** The header forms an agent is taken in (2.2); others are as good as absent. */
  agent_auth_forms: z
    .array(z.enum(['x-api-key', 'api-key', 'authorization-apikey', 'authorization-bearer']))
    .default(['x-api-key', 'api-key', 'authorization-apikey', 'authorization-bearer']),
  /** Requests in 60 s (13.1). */
  rate_limit_per_minute: z.number().int().positive().default(100),
  /** Whether MCP messages count against it. */
  rate_limit_mcp: z.boolean().default(false),
  /** How webhooks are signed (8.2); `standard` is the form of Standard Webhooks, `secret` the older header. */
  webhook_sign: z.enum(['base64', 'hex', 'sha256', 'secret', 'standard', 'none']).default('base64'),
  /** What they are signed with. */
  webhook_secret: z.string().min(1).default('sandbox-webhook-secret'),
  /** How often one delivery is tried (8.1). */
  webhook_attempts: z.number().int().positive().default(5),
  /** Shortens or stretches the waits between tries: 1 s, doubled each time, 30 s at most. */
  webhook_retry_factor: z.number().min(0).default(1),
  /** Whether each webhook comes once or twice. */
  webhook_dup: z.enum(['off', 'twice']).default('off'),
  /** Each waits for up to so many milliseconds, so that they overtake each other. */
  webhook_reorder_ms: z.number().min(0).default(0),
  /** What goes wrong with the first try of each delivery; a `timestamp` of ten minutes from now is `clock_skew`. */
  webhook_fault: z.enum(['none', 'cut_body', 'lost_answer', 'slow_body', 'clock_skew']).default('none'),
  /** Whether `HEAD` on the callback URL carries the callback header (6.3). */
  head_probe_sends_auth: z.boolean().default(false),
  /** `auth/authenticate` requests in 60 s for each address, then a lockout of 5 minutes (2.3); from the defaults. */
  authenticate_per_minute: z.number().int().positive().default(10),
});

export type Switches = z.output<typeof switchesSchema>;
/** Some switches, each with its new value. */
export type SwitchChange = { [Name in keyof Switches]?: Switches[Name] | undefined };

/** A change has no built-in defaults: it must not reset what it does not name. */
export const switchChangeSchema: z.ZodType<SwitchChange> = z.strictObject(
  Object.fromEntries(
    Object.entries(switchesSchema.shape).map(([name, schema]) => [name, schema.unwrap().optional()]),
  ),
);

export class SwitchBoard {
  #defaults: Switches;
  readonly #ofAgents = new Map<string, Partial<Switches>>();

  constructor(defaults: SwitchChange) {
    this.#defaults = switchesSchema.parse(defaults);
  }

  /** What holds for an agent, or for requests without one. */
  of(agentId?: string): Switches {
    const own = agentId === undefined ? undefined : this.#ofAgents.get(agentId);
    return own === undefined ? this.#defaults : { ...this.#defaults, ...own };
  }

  /** Changes some switches of an agent, or of the defaults without one; names and values that are none give a 422. */
  set(agentId: string | undefined, change: unknown): Outcome<Switches> {
    const parsed = parseWith(switchChangeSchema, change);
    if (!parsed.ok) return parsed;
    const named = Object.fromEntries(Object.entries(parsed.value).filter(([, value]) => value !== undefined));
    if (agentId === undefined) this.#defaults = switchesSchema.parse({ ...this.#defaults, ...named });
    else this.#ofAgents.set(agentId, { ...this.#ofAgents.get(agentId), ...named });
    return accepted(this.of(agentId));
  }

  /** Takes an agent back to the defaults. */
  reset(agentId: string): Switches {
    this.#ofAgents.delete(agentId);
    return this.of(agentId);
  }
}
