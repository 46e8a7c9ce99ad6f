/** A character as addresses, JSON, programs, HTML and Markdown may spell it. */
const ESCAPE =
  /%([\da-f]{2})|\\(?:x\{0{0,6}|x|u0{6}|u00|u\{0{0,6})([\da-f]{2})\}?|\\(?:o\{)?0?([01]?[0-7]{2})\}?|&#(?:x([\da-f]{1,6})|(\d{1,7}));?|\\([^A-Za-z\d\s])/gi;

/** Text with such spellings read; the text itself when there is none. Readings of readings are not read. */
export function unescaped(text: string): string {
  if (!text.includes('%') && !text.includes('\\') && !text.includes('&#')) return text;
  return text.replace(
    ESCAPE,
    (
      _,
      percent?: string,
      hex?: string,
      octal?: string,
      entity?: string,
      decimal?: string,
      escaped?: string,
    ) => {
      if (escaped !== undefined) return escaped;
      const hexadecimal = Number.parseInt(percent ?? hex ?? entity ?? '', 16);
      const code =
        octal === undefined
          ? decimal === undefined
            ? hexadecimal
            : Number(decimal)
          : Number.parseInt(octal, 8);
      return code > 0 && code < 0x80 ? String.fromCharCode(code) : '\x80';
    },
  );
}
