import { statusNameOf } from './status-line.ts';

const MAX_CHARACTERS = 2_000;
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const COMMENT = /<!--|-->/g;
const TAG = /<(\/?)([\p{L}_-]{1,40})(?:\s[^<>]{0,400})?\/?>/gu;
const CHECK_BOX = /\[[ xX]\]/g;

/**
 * The beginning of a line without what only dresses it up: invisible characters, fullwidth letters, tags, comments and check
 * boxes. A tag whose name is that of a status stays as this name.
 */
export function plainLine(line: string): string {
  return line
    .slice(0, MAX_CHARACTERS)
    .normalize('NFKC')
    .replaceAll(UNSEEN, '')
    .replaceAll(COMMENT, ' ')
    .replaceAll(TAG, (_, end: string, name: string) => (end === '' && statusNameOf(name) ? `${name}: ` : ' '))
    .replaceAll(CHECK_BOX, ' ')
    .replaceAll(/[’‘ʼ]/g, "'");
}
