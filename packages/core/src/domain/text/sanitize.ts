/**
 * What a terminal would obey, or what hides or reorders what is read: control characters but for tab and line feed (so
 * colours, too), separators of lines, format characters and letters that are not seen, but for the joiners that
 * letters and pictures need and what chooses between a picture and a letter.
 */
const OBEYED =
  /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\ufe0e-\ufe0f\p{Join_Control}\t\n]]/gv;

/** The same in JSON, whose own control characters are escaped already. */
const OBEYED_IN_JSON = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text as it may be written to a terminal: words of hirers and workers stand in it, and must not move the cursor, set the
 * clipboard, change colours or hide a line. What a terminal would obey is shown by its code, such as `<U+001B>`. Colours of
 * our own are added afterwards.
 */
export function sanitize(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(
      OBEYED,
      (found) => `<U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
    );
}

/** A JSON document in characters that no terminal obeys. It says the same. */
export function sanitizeJson(json: string): string {
  return json.replace(OBEYED_IN_JSON, (found) =>
    found === '\n'
      ? found
      : [...Array(found.length).keys()]
          .map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}
