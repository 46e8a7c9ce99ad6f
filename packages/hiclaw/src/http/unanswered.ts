import type { ClientRequest } from 'node:http';

/**
 * Calls `fail` when a request ends without an answer in a way that Node reports by no `error` event: by an upgrade that
 * nobody asked for (status 101), or by a close. It may be called more than once; the listener counts the first.
 */
export function whenUnanswered(outgoing: ClientRequest, fail: (error: Error) => void): void {
  let answered = false;
  outgoing.once('response', () => {
    answered = true;
  });
  // Without a listener Node closes the connection and says nothing. From here on the connection is ours to close.
  outgoing.once('upgrade', (_incoming, socket) => {
    socket.destroy();
    fail(new Error('switched protocols (status 101) without being asked to'));
  });
  outgoing.once('close', () => {
    if (!answered) fail(new Error('closed the connection without an answer'));
  });
}
