import { PROFILES, type ProfileName } from '@agrenting-hiclaw/hiclaw';
import type { ConfigFile } from '@agrenting-hiclaw/operations';
import { CommandError, EXIT } from '../terminal/command-error.ts';

/** The profile that the configuration names; undefined when it names none. */
export function draftProfile(draft: ConfigFile): ProfileName | undefined {
  const text = draft.text('hiclaw', 'profile');
  if (text === undefined) return undefined;
  // YAML reads 1.0 as a number.
  const written = text === '1' ? '1.0' : text;
  if (isProfile(written)) return written;
  throw new CommandError(
    EXIT.usage,
    `hiclaw.profile ${text} must be one of: ${Object.keys(PROFILES).join(', ')}`,
  );
}

function isProfile(text: string): text is ProfileName {
  return Object.hasOwn(PROFILES, text);
}
