/** Waits until it is so; fails after a while. */
export async function until(isSo: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const untilMs = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > untilMs) throw new Error(`not so after ${timeoutMs} ms: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
