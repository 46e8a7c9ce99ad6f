import { HICLAW_PROFILES, type HiclawProfile } from '@agrenting-hiclaw/core/domain';
import { PROFILES, type ControllerCommand } from '../profiles.ts';

export interface ProfileSources {
  /** What stands at the top of a bucket, as the storage's owner sees it; undefined when it cannot be listed. */
  readonly list?: ((alias: string, bucket: string) => Promise<readonly string[] | undefined>) | undefined;
  /** How the controller is reached, where it is: by its command, which differs between generations, or by its REST. */
  readonly controller?: ControllerCommand | 'rest' | undefined;
}

export type DetectedProfile =
  | { readonly kind: 'detected'; readonly profile: HiclawProfile; readonly by: string }
  | { readonly kind: 'unknown'; readonly problem: string };

/** Where there is no controller, the Manager keeps its files to itself (HiClaw reference, 5). */
const MANAGERS_FOLDER = 'manager/';
const NEWEST_FIRST = HICLAW_PROFILES.toReversed();

/** Finds out which HiClaw this is, from how its bucket is called and what lies in it (HiClaw reference, 0.2 and 5). */
export async function detectProfile({ list, controller }: ProfileSources): Promise<DetectedProfile> {
  for (const bucket of new Set(NEWEST_FIRST.map((name) => PROFILES[name].bucket))) {
    const sharing = NEWEST_FIRST.filter((name) => PROFILES[name].bucket === bucket);
    const [newest] = sharing;
    if (newest === undefined) continue;
    const names = await list?.(PROFILES[newest].storageAlias, bucket);
    // A bucket that an upgrade left behind has no agents.
    if (names?.includes('agents/') !== true) continue;
    if (sharing.length === 1) return { kind: 'detected', profile: newest, by: `there is a bucket ${bucket}` };
    const by = `bucket ${bucket} ${names.includes(MANAGERS_FOLDER) ? 'has' : 'has no'} ${MANAGERS_FOLDER}`;
    const hasController = names.includes(MANAGERS_FOLDER) || controller !== undefined;
    const profile = sharing.find((name) => PROFILES[name].controller === hasController) ?? newest;
    return { kind: 'detected', profile, by };
  }
  const profile = NEWEST_FIRST.find((name) => PROFILES[name].controllerCommand === controller);
  if (controller !== undefined && profile !== undefined) {
    return { kind: 'detected', profile, by: `the controller's command is called ${controller}` };
  }
  return {
    kind: 'unknown',
    problem: list === undefined ? 'it cannot be detected without --mc' : 'no bucket of a HiClaw was found',
  };
}
