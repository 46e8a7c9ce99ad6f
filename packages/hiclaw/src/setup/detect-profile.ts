import { PROFILES, type ProfileName } from '../profiles.ts';

export interface ProfileSources {
  /** What stands at the top of a bucket, as the storage's owner sees it; undefined when it cannot be listed. */
  readonly list?: ((alias: string, bucket: string) => Promise<readonly string[] | undefined>) | undefined;
  /** How the controller is reached, where it is: by the command of 1.2, by that of 1.1, or by its REST. */
  readonly controller?: 'agt' | 'hiclaw' | 'rest' | undefined;
}

export type DetectedProfile =
  | { readonly kind: 'detected'; readonly profile: ProfileName; readonly by: string }
  | { readonly kind: 'unknown'; readonly problem: string };

/** Up to 1.0 the Manager kept its files to itself (HiClaw reference, 5). */
const MANAGERS_FOLDER = 'manager/';

/** Finds out which HiClaw this is, from how its bucket is called and what lies in it (HiClaw reference, 0.2 and 5). */
export async function detectProfile({ list, controller }: ProfileSources): Promise<DetectedProfile> {
  for (const newest of ['1.2', '1.1'] as const) {
    const { bucket, storageAlias } = PROFILES[newest];
    const names = await list?.(storageAlias, bucket);
    // A bucket that an upgrade left behind has no agents.
    if (names?.includes('agents/') !== true) continue;
    if (newest === '1.2') return { kind: 'detected', profile: '1.2', by: `there is a bucket ${bucket}` };
    const by = `bucket ${bucket} ${names.includes(MANAGERS_FOLDER) ? 'has' : 'has no'} ${MANAGERS_FOLDER}`;
    const later = names.includes(MANAGERS_FOLDER) || controller !== undefined;
    return { kind: 'detected', profile: later ? '1.1' : '1.0', by };
  }
  if (controller === 'agt' || controller === 'hiclaw') {
    const profile = controller === 'agt' ? '1.2' : '1.1';
    return { kind: 'detected', profile, by: `the controller's command is called ${controller}` };
  }
  return {
    kind: 'unknown',
    problem: list === undefined ? 'it cannot be detected without --mc' : 'no bucket of a HiClaw was found',
  };
}
