import { HICLAW_PROFILES, type HiclawProfile } from '@agrenting-hiclaw/core/domain';
import type { ConfigFile } from '@agrenting-hiclaw/operations';
import { CommandError, EXIT } from '../terminal/command-error.ts';

/** The profile that the configuration names; undefined when it names none. */
export function draftProfile(draft: ConfigFile): HiclawProfile | undefined {
  const text = draft.text('hiclaw', 'profile');
  if (text === undefined) return undefined;
  // YAML reads 1.0 as a number.
  const written = text === '1' ? '1.0' : text;
  const known = HICLAW_PROFILES.find((profile) => profile === written);
  if (known !== undefined) return known;
  throw new CommandError(EXIT.usage, `hiclaw.profile ${text} must be one of: ${HICLAW_PROFILES.join(', ')}`);
}
