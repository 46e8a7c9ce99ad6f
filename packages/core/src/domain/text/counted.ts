/** So many of something, such as `1 warning` and `2 warnings`; `many` where the word has another form than with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
