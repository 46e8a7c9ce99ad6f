import { expect, it } from 'vitest';
import { roomOfSessionFile } from './session-rooms.ts';

it.each([
  [
    '!R--matrix-local.hiclaw.io--18080_matrix--!R--matrix-local.hiclaw.io--18080.json',
    '!R:matrix-local.hiclaw.io:18080',
  ],
  ['matrix--!R--x.json', '!R:x'],
  ['@boss--x_matrix--!R--x.json', '!R:x'],
  ['@the_boss--x_matrix--!R--x.json', '!R:x'],
  ['!R--x_matrix--!other--x.json', undefined],
  ['boss_matrix--!R--x.json', undefined],
  ['@boss--x_console--7.json', undefined],
  ['matrix--!R--x.json.tmp', undefined],
])('%s keeps the conversation of room %s', (name, room) => {
  expect(roomOfSessionFile(name)).toBe(room);
});
