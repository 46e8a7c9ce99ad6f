import { setTimeout as sleep } from 'node:timers/promises';
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

/** From one edit of a text that grows to the next; real runtimes take about a second. */
const EDIT_EVERY_MS = 150;

/** The beginnings of a text that readers of a growing message see before the whole of it. */
const beginningsOf = (text: string): string[] =>
  [0.35, 0.7, 0.9]
    .map((part) => text.slice(0, Math.ceil(text.length * part)))
    .filter((part) => part !== text);

const LIVE = { 'org.matrix.msc4357.live': {} };

/** OpenClaw's from HiClaw 1.1 on: while the model writes, a message grows by edits that are marked as live (MSC4357). */
export const sayLive: Speaker = async (session, roomId, text) => {
  for (let at = 0; at < text.length; at += CHUNK_CHARACTERS) {
    const chunk = text.slice(at, at + CHUNK_CHARACTERS);
    let first: string | undefined;
    for (const part of beginningsOf(chunk)) {
      const content = { ...messageContent(part), ...LIVE };
      first = await sayOrEdit(session, roomId, content, first);
      await sleep(EDIT_EVERY_MS);
    }
    await sayOrEdit(session, roomId, messageContent(chunk), first);
  }
};

/** Says something, or edits what was said; resolves to the id of the first event. */
async function sayOrEdit(
  session: MatrixSession,
  roomId: string,
  content: object,
  first: string | undefined,
): Promise<string> {
  if (first === undefined) return await session.send(roomId, content);
  await session.send(roomId, {
    msgtype: 'm.text',
    body: '* (edited)',
    ...('org.matrix.msc4357.live' in content ? LIVE : {}),
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: first },
  });
  return first;
}

const MAX_TEXT_BYTES = 48 * 1024;

/**
 * QwenPaw's: a placeholder, then edits with more and more of the text, none of them marked; what is too long lies in an
 * upload (HiClaw reference, 3.9).
 */
export const sayByEditing: Speaker = async (session, roomId, text) => {
  const placeholder = await session.send(roomId, { msgtype: 'm.notice', body: '处理中…' });
  if (Buffer.byteLength(text) <= MAX_TEXT_BYTES) {
    for (const part of beginningsOf(text)) {
      await sayOrEdit(session, roomId, messageContent(part), placeholder);
      await sleep(EDIT_EVERY_MS);
    }
  }
  await sayOrEdit(session, roomId, await withinLimit(session, text), placeholder);
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
