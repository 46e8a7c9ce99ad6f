/** A tag, a comment or an instruction of HTML. */
const TAG = /<[!/?a-z][^<>]{0,1000}>/gi;

/** Text without the tags that a browser does not show; the text itself when there is none. */
export function withoutTags(text: string): string {
  return text.includes('<') ? text.replaceAll(TAG, '') : text;
}
