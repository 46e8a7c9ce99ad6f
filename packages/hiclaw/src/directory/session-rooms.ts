/** As CoPaw names a conversation: `{room}_matrix--{room}.json`, with `--` for each colon (HiClaw reference, 4). */
const SESSION_FILE = /^(!.{1,255})_matrix--(!.{1,255})\.json$/;

/**
 * The room whose conversation a session file keeps; undefined for other files. A room id that holds `--` itself is read
 * wrongly, so this is the last source to be asked.
 */
export function roomOfSessionFile(name: string): string | undefined {
  const [, userPart = '', sessionPart] = SESSION_FILE.exec(name) ?? [];
  return userPart !== '' && userPart === sessionPart ? userPart.replaceAll('--', ':') : undefined;
}
