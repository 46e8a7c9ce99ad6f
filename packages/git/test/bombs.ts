import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** Objects as git packs them, made by hand so that no git has to hold what they stand for. */

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';
const TYPE_NUMBERS = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;
const REF_DELTA = 7;

export interface PackedObject {
  readonly id: string;
  /** As it is in a pack. */
  readonly bytes: Buffer;
}

export interface TreeEntry {
  readonly mode: '100644' | '40000' | '120000' | '160000';
  readonly name: string;
  readonly id: string;
}

export function object(type: ObjectType, content: Buffer): PackedObject {
  const id = createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
  return { id, bytes: Buffer.concat([packHeader(TYPE_NUMBERS[type], content.length), deflateSync(content)]) };
}

export function tree(entries: readonly TreeEntry[]): PackedObject {
  return object(
    'tree',
    Buffer.concat(
      entries.map(({ mode, name, id }) =>
        Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
      ),
    ),
  );
}

export function commit(treeId: string, parents: readonly string[], message = 'Add it'): PackedObject {
  const person = 'Sam <sam@example.com> 1750000000 +0000';
  const lines = [
    `tree ${treeId}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${person}`,
    `committer ${person}`,
    '',
    `${message}\n`,
  ];
  return object('commit', Buffer.from(lines.join('\n')));
}

/** Trees of which each holds the one below it many times: `width ** depth` files of a few hundred bytes. */
export function treeBomb(width: number, depth: number, prefix = ''): readonly PackedObject[] {
  const made: PackedObject[] = [object('blob', Buffer.from('x\n'))];
  for (let level = 0; level < depth; level += 1) {
    const id = made.at(-1)?.id ?? '';
    const mode = level === 0 ? '100644' : '40000';
    made.push(tree(Array.from({ length: width }, (_, at) => ({ mode, name: `${prefix}${nameOf(at)}`, id }))));
  }
  return made;
}

/** Trees that each hold every one after them: few levels from the top, and a path through all of them. */
export function ladderBomb(length: number): readonly PackedObject[] {
  const blob = object('blob', Buffer.from('x\n'));
  const made: PackedObject[] = [blob, tree([{ mode: '100644', name: 'a', id: blob.id }])];
  while (made.length <= length) {
    const below = made.slice(1);
    made.push(tree(below.map(({ id }, at) => ({ mode: '40000', name: nameOf(at), id }))));
  }
  return made;
}

/** One file, very far below. */
export function depthBomb(depth: number, name = 'd'): readonly PackedObject[] {
  const made: PackedObject[] = [object('blob', Buffer.from('x\n'))];
  for (let level = 0; level < depth; level += 1) {
    const mode = level === 0 ? '100644' : '40000';
    made.push(tree([{ mode, name, id: made.at(-1)?.id ?? '' }]));
  }
  return made;
}

/** Blobs of `bytes` each, of which every one is a few copies of the same small one. */
export function deltaBomb(
  count: number,
  bytes: number,
): { readonly packed: readonly PackedObject[]; readonly blobs: readonly string[] } {
  const base = Buffer.alloc(1024 * 1024);
  const packed = [object('blob', base)];
  const beginning = createHash('sha1')
    .update(`blob ${bytes + 8}\0`)
    .update(Buffer.alloc(bytes));
  const blobs: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const end = Buffer.from(String(at).padStart(8, '0'));
    const id = beginning.copy().update(end).digest('hex');
    const copies: number[] = [];
    for (let left = bytes; left > 0; left -= base.length) {
      const size = Math.min(left, base.length);
      // Copy from offset 0, with three bytes of size.
      copies.push(0xf0, size & 0xff, (size >> 8) & 0xff, (size >> 16) & 0xff);
    }
    const delta = Buffer.concat([
      varint(base.length),
      varint(bytes + 8),
      Buffer.from(copies),
      Buffer.from([end.length]),
      end,
    ]);
    const baseId = Buffer.from(packed[0]?.id ?? '', 'hex');
    packed.push({
      id,
      bytes: Buffer.concat([packHeader(REF_DELTA, delta.length), baseId, deflateSync(delta)]),
    });
    blobs.push(id);
  }
  return { packed, blobs };
}

/** `count` is what its header says. */
export function pack(objects: readonly PackedObject[], count = objects.length): Buffer {
  const header = Buffer.alloc(12);
  header.write('PACK');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(count, 8);
  const body = Buffer.concat([header, ...objects.map(({ bytes }) => bytes)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** A bundle as a worker may leave it: it needs `base` and ends with the last of the objects. */
export function bundleOf(base: string, objects: readonly PackedObject[], count = objects.length): Buffer {
  const tip = objects.at(-1)?.id ?? '';
  return Buffer.concat([Buffer.from(`# v2 git bundle\n-${base}\n${tip} HEAD\n\n`), pack(objects, count)]);
}

function nameOf(at: number): string {
  return String(at).padStart(4, '0');
}

/** The type and size before an object of a pack. */
function packHeader(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 0x0f)];
  let left = Math.floor(size / 16);
  while (left > 0) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(left & 0x7f);
    left = Math.floor(left / 128);
  }
  return Buffer.from(bytes);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  do {
    const more = left >= 128;
    bytes.push((left & 0x7f) | (more ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.from(bytes);
}
