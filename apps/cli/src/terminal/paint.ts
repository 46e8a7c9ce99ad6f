import { randomUUID } from 'node:crypto';
import { styleText } from 'node:util';
import { sanitize } from '@agrenting-hiclaw/core/sanitize';

const STYLES = ['bold', 'cyan', 'dim', 'green', 'red', 'yellow'] as const;
export type Style = (typeof STYLES)[number];

/** Tells our colours from those in a text that somebody else wrote before this process began. */
const SEAL = randomUUID();
// bounded: nobody else knows the seal, and what we open we close
const SEALED = new RegExp(`<${SEAL} (${STYLES.join('|')})>(.*?)</${SEAL}>`, 'gs');

/** Marks text to be coloured by `printable`. */
export function painted(style: Style, text: string): string {
  return `<${SEAL} ${style}>${text}</${SEAL}>`;
}

/** Text as a terminal may get it: cleaned first, then with the colours that `painted` marked. */
export function printable(text: string): string {
  return sanitize(text).replace(SEALED, (_, name: string, inside: string) => {
    const style = STYLES.find((known) => known === name);
    return style === undefined ? inside : styleText(style, inside, { validateStream: false });
  });
}
