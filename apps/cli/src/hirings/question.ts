import { inQuotes, isShownWhole, type CommandQuestion } from '@agrenting-hiclaw/core/domain';
import { block, styled } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What the guard of a worker asks: its whole text, but for one that is too long to be said yes to. */
export function questionAsShown(terminal: Terminal, question: CommandQuestion): string {
  const { eventId, text, characters } = question;
  const words = isShownWhole(question)
    ? block(terminal, text)
    : `  ${characters} characters, too many to be shown: read them in the room, or with --json`;
  return `${styled(terminal, 'bold', `The worker asks (question ${inQuotes(eventId)})`)}\n${words}`;
}
