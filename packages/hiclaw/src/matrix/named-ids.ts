/** As much of the HTML is looked through, so many links in it, and so many lines get an id. */
const MAX_HTML_CHARACTERS = 65_536;
const MAX_LINKS = 10;
const MAX_LINES = 100;

const LINK =
  /<a\s{1,9}href=["']https:\/\/matrix\.to\/#\/((?:@|%40)[^"'<>\s]{1,400})["'][^<>]{0,200}>([^<>]{1,300})<\/a>/gi;

/**
 * A message's text with the Matrix ids that stand behind the names at the start of its lines: QwenPaw writes the
 * display name instead of the id, and the id into the link of the formatted text only (HiClaw reference, 3.9).
 */
export function withMatrixIds(body: string, formattedBody: unknown): string {
  if (typeof formattedBody !== 'string') return body;
  const ids = new Map<string, string>();
  for (const [, link = '', label = ''] of formattedBody.slice(0, MAX_HTML_CHARACTERS).matchAll(LINK)) {
    const id = decoded(link);
    const name = unescaped(label).trim();
    if (id !== undefined && name !== '' && !name.startsWith(id)) ids.set(name, id);
    if (ids.size >= MAX_LINKS) break;
  }
  let left = MAX_LINES;
  let text = `\n${body}`;
  for (const [name, id] of ids) {
    for (const written of [name, `@${name}`]) {
      const [before = '', ...others] = text.split(`\n${written}`);
      if (others.length === 0) continue;
      const named = others.map((rest) => {
        const isNamed = left > 0 && /^[\s,:*_]/.test(rest);
        if (isNamed) left -= 1;
        return `\n${isNamed ? id : written}${rest}`;
      });
      text = [before, ...named].join('');
    }
  }
  return text.slice(1);
}

function decoded(link: string): string | undefined {
  try {
    return decodeURIComponent(link);
  } catch {
    return undefined;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
};

function unescaped(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39|#x27);/g, (entity) => ENTITIES[entity] ?? entity);
}
