import { z } from 'zod';
import type { RunningHomeserver } from './homeserver/homeserver.ts';
import type { Manager } from './manager/manager.ts';
import type { RunningStorage } from './storage/storage.ts';

/** What can be turned while the sandbox runs; what is absent stays as it is. */
export const switchesSchema = z.strictObject({
  homeserver: z
    .strictObject({
      /** Registration is refused with M_EXCLUSIVE, as with an AppService (HiClaw reference, 3.2). */
      registrationExclusive: z.boolean().optional(),
      reloginRevokesOtherDevices: z.boolean().optional(),
    })
    .optional(),
  storage: z
    .strictObject({
      clockAheadMs: z.int().optional(),
      /** The Host that a gateway puts in place of the signed one: SignatureDoesNotMatch for everybody. */
      rewrittenHost: z.string().nullable().optional(),
      /** Objects under the prefix appear to others than their writer one by one. */
      tornWrites: z.strictObject({ prefix: z.string(), stepMs: z.int().positive() }).nullable().optional(),
    })
    .optional(),
  manager: z
    .strictObject({
      scripts: z.enum(['1.0', '1.2']).optional(),
      containerApiUnavailable: z.boolean().optional(),
    })
    .optional(),
});
export type Switches = z.input<typeof switchesSchema>;

interface Parts {
  readonly homeserver: RunningHomeserver;
  readonly storage: RunningStorage;
  readonly manager: Manager;
}

export const readSwitches = ({ homeserver, storage, manager }: Parts): Switches => ({
  homeserver: {
    registrationExclusive: homeserver.registration.exclusive,
    reloginRevokesOtherDevices: homeserver.accounts.reloginRevokesOtherDevices,
  },
  storage: {
    clockAheadMs: storage.switches.clockAheadMs,
    rewrittenHost: storage.switches.rewrittenHost ?? null,
    tornWrites: storage.bucket.tornWrites ?? null,
  },
  manager: { ...manager.switches },
});

/** Throws a ZodError for what is no switch. */
export const turnSwitches = (parts: Parts, input: Switches): Switches => {
  const { homeserver, storage, manager } = parts;
  const turned = switchesSchema.parse(input);
  homeserver.registration.exclusive =
    turned.homeserver?.registrationExclusive ?? homeserver.registration.exclusive;
  homeserver.accounts.reloginRevokesOtherDevices =
    turned.homeserver?.reloginRevokesOtherDevices ?? homeserver.accounts.reloginRevokesOtherDevices;
  storage.switches.clockAheadMs = turned.storage?.clockAheadMs ?? storage.switches.clockAheadMs;
  const { rewrittenHost, tornWrites } = turned.storage ?? {};
  if (rewrittenHost !== undefined) storage.switches.rewrittenHost = rewrittenHost ?? undefined;
  if (tornWrites !== undefined) storage.bucket.tornWrites = tornWrites ?? undefined;
  manager.switches.scripts = turned.manager?.scripts ?? manager.switches.scripts;
  manager.switches.containerApiUnavailable =
    turned.manager?.containerApiUnavailable ?? manager.switches.containerApiUnavailable;
  return readSwitches(parts);
};
