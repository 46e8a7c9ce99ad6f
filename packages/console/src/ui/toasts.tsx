import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';

/** What was done, in the corner; read aloud, and gone after a while. */
export function Toasts() {
  const { toasts } = Toast.useToastManager();
  return (
    <Toast.Portal>
      <Toast.Viewport className="toasts">
        {toasts.map((toast) => (
          <Toast.Root key={toast.id} toast={toast} className="toast">
            <Toast.Content className="toast-content">
              <Toast.Title className="strong" />
              <Toast.Description className="dim" />
            </Toast.Content>
            <Toast.Close className="button quiet small icon-only" aria-label="Close">
              <X aria-hidden size={16} />
            </Toast.Close>
          </Toast.Root>
        ))}
      </Toast.Viewport>
    </Toast.Portal>
  );
}
