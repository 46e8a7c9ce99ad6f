import { deliveredNames } from '@agrenting-hiclaw/core/domain';

/** What RFC 5987 lets stand as it is; `encodeURIComponent` leaves more. */
const NOT_PLAIN = /['()*!]/g;

/**
 * The header `content-disposition` of a file that is to be saved, never shown (RFC 6266). Whatever it is called, it is
 * saved as one file under a name that is fit for every system: the last step of its cleaned name.
 */
export function attachment(name: string): string {
  const fit = deliveredNames([name])[0]?.split('/').at(-1) ?? 'file';
  const ascii = fit.replace(/[^\x20-\x7e]|%/g, '_');
  const encoded = encodeURIComponent(fit).replace(
    NOT_PLAIN,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
