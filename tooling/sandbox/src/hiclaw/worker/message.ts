import { z } from 'zod';
import { mxidPattern } from './instructions.ts';
import type { SeenEvent } from './matrix-session.ts';

const mentionsSchema = z.object({
  user_ids: z.array(z.string()).default([]),
  room: z.boolean().default(false),
});

/** Whether `m.mentions` or a link in the HTML names somebody; the name in the text alone does not (HiClaw reference, 3.6). */
export const structuredMention = (content: SeenEvent['content'], _body: string, userId: string): boolean => {
  const named = mentionsSchema.safeParse(content['m.mentions'] ?? {});
  if (named.success && (named.data.room || named.data.user_ids.includes(userId))) return true;
  const html = content['formatted_body'];
  const isLinked =
    typeof html === 'string' &&
    [userId, encodeURIComponent(userId)].some((id) =>
      html.toLowerCase().includes(`https://matrix.to/#/${id}`.toLowerCase()),
    );
  return isLinked;
};

/** The same, or the whole Matrix id in the text (HiClaw reference, 3.6). */
export const anyMention = (content: SeenEvent['content'], body: string, userId: string): boolean =>
  structuredMention(content, body, userId) || body.toLowerCase().includes(userId.toLowerCase());

/** As this runtime sends: mentions are the MXIDs in the text; no link in the HTML (HiClaw reference, 3.9). */
export const messageContent = (text: string): object => {
  const userIds = [...new Set(text.match(mxidPattern) ?? [])];
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return {
    msgtype: 'm.text',
    body: text,
    format: 'org.matrix.custom.html',
    formatted_body: `<p>${escaped}</p>`,
    ...(userIds.length === 0 ? {} : { 'm.mentions': { user_ids: userIds } }),
  };
};
