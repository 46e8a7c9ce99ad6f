import { z } from 'zod';

/** Faults that strike a request, by the same words on every server of the sandbox. What is said of an answer holds for each channel it comes on. */
export const requestKinds = [
  /** 5xx and nothing happened. */
  'error_before_apply',
  /** It happened, and the answer says 5xx. */
  'error_after_apply',
  /** 5xx from the application itself: nothing happened, and an idempotency key remembers it. */
  'error_recorded',
  /** The connection is reset without an answer, and nothing happened. */
  'connection_lost_before_apply',
  /** It happened, and the connection breaks without an answer. */
  'connection_lost_after_apply',
  /** It happened, and the connection breaks in the middle of the answer. */
  'connection_lost_in_answer',
  /** Nothing happens and nothing is said for `seconds`, then the connection ends. */
  'silence_before_apply',
  /** It happened, nothing is said for `seconds`, then the connection ends. */
  'silence_after_apply',
  /** 429 with `retry-after`. */
  'rate_limit',
  /** The application takes `seconds` before it acts. */
  'delay',
  /** It happened, and only the first half of the answer's text comes, as a whole answer. */
  'truncated_json',
  /** It happened, and the answer is 200 with a page of HTML. */
  'html_answer',
  /** It happened, and the answer is 200 with nothing. */
  'empty_answer',
  /** It happened, and the answer is followed by `bytes` spaces. */
  'large_answer',
  /** It happened, and the answer calls itself `application/octet-stream`. */
  'wrong_content_type',
  /** Nothing happened, and a page of HTML comes with `status`: a login page, a captive portal, a gateway's own words. */
  'page_before_apply',
  /** Nothing happened, and the answer is `status` with nothing. */
  'empty_before_apply',
  /** Nothing happened, and the answer is `status` with JSON of another API. */
  'json_before_apply',
  /** Nothing happened, and the answer leads to a login page of another origin. */
  'redirect_before_apply',
  /** Nothing happened: there is no such route, said by `status` with its code. A tool call receives an error of an unknown tool. */
  'route_missing',
  /** One hiring is shown as it was before its last change of status. */
  'stale_read',
  /** The pending list has malformed items beside the others. */
  'malformed_items',
] as const;

export type RequestFaultKind = (typeof requestKinds)[number];

/** How often a fault strikes, and for how long; each time one is left over it goes down by one. */
export const sharedFaultFields = {
  times: z.number().int().positive().default(1),
  /** For a wish for patience, delays, silences, late and reordered frames. */
  seconds: z.number().min(0).default(1),
};
