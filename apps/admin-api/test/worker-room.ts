import { randomUUID } from 'node:crypto';
import type { CommandQuestion } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { AdminEnvironment } from './environment.ts';

const login = z.object({ access_token: z.string() });
const sent = z.object({ event_id: z.string() });

/** What somebody does in the room of a worker. */
export interface RoomVoice {
  /** Says something; gives its event id. */
  readonly say: (text: string) => Promise<string>;
  /** Edits a message; gives the event id of the edit. */
  readonly edit: (eventId: string, text: string) => Promise<string>;
  readonly retract: (eventId: string) => Promise<void>;
}

/** A voice in the room of a worker: its own with its account, ours with the token of the adapter. */
export async function voiceIn(env: AdminEnvironment, token?: string, worker = 'alice'): Promise<RoomVoice> {
  const { roomId } = env.hiclaw.worker(worker);
  const call = async (method: string, path: string, body: object, as = ''): Promise<unknown> => {
    const answer = await fetch(`${env.hiclaw.homeserver.url}/_matrix/client/v3${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(as === '' ? {} : { authorization: `Bearer ${as}` }),
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return await answer.json();
  };
  const own =
    token ??
    login.parse(
      await call('POST', '/login', {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: worker },
        password: `${worker}-sandbox-password`,
      }),
    ).access_token;
  const room = `/rooms/${encodeURIComponent(roomId)}`;
  const send = async (content: object): Promise<string> => {
    const path = `${room}/send/m.room.message/${randomUUID()}`;
    return sent.parse(await call('PUT', path, content, own)).event_id;
  };
  return {
    say: async (text) => await send({ msgtype: 'm.text', body: text }),
    edit: async (eventId, text) =>
      await send({
        msgtype: 'm.text',
        body: `* ${text}`,
        'm.new_content': { msgtype: 'm.text', body: text },
        'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
      }),
    retract: async (eventId) => {
      const path = `${room}/redact/${encodeURIComponent(eventId)}/${randomUUID()}`;
      await call('PUT', path, {}, own);
    },
  };
}

/** A question as the engine keeps it. */
export function questionOf(eventId: string, text: string, firstEventId = eventId): CommandQuestion {
  return { eventId, firstEventId, text, characters: text.length, atMs: Date.now() };
}
