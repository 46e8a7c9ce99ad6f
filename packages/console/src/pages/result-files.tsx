import { useState } from 'react';
import { download } from '../api/client.ts';
import type { Attempt } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { size } from '../text/time.ts';
import { safeText } from '../text/safe-text.ts';
import { ProblemBox } from '../ui/query-view.tsx';
import { Button } from '../ui/button.tsx';
import { saveFile } from '../ui/save-file.ts';
import { Id, SafeText, FullText } from '../ui/safe-text.tsx';

type ResultFile = Attempt['files'][number];

/** Longer texts are saved, and read elsewhere. */
const MAX_SHOWN_BYTES = 1_000_000;
/** Everything else is text, if the bytes are. */
const NO_TEXT = new Set<string | null>(['file', 'image', null]);

/** The files of a result, each to be shown as text or saved: the very bytes that were judged, or none. */
export function ResultFiles({
  hiringId,
  files,
}: {
  readonly hiringId: string;
  readonly files: readonly ResultFile[];
}) {
  return (
    <ul className="files" aria-label="Files of the result">
      {files.map((file) => (
        <FileRow key={`${file.name} ${file.sha256 ?? ''}`} hiringId={hiringId} file={file} />
      ))}
    </ul>
  );
}

function FileRow({ hiringId, file }: { readonly hiringId: string; readonly file: ResultFile }) {
  const mayCommand = useMayCommand();
  const [text, setText] = useState<string>();
  const [error, setError] = useState<unknown>();
  const { name, sizeBytes, sha256, type, artifactId } = file;
  const isText = !NO_TEXT.has(type) && sizeBytes <= MAX_SHOWN_BYTES;

  async function open(how: 'show' | 'save'): Promise<void> {
    setError(undefined);
    try {
      const path = `/hirings/${encodeURIComponent(hiringId)}/files/${encodeURIComponent(sha256 ?? '')}`;
      const blob = await download(path);
      if (how === 'show' && blob.type.startsWith('text/plain')) setText(await blob.text());
      else saveFile(blob, name.split('/').at(-1) ?? 'file');
    } catch (problem) {
      setError(problem);
    }
  }
  return (
    <li>
      <span className="strong">
        <SafeText text={name} limit={200} />
      </span>
      <span className="dim">
        {size(sizeBytes)}
        {type === null ? '' : `, ${safeText(type)}`}
        {artifactId === null ? ', not uploaded' : ', uploaded'}
      </span>
      {sha256 !== null && (
        <span className="dim nowrap">
          SHA-256 <Id id={sha256} />
        </span>
      )}
      {mayCommand && sha256 !== null && (
        <span className="actions">
          {isText && (
            <Button
              small
              aria-expanded={text !== undefined}
              aria-label={`${text === undefined ? 'Show' : 'Hide'} ${safeText(name)}`}
              onClick={() => (text === undefined ? void open('show') : setText(undefined))}
            >
              {text === undefined ? 'Show' : 'Hide'}
            </Button>
          )}
          <Button small aria-label={`Save ${safeText(name)}`} onClick={() => void open('save')}>
            Save
          </Button>
        </span>
      )}
      {error !== undefined && <ProblemBox error={error} />}
      {text !== undefined && <FullText text={text} label={`Text of ${safeText(name)}`} />}
    </li>
  );
}
