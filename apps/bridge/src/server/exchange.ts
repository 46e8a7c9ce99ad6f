import type { BodyRead } from '@agrenting-hiclaw/runtime';

/** What a route needs of a request besides what hono gives it. */
export interface Exchange {
  /** Address of the sender. */
  readonly client: string;
  /** Reads the body of somebody who has shown a right token, within the bounds of such bodies. */
  readBody(): Promise<BodyRead>;
}
