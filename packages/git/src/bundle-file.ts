/** A git bundle, taken apart: what it says it holds, and the pack that follows. */
export type BundleFile =
  | {
      readonly kind: 'bundle';
      /** Commit ids by full name of the reference, `HEAD` among them. */
      readonly heads: ReadonlyMap<string, string>;
      readonly pack: Buffer;
    }
  | { readonly kind: 'unreadable' };

const FIRST_LINE = /^# v[23] git bundle$/;
const HEAD_LINE = /^([0-9a-f]{40}) (\S+)$/;
/** What has to be there already, and how ids are written. */
const OTHER_LINE = /^(-[0-9a-f]{40}( .*)?|@object-format=sha1)$/;
const MAX_HEADER_BYTES = 256 * 1024;
const MAX_HEADER_LINES = 1_000;

export function readBundleFile(bytes: Buffer): BundleFile {
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf('\n\n');
  if (end === -1) return { kind: 'unreadable' };
  const [first = '', ...lines] = bytes.subarray(0, end).toString('utf8').split('\n');
  if (!FIRST_LINE.test(first) || lines.length > MAX_HEADER_LINES) return { kind: 'unreadable' };
  const heads = new Map<string, string>();
  for (const line of lines) {
    const [, commit, ref] = HEAD_LINE.exec(line) ?? [];
    if (commit !== undefined && ref !== undefined) heads.set(ref, commit);
    else if (!OTHER_LINE.test(line)) return { kind: 'unreadable' };
  }
  return { kind: 'bundle', heads, pack: bytes.subarray(end + 2) };
}
