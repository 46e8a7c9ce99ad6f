/**
 * A colour that `styled` made, or a character that a terminal would obey, or that hides or reorders what is read: control
 * characters but for tab and line feed, separators of lines, and format characters but for the joiners that letters and
 * pictures need.
 */
const OBEYED =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /\x1b\[[0-9;]{0,20}m|[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\t\n\u200c\u200d]]/gv;

/**
 * Text as it may be written to a terminal: words of hirers and workers stand in it, and must not move the cursor, set
 * the clipboard or hide a line. What a terminal would obey is shown by its code, such as `<U+001B>`.
 */
export function harmless(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(OBEYED, (found) => {
    if (found.startsWith('\u001B[')) return found;
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `<U+${code}>`;
  });
}
