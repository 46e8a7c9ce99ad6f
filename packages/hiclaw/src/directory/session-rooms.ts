/**
 * As workers in Python name a conversation, with `--` for each colon: `{room}_matrix--{room}.json`, `matrix--{room}.json`, and
 * `{sender}_matrix--{room}.json` where each sender has one (HiClaw reference, 4 and "Since v1.2.3", 10).
 */
const SESSION_FILE = /^(?:([!@].{1,255})_)?matrix--(!.{1,255})\.json$/;

/**
 * The room whose conversation a session file keeps; undefined for other files. A room id that holds `--` itself is read
 * wrongly, so this is the last source to be asked.
 */
export function roomOfSessionFile(name: string): string | undefined {
  const [, userPart, room] = SESSION_FILE.exec(name) ?? [];
  if (room === undefined || (userPart?.startsWith('!') === true && userPart !== room)) return undefined;
  return room.replaceAll('--', ':');
}
