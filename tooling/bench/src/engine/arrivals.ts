import type { Outside } from '../outside/outside.ts';

/** From when each hire was heard to when the homeserver had the message to its worker, in milliseconds. */
export async function arrivals(
  outside: Outside,
  ids: readonly string[],
  receivedNs: ReadonlyMap<string, bigint>,
): Promise<readonly number[]> {
  const { messages } = await outside.seen();
  return ids.map((id) => {
    const message = messages.find(({ transactionId }) => transactionId.includes(id));
    const received = receivedNs.get(id);
    if (message === undefined || received === undefined) throw new Error(`no worker was told of ${id}`);
    return Number(BigInt(message.atNs) - received) / 1e6;
  });
}
