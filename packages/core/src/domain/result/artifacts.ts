/** The kinds of artifacts that the marketplace knows (Agrenting API reference, 10). */
export const ARTIFACT_TYPES = [
  'code_block',
  'markdown',
  'html',
  'diff',
  'json',
  'text',
  'link',
  'file',
  'image',
] as const;
export type ArtifactType = (typeof ARTIFACT_TYPES)[number];

/** A delivered file as it is uploaded. */
export interface Artifact {
  readonly name: string;
  readonly type: ArtifactType;
  readonly contentType: string;
  /** Of a code block. */
  readonly language?: string | undefined;
  /** The text itself, or base64 for `file` and `image`. */
  readonly content: string;
  readonly sizeBytes: number;
  /** Of the file's own bytes, in hex. */
  readonly sha256: string;
}

/** Artifacts in one request at most (Agrenting API reference, 10). */
export const MAX_BATCH_ARTIFACTS = 50;
/** Text of this size and more goes as a file: inline is meant for less (Agrenting API reference, 10). */
const MAX_INLINE_BYTES = 1_000_000;

const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
  svg: 'image/svg+xml',
};

const TEXTS: Readonly<Record<string, readonly [type: ArtifactType, contentType: string]>> = {
  md: ['markdown', 'text/markdown'],
  markdown: ['markdown', 'text/markdown'],
  html: ['html', 'text/html'],
  htm: ['html', 'text/html'],
  diff: ['diff', 'text/x-diff'],
  patch: ['diff', 'text/x-diff'],
  json: ['json', 'application/json'],
  url: ['link', 'text/uri-list'],
  csv: ['text', 'text/csv'],
};

const LANGUAGES: Readonly<Record<string, string>> = {
  bash: 'bash',
  c: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cs: 'csharp',
  css: 'css',
  dart: 'dart',
  ex: 'elixir',
  exs: 'elixir',
  go: 'go',
  h: 'c',
  hpp: 'cpp',
  java: 'java',
  js: 'javascript',
  jsx: 'jsx',
  kt: 'kotlin',
  lua: 'lua',
  mjs: 'javascript',
  cjs: 'javascript',
  php: 'php',
  ps1: 'powershell',
  py: 'python',
  r: 'r',
  rb: 'ruby',
  rs: 'rust',
  scala: 'scala',
  scss: 'scss',
  sh: 'bash',
  sql: 'sql',
  swift: 'swift',
  toml: 'toml',
  ts: 'typescript',
  tsx: 'tsx',
  vue: 'vue',
  xml: 'xml',
  yaml: 'yaml',
  yml: 'yaml',
};

/** The type under which a file of this name and these bytes is delivered. */
export function artifactTypeOf(name: string, bytes: Buffer): ArtifactType {
  return kindOf(name, bytes).type;
}

/**
 * A delivered file in the form in which it arrives as it was: text inline under its own type, everything else
 * as base64. The types whose content the marketplace may take for base64 on its own (`file`, `image`) are never
 * given text (Agrenting API reference, 10).
 */
export function artifactOf(name: string, { bytes, sha256 }: FileBytes): Artifact {
  const { text, ...kind } = kindOf(name, bytes);
  const content = text ?? bytes.toString('base64');
  return { ...kind, name, sizeBytes: bytes.length, sha256, content };
}

/** What a file holds, with the SHA-256 of exactly that, in hex. */
export interface FileBytes {
  readonly bytes: Buffer;
  readonly sha256: string;
}

type TextKind = Pick<Artifact, 'type' | 'contentType' | 'language'>;

/** The type of a file, and its text where it goes as text. */
function kindOf(name: string, bytes: Buffer): TextKind & { readonly text?: string } {
  const extension = /\.([a-z0-9]{1,20})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const image = IMAGES[extension];
  if (image !== undefined) return { type: 'image', contentType: image };
  const text = bytes.length < MAX_INLINE_BYTES ? textOf(bytes) : undefined;
  if (text === undefined) return { type: 'file', contentType: 'application/octet-stream' };
  return { ...kindOfText(extension, text), text };
}

function kindOfText(extension: string, text: string): TextKind {
  const language = LANGUAGES[extension];
  if (language !== undefined) return { type: 'code_block', contentType: 'text/plain', language };
  const [type, contentType] = TEXTS[extension] ?? ['text', 'text/plain'];
  // What only claims to be a link or JSON is text.
  const fits = type === 'link' ? /^https?:\/\/\S+$/.test(text.trim()) : type !== 'json' || isJson(text);
  return fits ? { type, contentType } : { type: 'text', contentType: 'text/plain' };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The text of a file; undefined when it is none: not UTF-8, or with a NUL in it. */
export function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

type Sized = { readonly sizeBytes: number };

/** An empty file takes up room in a request, too. */
function weightOf({ sizeBytes }: Sized): number {
  return Math.max(1, sizeBytes);
}

/** What `nextBatch` is given once this batch was too large: of its files about half fit, and in any case fewer. */
export function halfOf(batch: readonly Sized[]): number {
  return Math.floor(batch.reduce((sum, file) => sum + weightOf(file), 0) / 2);
}

/**
 * The first files that go into one request: as many as are allowed and as `maxBytes` holds, but at least one.
 */
export function nextBatch<File extends Sized>(files: readonly File[], maxBytes: number): readonly File[] {
  let bytes = 0;
  const batch: File[] = [];
  for (const file of files) {
    bytes += weightOf(file);
    if (batch.length > 0 && (bytes > maxBytes || batch.length === MAX_BATCH_ARTIFACTS)) break;
    batch.push(file);
  }
  return batch;
}
