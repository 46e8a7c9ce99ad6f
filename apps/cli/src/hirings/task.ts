import type { GivenTask } from '@agrenting-hiclaw/operations';
import { block, styled } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What the worker is given of its hirer, with so much of each text; whole without a limit. */
export function taskAsShown(
  terminal: Terminal,
  { description, clientMessage, repoUrl, parameters, deliveryMode }: GivenTask,
  maxCharacters = Infinity,
): string {
  const texts = [
    ['The task', description],
    ["The hirer's message", clientMessage],
    ['The repository', repoUrl],
    ['Further parameters', parameters],
  ] as const;
  return [
    ...texts.flatMap(([heading, text = '']) => {
      if (text === '') return [];
      const left = text.length - maxCharacters;
      const words = `${styled(terminal, 'bold', heading)}\n${block(terminal, text.slice(0, maxCharacters))}`;
      return [left > 0 ? `${words}\n… and ${left} more characters, with \`hirings show --json\`` : words];
    }),
    `Delivery: ${deliveryMode}`,
  ].join('\n\n');
}
