import { CommandError, EXIT } from './command-error.ts';

const MAX_SECONDS = 3_600;

/** An option that says for how many seconds, in milliseconds. */
export function secondsOf(option: string, text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= MAX_SECONDS) return seconds * 1_000;
  throw new CommandError(
    EXIT.usage,
    `${option} must be a number of seconds from 1 to ${MAX_SECONDS}`,
    `Use ${option} 60, or omit it.`,
  );
}
