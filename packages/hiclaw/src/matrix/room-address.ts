/** The path of a room, its id encoded; ids are case-sensitive and may have no server part. */
export function roomPath(roomId: string): string {
  return `/v3/rooms/${encodeURIComponent(roomId)}`;
}
