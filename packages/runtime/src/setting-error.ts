/** A setting that only turned out to be wrong when it was used: start-up ends as with any other wrong setting. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  /** The setting, such as `health.port`. */
  readonly where: string;
  readonly what: string;
  readonly remedy: string;

  constructor(where: string, what: string, remedy: string, options?: ErrorOptions) {
    super(`${where} ${what}. ${remedy}`, options);
    this.where = where;
    this.what = what;
    this.remedy = remedy;
  }
}
