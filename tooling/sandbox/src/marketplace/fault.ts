import { z } from 'zod';
import { requestKinds, sharedFaultFields } from '../fault-kinds.ts';

/** What a request asks for; faults and the request log go by these names. */
export const operations = [
  'agent_register',
  'agent_read',
  'agent_list',
  'agent_update',
  'authenticate',
  'logout',
  'rotate_key',
  'hire',
  'hiring_read',
  'hiring_list',
  'pending',
  'cancel',
  'retry',
  'result',
  'failure',
  'message',
  'chunk',
  'artifacts',
  'artifact_list',
  'artifact_read',
  'balance',
  'transactions',
  'mcp_open',
  'mcp_message',
  'health',
  'unknown_route',
] as const;

export type Operation = (typeof operations)[number];

/** What an agent's event stream carries: its URL, answers, `notifications/resources/updated`, the server's own pings. */
export const frames = ['endpoint', 'answer', 'update', 'probe'] as const;

export type Frame = (typeof frames)[number];

/** Faults that strike one frame of an event stream. */
const frameKinds = [
  /** It is not sent. */
  'frame_missed',
  /** It is sent twice. */
  'frame_twice',
  /** It is sent after `seconds`; what comes later overtakes it. */
  'frame_late',
  /** It is sent behind the next frame, or after `seconds` if there is none. */
  'frame_reordered',
  /** Its first half is sent, then the stream breaks. */
  'frame_cut',
  /** It comes in several chunks, cut inside every character that has more than one byte. */
  'frame_split',
  /** A `data:` line that is no JSON comes before it. */
  'frame_garbage',
] as const;

export const faultKinds = [...requestKinds, ...frameKinds] as const;

export type FaultKind = (typeof faultKinds)[number];

const serverErrors = [503, 500, 502, 504] as const;

/** The statuses that make sense for a kind, its default first; for the others the status means nothing. */
const statusesByKind: Partial<Record<FaultKind, readonly [number, ...number[]]>> = {
  page_before_apply: [200, 400, 403, 404, 500, 502, 503, 504],
  empty_before_apply: [204, 200, 202],
  json_before_apply: [200, 201, 404],
  redirect_before_apply: [302, 301, 303, 307, 308],
  route_missing: [404, 405, 410, 501],
};

export function statusesOf(kind: FaultKind): readonly [number, ...number[]] {
  return statusesByKind[kind] ?? serverErrors;
}

/** What strikes, how often, and whom. */
const faultFields = z.strictObject({
  kind: z.enum(faultKinds),
  agentId: z.string().optional(),
  /**
   * Any request without it. Over MCP a tool call counts as its own operation (`result`, `failure`, `message`, `chunk`)
   * and so does reading a resource (`pending`, `hiring_read`); every other message is `mcp_message`. For frames it
   * names the request that is answered.
   */
  operation: z.enum(operations).optional(),
  via: z.enum(['rest', 'mcp']).optional(),
  /** Which frames; any without it. */
  frame: z.enum(frames).optional(),
  ...sharedFaultFields,
  /** HTTP status of the answer, one that makes sense for the kind; for errors any 5xx. */
  status: z.number().int().min(200).max(599).optional(),
  /** For `large_answer`. */
  bytes: z
    .number()
    .int()
    .min(0)
    .max(128 * 1024 * 1024)
    .default(100_000),
});

export const faultSchema = faultFields
  .refine(({ kind, status }) => status === undefined || suitsStatus(kind, status), {
    path: ['status'],
    message: 'makes no sense for this kind',
  })
  .transform((fault) => ({ ...fault, status: fault.status ?? statusesOf(fault.kind)[0] }));

function suitsStatus(kind: FaultKind, status: number): boolean {
  const known = statusesByKind[kind];
  return known === undefined ? status >= 500 : known.includes(status);
}

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { id: string };

/** Something that a fault may strike: a request, or a frame on its way to an agent. */
export type Opportunity =
  | {
      on: 'request';
      /** Whether an agent asks, not a user or nobody. */
      byAgent: boolean;
      agentId: string | undefined;
      operation: Operation;
      via: 'rest' | 'mcp';
    }
  | { on: 'frame'; agentId: string; operation: Operation | undefined; via: 'mcp'; frame: Frame };

/** Kinds that make sense where an event stream is asked for instead of an answer. */
const openingKinds = new Set<FaultKind>([
  'error_before_apply',
  'error_recorded',
  'connection_lost_before_apply',
  'connection_lost_after_apply',
  'silence_before_apply',
  'rate_limit',
  'delay',
  'html_answer',
  'empty_answer',
  'wrong_content_type',
  'page_before_apply',
  'empty_before_apply',
  'json_before_apply',
  'redirect_before_apply',
  'route_missing',
]);
const kindsOnFrames = new Set<FaultKind>(frameKinds);

export function strikesFrames(kind: FaultKind): boolean {
  return kindsOnFrames.has(kind);
}

export function canStrike(kind: FaultKind, opportunity: Opportunity): boolean {
  if (opportunity.on === 'frame') return strikesFrames(kind);
  return !strikesFrames(kind) && suits(kind, opportunity.operation);
}

/** Whether a kind makes sense for an operation. */
export function suits(kind: FaultKind, operation: Operation): boolean {
  if (kind === 'stale_read') return operation === 'hiring_read';
  if (kind === 'malformed_items') return operation === 'pending';
  return operation !== 'mcp_open' || openingKinds.has(kind);
}
