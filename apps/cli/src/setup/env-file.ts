const BYTE_ORDER_MARK = /^\uFEFF/;
const NAME = /^[A-Za-z_]\w{0,200}$/;

/**
 * The variables in an env file, as Docker's `--env-file` and HiClaw's installation take them: everything behind the first
 * `=` is the value, with quotes, `#` and white space, whatever a shell would make of it. A line that begins with `#`, one
 * without `=` and one whose name is none are left out.
 */
export function parseEnvFile(text: string): Readonly<Record<string, string>> {
  const variables = text
    .replace(BYTE_ORDER_MARK, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      const equals = line.indexOf('=');
      const name = line.slice(0, Math.max(0, equals)).trimStart();
      return NAME.test(name) ? [[name, line.slice(equals + 1)] as const] : [];
    });
  return Object.fromEntries(variables);
}
