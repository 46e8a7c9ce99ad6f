/** What a terminal takes for a colour, a title or a link, and does not show. */
const SEQUENCE =
  // eslint-disable-next-line no-control-regex -- they begin and end with control characters
  /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]|\u001b\][^\u0007\u001b]{0,1000}(?:\u0007|\u001b\\)/g;

/** Text without the control sequences of terminals; the text itself when there is none. */
export function withoutControlSequences(text: string): string {
  return text.includes('\u001b') || text.includes('\u009b') ? text.replaceAll(SEQUENCE, '') : text;
}
