/** Name of CoPaw's file for a room's conversation: `{room}_matrix--{room}.json` (HiClaw reference, 4). */
export const sessionFileName = (roomId: string): string => {
  const safe = (text: string): string => text.replaceAll(/[\\/:*?"<>|]/g, '--');
  return `${safe(roomId)}_${safe(`matrix:${roomId}`)}.json`;
};
