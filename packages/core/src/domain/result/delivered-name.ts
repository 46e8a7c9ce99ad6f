/** Longest name, and longest step of it, in bytes: every file system and archive takes that behind a folder of the hirer's. */
const MAX_NAME_BYTES = 180;
const MAX_STEP_BYTES = 100;
/** What a number behind a name may take: `~500`. */
const NUMBER_BYTES = 6;
/** As much of a name's end is looked at: no storage has a longer one, and marks in a long row would take ever longer. */
const MAX_READ_CHARACTERS = 2_048;
/** The longest ending that a cut name keeps. */
const MAX_ENDING_CHARACTERS = 16;

/** What is never seen, such as marks that turn the direction of what follows: nobody misses it. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** What a terminal, a shell window, a file system or a page takes for something else than a letter. */
const OBEYED = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}<>:"|?*`]/gu;
/** What somebody who decodes addresses takes for a character. */
const ENCODED = /%(?=[0-9a-f]{2})/gi;
/** Look-alikes of what a path is made of, which some programs turn into the real ones. */
const ALIKE = /[^\x20-\x7e]/gu;
/** What one of them must not turn into. */
const OBEYED_LETTER = /[\p{Cc}<>:"|?*`%./\\]/u;
/** Names of devices on Windows, whatever ending follows. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])[ .]*(?:\.|$)/i;
/** What git takes for its own folder, also on Windows. */
const GIT_FOLDER = /^(?:\.git|git~\d+)$/i;

/**
 * Names of files, chosen by a worker, as they leave us: as names of artifacts, in an archive, in a header, on a screen.
 * Gives one for each, in the same order. Unpacked anywhere, each is a file of its own below that place, on any system: no
 * step leads up or to a device, nothing is hidden or reordered, none is long, and no two are the same where case and the
 * spelling of letters do not count. A name that is fit stays as it is.
 *
 * In storage a file is found under the name that its worker gave it, and under no other.
 */
export function deliveredNames(names: readonly string[]): readonly string[] {
  const alike = new Map<string, string>();
  const wanted = names.map((name) => cleanName(name, alike));
  const folders = new Set(wanted.flatMap((name) => foldersOf(keyOf(name))));
  const taken = new Set<string>();
  const lastNumber = new Map<string, number>();
  const given = new Map<number, string>();
  // A file that had a fit name keeps it; what became like it by cleaning gives way.
  const fitFirst = [...names.keys()].toSorted((a, b) => changed(a) - changed(b) || a - b);
  for (const index of fitFirst) {
    const fresh = freshName(wanted[index] ?? '', lastNumber, (key) => taken.has(key) || folders.has(key));
    taken.add(keyOf(fresh));
    given.set(index, fresh);
  }
  return wanted.map((name, index) => given.get(index) ?? name);

  function changed(index: number): number {
    return wanted[index] === names[index] ? 0 : 1;
  }
}

/** The same for the files of one result, by the name in storage. */
export function deliveredNamesOf(files: readonly { readonly name: string }[]): ReadonlyMap<string, string> {
  const names = files.map(({ name }) => name);
  const delivered = deliveredNames(names);
  return new Map(names.map((name, index) => [name, delivered[index] ?? name]));
}

/** `alike` remembers what look-alikes become, for names in scripts that hold few letters and many of each. */
function cleanName(name: string, alike: Map<string, string>): string {
  const steps = name
    .slice(-MAX_READ_CHARACTERS)
    .toWellFormed()
    .replaceAll('\ufffd', '_')
    .normalize('NFC')
    .replace(UNSEEN, '')
    .replace(/\p{Zs}/gu, ' ')
    .replace(OBEYED, '_')
    .replace(ENCODED, '_')
    .replace(ALIKE, (character) => {
      const known = alike.get(character);
      if (known !== undefined) return known;
      const kept = OBEYED_LETTER.test(character.normalize('NFKC')) ? '_' : character;
      alike.set(character, kept);
      return kept;
    })
    .split(/[/\\]/)
    .map((step) => cleanStep(step))
    .filter((step) => step !== '');
  const last = steps.pop() ?? 'file';
  const kept: string[] = [];
  let bytes = Buffer.byteLength(last);
  for (const step of steps.toReversed()) {
    bytes += Buffer.byteLength(step) + 1;
    if (bytes > MAX_NAME_BYTES - NUMBER_BYTES) break;
    kept.unshift(step);
  }
  return [...kept, last].join('/');
}

/** One step of a path; empty for one that leads nowhere. */
function cleanStep(step: string): string {
  const bare = withoutEnds(step);
  const named = DEVICE.test(bare) || GIT_FOLDER.test(bare) || /^[-~]/.test(bare) ? `_${bare}` : bare;
  return shortened(named, MAX_STEP_BYTES - NUMBER_BYTES);
}

/** Windows leaves dots and spaces at the end away, and a step of nothing else leads up or nowhere. */
function withoutEnds(step: string): string {
  let end = step.length;
  while (end > 0 && /[. ]/.test(step.charAt(end - 1))) end -= 1;
  return step.slice(0, end).trimStart();
}

/** At most so many bytes, never cut within a letter, with the ending that says what it is. */
function shortened(step: string, maxBytes: number): string {
  if (Buffer.byteLength(step) <= maxBytes) return step;
  const [stem, ending] = endingOf(step);
  const roomBytes = maxBytes - Buffer.byteLength(ending);
  let kept = '';
  let bytes = 0;
  for (const character of stem) {
    bytes += Buffer.byteLength(character);
    if (bytes > roomBytes) break;
    kept += character;
  }
  return withoutEnds(kept) + ending;
}

function freshName(name: string, lastNumber: Map<string, number>, isTaken: (key: string) => boolean): string {
  if (!isTaken(keyOf(name))) return name;
  const at = name.lastIndexOf('/') + 1;
  const [stem, ending] = endingOf(name.slice(at));
  // So that thousands of the same name are not counted through for each of them.
  for (let count = (lastNumber.get(name) ?? 1) + 1; ; count += 1) {
    const fresh = `${name.slice(0, at)}${stem}~${count}${ending}`;
    if (isTaken(keyOf(fresh))) continue;
    lastNumber.set(name, count);
    return fresh;
  }
}

function endingOf(step: string): readonly [stem: string, ending: string] {
  const at = step.lastIndexOf('.');
  return at <= 0 || step.length - at > MAX_ENDING_CHARACTERS
    ? [step, '']
    : [step.slice(0, at), step.slice(at)];
}

/** Everything up to each `/`: no letter of a clean name has one in its key. */
function foldersOf(key: string): readonly string[] {
  const folders: string[] = [];
  for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) folders.push(key.slice(0, at));
  return folders;
}

/** Names with the same key are the same file on some system. */
function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
