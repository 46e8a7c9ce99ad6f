/** What may need a setting that is missing. */
export type NeededBy =
  /** Hires that come by webhook have to be told from forged ones. */
  | 'webhooks'
  /** Operators have to be told from strangers. */
  | 'operators'
  /** `manager.delegates` is on. */
  | 'delegation';

/** What is wrong with a setting, as a code with its parameters; `setting-texts.ts` says it to a person. */
export type SettingFault =
  | { readonly code: 'missing'; readonly neededBy?: NeededBy | undefined }
  /** A secret's variable is set, and there is nothing in it: taken as not set, it would switch off what it guards. */
  | { readonly code: 'empty_variable'; readonly variable: string }
  | { readonly code: 'unknown_setting' }
  /** The value breaks this rule of the schema, which says it for a person. */
  | { readonly code: 'invalid'; readonly rule: string }
  | { readonly code: 'sealed_with_another_key' }
  /** The configuration file is not there. */
  | { readonly code: 'file_missing' }
  /** `errno` is the code of the system's error. */
  | { readonly code: 'file_unreadable'; readonly errno?: string | undefined }
  | {
      readonly code: 'file_not_yaml';
      readonly problem: string;
      readonly line?: number | undefined;
      readonly column?: number | undefined;
    }
  | { readonly code: 'file_without_sections' }
  /** The secret is to be read from a file that others may read. */
  | { readonly code: 'secret_file_exposed'; readonly file: string }
  | { readonly code: 'secret_file_unreadable'; readonly file: string }
  | { readonly code: 'unknown_worker'; readonly known: readonly string[] }
  /** Signatures are required, and there is nothing to check them with. */
  | { readonly code: 'signature_without_secret' }
  /** No webhook is checked, and not only this machine can send one. */
  | { readonly code: 'insecure_beyond_loopback'; readonly host: string }
  /** The setting is this folder, or is a file in it. */
  | { readonly code: 'folder_unwritable'; readonly folder: string; readonly isFolder: boolean }
  | { readonly code: 'unknown_alias'; readonly alias: string }
  | { readonly code: 'port_taken'; readonly host: string; readonly port: number; readonly variable: string }
  | { readonly code: 'port_forbidden'; readonly variable: string }
  | { readonly code: 'foreign_host'; readonly host: string; readonly variable: string }
  | { readonly code: 'invalid_network' }
  | { readonly code: 'invalid_proxy' }
  /** This release of Node cannot use a proxy. */
  | { readonly code: 'proxy_unsupported'; readonly nodeVersion: string }
  | { readonly code: 'log_file_unwritable'; readonly file: string; readonly reason: string }
  | { readonly code: 'wrong_store_key'; readonly file: string; readonly remedy: string }
  | { readonly code: 'invalid_repository_host'; readonly problem: string }
  | { readonly code: 'unprotected_path'; readonly problem: string }
  | { readonly code: 'console_missing'; readonly folder: string };

export type SettingCode = SettingFault['code'];

/** One thing that is wrong with the configuration. */
export type SettingProblem = SettingFault & {
  /** The setting, such as `matrix.homeserverUrl`, a variable, or the file. */
  readonly where: string;
};
