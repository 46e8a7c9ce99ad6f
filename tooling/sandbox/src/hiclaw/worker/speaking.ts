import { messageContent } from './message.ts';
import type { MatrixSession } from './matrix-session.ts';
import type { Speaker } from './traits.ts';

/** Seen on the real worker: never split, and gone where the homeserver takes no event that large. */
export const sayWhole: Speaker = async (session, roomId, text) => {
  await session.send(roomId, messageContent(text));
};

const CHUNK_CHARACTERS = 4_000;

/** OpenClaw's: one answer is several events, each with the mentions of its own text (HiClaw reference, 3.9). */
export const sayInChunks: Speaker = async (session, roomId, text) => {
  for (let at = 0; at < text.length; at += CHUNK_CHARACTERS) {
    await session.send(roomId, messageContent(text.slice(at, at + CHUNK_CHARACTERS)));
  }
};

const MAX_TEXT_BYTES = 48 * 1024;

/** QwenPaw's: a placeholder, then an edit with the text; what is too long lies in an upload (HiClaw reference, 3.9). */
export const sayByEditing: Speaker = async (session, roomId, text) => {
  const placeholder = await session.send(roomId, { msgtype: 'm.notice', body: '处理中…' });
  const content = await withinLimit(session, text);
  await session.send(roomId, {
    msgtype: 'm.text',
    body: '* (edited)',
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: placeholder },
  });
};

async function withinLimit(session: MatrixSession, text: string): Promise<object> {
  const whole = { ...messageContent(text), body: text };
  if (Buffer.byteLength(text) <= MAX_TEXT_BYTES) return whole;
  const url = await session.upload('long-message.md', text);
  return {
    ...whole,
    body: `${text.slice(0, 500)}… (the whole is attached)`,
    formatted_body: '<p>the whole is attached</p>',
    'com.agentteams.long_message': {
      version: 1,
      url,
      filename: 'long-message.md',
      mimetype: 'text/markdown; charset=utf-8',
    },
  };
}
