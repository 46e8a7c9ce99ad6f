/** A character as addresses, JSON, programs, HTML and Markdown may spell it. */
const ESCAPE =
  /%([\da-f]{2})|\\(?:x|u00|u\{)([\da-f]{2})\}?|&#(?:x([\da-f]{1,6})|(\d{1,7}));?|\\([^A-Za-z\d\s])/gi;

/** Text with such spellings read; the text itself when there is none. Readings of readings are not read. */
export function unescaped(text: string): string {
  if (!text.includes('%') && !text.includes('\\') && !text.includes('&#')) return text;
  return text.replace(
    ESCAPE,
    (_, percent?: string, hex?: string, entity?: string, decimal?: string, escaped?: string) => {
      if (escaped !== undefined) return escaped;
      const code =
        decimal === undefined ? Number.parseInt(percent ?? hex ?? entity ?? '', 16) : Number(decimal);
      return code > 0 && code < 0x80 ? String.fromCharCode(code) : '\x80';
    },
  );
}
