import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/** `<app>@<place>.<process id>.<start time>.<random>`; without the middle where the system does not tell. */
const NAME = /@([0-9a-f]{32})\.([1-9]\d{0,9})\.(\d{1,20})\./;

/**
 * A name for this process in leases, no two alike. On Linux it says which process it is: the place (boot id and
 * namespaces), the process id, and when that process started. Elsewhere it is only unique.
 */
export function holderName(app: string): string {
  const place = placeOf();
  const started = processOf(process.pid)?.started;
  const known = place === undefined || started === undefined ? [] : [place, process.pid, started];
  return `${app}@${[...known, randomUUID()].join('.')}`;
}

/**
 * True only when the process that a holder names is known to have ended: it ran where this one runs, and no process has
 * its id now, or another one has it. A holder on another machine, in another container, from before a restart of the
 * machine, or whose name does not say which process it was, is never known to be gone.
 */
export function isGone(holder: string): boolean {
  const [, place, id, started] = NAME.exec(holder) ?? [];
  if (place === undefined || place !== placeOf()) return false;
  const pid = Number(id);
  if (!exists(pid)) return true;
  const found = processOf(pid);
  // One that may not be looked at is there.
  return found !== undefined && (found.started !== started || found.isDead);
}

/**
 * Where process ids and start times mean the same: this boot of this kernel, and the namespaces, since containers share
 * the boot id and each has a process 1. Undefined where the system does not tell.
 */
function placeOf(): string | undefined {
  try {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const processes = readlinkSync('/proc/self/ns/pid');
    if (bootId === '') return undefined;
    return createHash('sha256')
      .update(JSON.stringify([bootId, processes, timeNamespace()]))
      .digest('hex')
      .slice(0, 32);
  } catch {
    return undefined;
  }
}

/** Start times are shifted by it; kernels before 5.6 have none. */
function timeNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/time');
  } catch {
    return '';
  }
}

/** Whether any process has that id; one of another user may be hidden from `/proc`, and is not from this. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** The state and the start time (clock ticks since boot) of a process, out of `/proc/<pid>/stat`: proc(5). */
function processOf(pid: number): { readonly started: string; readonly isDead: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program is in brackets, and may contain some.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const started = fields[19];
    if (state === undefined || started === undefined) return undefined;
    return { started, isDead: state === 'Z' || state === 'X' };
  } catch {
    return undefined;
  }
}
