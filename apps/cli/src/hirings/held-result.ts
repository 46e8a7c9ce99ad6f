import { deliveredNamesOf, type CheckedResult } from '@agrenting-hiclaw/core/domain';
import { styled } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The result that waits for its owner, with so much of its text: what a yes would settle. */
export function heldAsShown(
  terminal: Terminal,
  { text, notes, files }: CheckedResult,
  maxCharacters: number,
): string {
  const left = text.length - maxCharacters;
  const names = deliveredNamesOf(files);
  return [
    styled(terminal, 'bold', 'The result that is held'),
    ...text.slice(0, maxCharacters).trim().split('\n'),
    ...(left > 0 ? [`… and ${left} more characters, with \`hirings show --json\``] : []),
    ...notes.map((note) => `note: ${note}`),
    ...files.map(
      ({ name, sizeBytes, sha256 }) =>
        `file: ${names.get(name) ?? ''}, ${sizeBytes} bytes, SHA-256 ${sha256.slice(0, 16)}…`,
    ),
  ].join('\n  ');
}
