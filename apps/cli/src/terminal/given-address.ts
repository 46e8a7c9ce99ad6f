import type { ParsedAddress } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from './command-error.ts';

/**
 * An address that an option gives, in its one spelling, or an error that says what is wrong with it. The address itself is not
 * shown: it may hold a password.
 */
export function givenAddress(option: string, text: string, parse: (text: string) => ParsedAddress): string {
  const parsed = parse(text);
  if (parsed.kind === 'address') return parsed.address;
  throw new CommandError(EXIT.usage, `${option} ${parsed.problem}`, `Correct ${option}.`);
}
