import type { IncomingHttpHeaders } from 'node:http';
import { parseWebhookForm, type OtherDelivery, type ParsedHiring } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';

/** What was posted: a hiring, or something that nobody is to work on. */
export type Delivery =
  | { readonly kind: 'hiring'; readonly parsed: ParsedHiring }
  | { readonly kind: 'test'; readonly parsed: OtherDelivery }
  | { readonly kind: 'event'; readonly parsed: OtherDelivery };

const named = z.object({ hiring_id: z.union([z.string(), z.number()]) });
const event = z.object({ event: z.unknown(), event_type: z.unknown(), type: z.unknown() }).partial();
/** A name that may stand in a log. */
const eventName = z.string().regex(/^[\w.:-]{1,60}$/);

/**
 * Tells by its shape what a document is (Agrenting API reference, 8.1). Whatever names a hiring is one, however little
 * else it says; a name that is no UUID is the adapter page's own trial (H). All else is an event of some other kind.
 */
export function classify(document: unknown, headers: IncomingHttpHeaders): Delivery {
  const parsed = parseWebhookForm(document);
  if (parsed.kind === 'hiring') return { kind: 'hiring', parsed };
  if (named.safeParse(document).success) {
    return { kind: 'test', parsed: { kind: 'other', what: 'a test delivery' } };
  }
  return { kind: 'event', parsed: { kind: 'other', what: `event ${nameOf(document, headers)}` } };
}

function nameOf(document: unknown, headers: IncomingHttpHeaders): string {
  const fields = event.safeParse(document).data ?? {};
  const candidates = [headers['x-webhook-event'], fields.event, fields.event_type, fields.type];
  return (
    candidates.map((name) => eventName.safeParse(name).data).find((name) => name !== undefined) ??
    'without a name'
  );
}
