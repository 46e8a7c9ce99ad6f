import {
  agentIdSchema,
  ALERT_KINDS,
  hiringIdSchema,
  type Alert,
  type AlertCounts,
  type OfflineReason,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';

/** A field that the domain has and a schema lacks would be lost without a sound: this makes it a compile error. */
type Shape<T> = { readonly [Key in keyof T]-?: z.core.$ZodType<T[Key]> };

const kindSchema = z.enum(ALERT_KINDS);

const alertSchema = z.object({
  key: z.string(),
  kind: kindSchema,
  text: z.string(),
  atMs: z.number(),
  hiringId: hiringIdSchema.optional(),
  agentId: agentIdSchema.optional(),
  attempt: z.number().optional(),
  amount: z.object({ price: z.string(), payoutForecast: z.string() }).optional(),
} satisfies Shape<Alert>);

const countsSchema = z.partialRecord(kindSchema, z.number()) satisfies z.ZodType<AlertCounts>;

export const offlineReasonSchema = z.enum(['refused', 'silent', 'unread']) satisfies z.ZodType<OfflineReason>;

/** Parses what `alertToText` wrote. */
export function alertFromText(text: string): Alert {
  return alertSchema.parse(JSON.parse(text));
}

/** What is kept of an alert is what the schema names. */
export function alertToText(alert: Alert): string {
  return JSON.stringify(alertSchema.parse(alert));
}

export function countsFromText(text: string): AlertCounts {
  return countsSchema.parse(JSON.parse(text));
}
