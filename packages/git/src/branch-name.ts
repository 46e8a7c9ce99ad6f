/** Whether a name can be put into a refspec as it is: what git's own rules for names allow, and no line or option. */
export function isBranchName(name: string): boolean {
  return (
    name.length <= 200 &&
    /^[^-/.\s][^\s\p{C}~^:?*[\\]{0,200}$/u.test(name) &&
    !/\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[/.]$|^@$/.test(name)
  );
}
