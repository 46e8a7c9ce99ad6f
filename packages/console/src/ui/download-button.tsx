import { Toast } from '@base-ui/react/toast';
import { Download } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { ApiProblem, download } from '../api/client.ts';
import { Button } from './button.tsx';
import { saveFile } from './save-file.ts';

interface DownloadButtonProps {
  /** Where the adapter has the file. A link would not do: browsers send no session with it. */
  readonly path: string;
  readonly fileName: string;
  readonly children: ReactNode;
}

/** Has a file made and saved; says so where there is none. */
export function DownloadButton({ path, fileName, children }: DownloadButtonProps) {
  const toasts = Toast.useToastManager();
  const [running, setRunning] = useState(false);

  async function save(): Promise<void> {
    setRunning(true);
    try {
      saveFile(await download(path), fileName);
    } catch (error) {
      const todo = error instanceof ApiProblem ? error.todo : null;
      toasts.add({
        title: error instanceof Error ? error.message : 'The file could not be downloaded.',
        description: todo ?? 'Try again.',
      });
    } finally {
      setRunning(false);
    }
  }
  return (
    <span className="pushed">
      <Button small disabled={running} onClick={() => void save()}>
        <Download aria-hidden size={16} /> {running ? 'Exporting…' : children}
      </Button>
    </span>
  );
}
