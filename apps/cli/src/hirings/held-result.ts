import { deliveredNamesOf, inQuotes, type CheckedResult } from '@agrenting-hiclaw/core/domain';
import { block, styled } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The held result for its owner: what a yes would settle, with so much of its text; whole without a limit. */
export function heldAsShown(
  terminal: Terminal,
  { text, summary, notes, files }: CheckedResult,
  maxCharacters = Infinity,
): string {
  const left = text.length - maxCharacters;
  const names = deliveredNamesOf(files);
  return [
    styled(terminal, 'bold', 'The result that is held'),
    block(terminal, text.slice(0, maxCharacters).trim()).trimStart(),
    ...(left > 0 ? [`… and ${left} more characters, with \`hirings show --json\``] : []),
    // Hirers read it apart from the text.
    ...(summary === '' ? [] : ['Its summary:', block(terminal, summary).trimStart()]),
    ...notes.map((note) => `note: ${inQuotes(note)}`),
    ...files.map(
      ({ name, sizeBytes, sha256 }) =>
        `file: ${inQuotes(names.get(name) ?? '')}, ${sizeBytes} bytes, SHA-256 ${sha256.slice(0, 16)}…`,
    ),
  ].join('\n  ');
}
