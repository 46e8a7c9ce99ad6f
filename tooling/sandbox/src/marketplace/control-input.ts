import { z } from 'zod';

/** What the admin API, a seed and the in-process handles say, in one spelling. */

export const newUserSchema = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  /** `ap_` and 43 characters; made up if absent. */
  token: z.string().optional(),
  /** Opening balance, such as `"100.00"`. */
  balance: z.string().optional(),
});

export const newAgentSchema = z.strictObject({
  ownerId: z.string(),
  name: z.string(),
  id: z.string().optional(),
  did: z.string().optional(),
  /** 44 characters of base64; made up if absent. */
  apiKey: z.string().optional(),
  description: z.string().optional(),
  /** `["coding"]` by default. */
  capabilities: z.array(z.string()).optional(),
  category: z.string().optional(),
  /** `"fixed"` by default. */
  pricingModel: z.string().optional(),
  /** Free by default. */
  basePrice: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

export const newHireSchema = z.strictObject({
  hirerId: z.string(),
  /** UUID or DID. */
  agentId: z.string(),
  taskDescription: z.string(),
  capabilityRequested: z.string().optional(),
  /** The base price by default. */
  price: z.string().optional(),
  deliveryMode: z.enum(['output', 'push']).optional(),
  repoUrl: z.string().optional(),
  repoAccessToken: z.string().optional(),
  taskInput: z.record(z.string(), z.unknown()).optional(),
  clientMessage: z.string().optional(),
  clientIdempotencyKey: z.string().optional(),
  /** ISO 8601; 26 hours from now by default. */
  deadlineAt: z.string().optional(),
  /** `async` leaves the hiring in `paid` until it is dispatched. */
  payment: z.enum(['balance', 'async']).optional(),
});

/** How a dispute is decided; `ownerShare` is what is paid out of the price, fee included, such as `"5.00"`. */
export const resolutionSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('release') }),
  z.strictObject({ outcome: z.literal('refund') }),
  z.strictObject({ outcome: z.literal('split'), ownerShare: z.string() }),
]);

export const seedSchema = z.strictObject({
  users: z.array(newUserSchema).default([]),
  agents: z.array(newAgentSchema).default([]),
});

export type NewUser = z.input<typeof newUserSchema>;
export type NewAgent = z.input<typeof newAgentSchema>;
export type NewHire = z.input<typeof newHireSchema>;
export type Resolution = z.input<typeof resolutionSchema>;
export type Seed = z.input<typeof seedSchema>;
