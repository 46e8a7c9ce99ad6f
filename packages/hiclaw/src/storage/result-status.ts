/** What a worker says of its work, in its own words for it (HiClaw reference, 2.2). */
export type ResultStatus = 'done' | 'failed' | 'partial' | 'revision' | 'question' | 'unknown';

const STATUSES: Readonly<Record<string, ResultStatus>> = {
  SUCCESS: 'done',
  SUCCESSFUL: 'done',
  SUCCESS_WITH_NOTES: 'done',
  SUCCEEDED: 'done',
  COMPLETED: 'done',
  COMPLETE: 'done',
  DONE: 'done',
  FINISHED: 'done',
  OK: 'done',
  PASS: 'done',
  PASSED: 'done',
  DELIVERED: 'done',
  ACCOMPLISHED: 'done',
  FULFILLED: 'done',
  '100%': 'done',
  ALL_DONE: 'done',
  FULLY_COMPLETED: 'done',
  SUCCESSFULLY_COMPLETED: 'done',
  SUCCESSFULLY_DELIVERED: 'done',
  SUCCESSFULLY_FINISHED: 'done',
  SUCCESSFULLY_DONE: 'done',
  COMPLETED_SUCCESSFULLY: 'done',
  FINISHED_SUCCESSFULLY: 'done',
  DELIVERED_SUCCESSFULLY: 'done',
  COMPLETED_WITH_NOTES: 'done',
  SUCCESS_WITH_WARNINGS: 'done',
  TASK_COMPLETED: 'done',
  TASK_COMPLETE: 'done',
  TASK_DONE: 'done',
  成功: 'done',
  完成: 'done',
  已完成: 'done',
  任务完成: 'done',
  任务已完成: 'done',
  完了: 'done',
  成功しました: 'done',
  完了しました: 'done',
  완료: 'done',
  성공: 'done',
  ERFOLG: 'done',
  ERFOLGREICH: 'done',
  ABGESCHLOSSEN: 'done',
  ERLEDIGT: 'done',
  SUCCÈS: 'done',
  TERMINÉ: 'done',
  RÉUSSI: 'done',
  ÉXITO: 'done',
  COMPLETADO: 'done',
  COMPLETADA: 'done',
  SUCESSO: 'done',
  CONCLUÍDO: 'done',
  CONCLUÍDA: 'done',
  SUCCESSO: 'done',
  COMPLETATO: 'done',
  VOLTOOID: 'done',
  SUKCES: 'done',
  УСПЕХ: 'done',
  УСПЕШНО: 'done',
  ВЫПОЛНЕНО: 'done',
  ЗАВЕРШЕНО: 'done',
  ГОТОВО: 'done',
  TAMAMLANDI: 'done',
  BAŞARILI: 'done',
  SELESAI: 'done',
  BERHASIL: 'done',
  مكتمل: 'done',
  نجاح: 'done',
  BLOCKED: 'failed',
  FAILED: 'failed',
  FAILURE: 'failed',
  FAIL: 'failed',
  INTERRUPTED: 'failed',
  ABORTED: 'failed',
  CANCELLED: 'failed',
  REFUSED: 'failed',
  REJECTED: 'failed',
  ERROR: 'failed',
  UNABLE_TO_COMPLETE: 'failed',
  NOT_DONE: 'failed',
  NOT_COMPLETED: 'failed',
  失败: 'failed',
  阻塞: 'failed',
  受阻: 'failed',
  REVISION_NEEDED: 'revision',
  PARTIAL: 'partial',
  PARTIALLY_COMPLETED: 'partial',
  PARTIAL_SUCCESS: 'partial',
  INCOMPLETE: 'partial',
  部分完成: 'partial',
  QUESTION: 'question',
};

/** A status as it was written. */
export interface ReadStatus {
  readonly status: ResultStatus;
  /** What was said behind the word in the same place; empty when nothing was. */
  readonly said: string;
}

const MAX_STATUS_CHARACTERS = 1_000;
/** Around the word: emphasis, quotes, brackets, emoji, and what ends a sentence, a line or a comment. */
const BEFORE = /^(?:[\s*_`"'“”«»([{]|<!--|\p{Extended_Pictographic}|\uFE0F|\u200D){1,20}/u;
const BEHIND =
  /(?:[\s*_`"'“”«»)）\]}.!。|\\]|-->|<(?:br|p|\/p|\/b|\/strong|\/code)\s{0,3}\/?>|\p{Extended_Pictographic}|\uFE0F|\u200D){1,20}$/iu;
/** A word, and behind it a reason. */
const WITH_REASON = /^([\p{L}_][\p{L}_ ]{0,40}?)[*_`]{0,4}\s{0,4}(?:[:：(;,.]|[–—]| - )\s{0,9}(.{0,900})$/su;
/** The same in the dress that only a remark on a success is read in. */
const WITH_REMARK =
  /^([\p{L}_][\p{L}_ ]{0,40}?|100%)[*_`]{0,4}\s{0,4}(?:[:：(（;；,，.。[|/#]|[–—]| - |\/\/|<!--|\p{Extended_Pictographic})[\uFE0F\s]{0,9}(.{0,900})$/su;
/** What makes of a word its opposite. */
const NONE = /^(?:none|no|nothing|n\/?a|not\b.{0,80})[.!)]{0,3}$/i;

/** Longer remarks are a text of their own. */
const MAX_REMARK_CHARACTERS = 200;
/** Words that say that there was nothing to say. */
const NO_TROUBLE =
  /\b(?:no|zero|0|without(?: any)?) (?:(?:known|open|critical|more|further|other) )?(?:issues?|errors?|problems?|blockers?|failures?|warnings?|defects?|conflicts?|remarks|notes)(?: found| left| remaining)?\b/gi;
/** What may take a success back, in the languages that are written in the same letters. */
const TAKES_BACK =
  /[|?%\\]|\b(?:but|however|except|excluding|although|though|despite|only|unless|until|if|once|when|after|or|else|otherwise|instead|yet|still|mostly|almost|nearly|partly|partial\w{0,30}|half|some|most|few|draft|preliminary|part|pending|remain\w{0,30}|to-?do|tbd|outstanding|open|skip\w{0,30}|missing|miss(?:es|ed)|lack\w{0,30}|without|less|minus|incomplete|un\w{1,30}|in(?:valid|complete|accessible|correct)\w{0,30}|fail\w{0,30}|error\w{0,30}|broken|broke|block\w{0,30}|stuck|cannot|can|could|would|should|might|may|must|maybe|perhaps|no|not|non|none|nothing|never|nor|neither|zero|n\/?a|nt|abort\w{0,30}|cancel\w{0,30}|interrupt\w{0,30}|stopp?\w{0,30}|time(?:d|s)?[ -]?out|refus\w{0,30}|reject\w{0,30}|declin\w{0,30}|denied|forbidden|limit\w{0,30}|progress|ongoing|started|starting|wait\w{0,30}|need\w{0,30}|requir\w{0,30}|require|tried|try|attempt\w{0,30}|will|going|soon|later|next|tomorrow|placeholder|dummy|mock\w{0,30}|fake\w{0,30}|simulat\w{0,30}|assum\w{0,30}|guess\w{0,30}|invent\w{0,30}|example|template|sample|question\w{0,30}|unknown|unclear|caveat\w{0,30}|warn\w{0,30}|problem\w{0,30}|issue\w{0,30}|aber|nicht|kein\w{0,30}|ohne|nur|teil\w{0,30}|noch|fehl\w{0,30}|mais|sauf|sans|pas|ne|aucun\w{0,30}|sin|pero|salvo|ma|però|senza|mas|sem|ale|bez|nie|maar|niet|geen|zonder)\b|n't\b|(?<!\d)0 |\b(?:tests?|checks?) \d/i;
/** Five of nine. */
const SHARE = /(?<!\d)(\d{1,6})\s?(?:\/|of|out of)\s?(\d{1,6})(?!\d)/gi;
/** Remarks in other letters, of which only these are known. */
const KNOWN_REMARK =
  /^(?:全部|所有)?(?:测试|検査|テスト)?(?:均|都|全て)?(?:已)?(?:通过|完成|合格|见下文|详见下文|如下)$/u;

/**
 * Reads what stands for a status, dressed up or not. That something went wrong counts with a reason behind it, too; that all went
 * well does only alone, or with a remark in which nothing can take it back.
 */
export function readStatus(text: string): ReadStatus {
  const bare = text.slice(0, MAX_STATUS_CHARACTERS).replace(BEFORE, '').replace(BEHIND, '');
  const whole = statusWord(bare);
  if (whole !== undefined) return { status: whole, said: '' };
  const [, word = '', reason = ''] = WITH_REASON.exec(bare) ?? [];
  const status = statusWord(word);
  if (status === undefined || status === 'done' || NONE.test(reason.trim())) {
    return { status: isDoneWithRemark(bare) ? 'done' : 'unknown', said: '' };
  }
  return { status, said: reason.trim() };
}

function isDoneWithRemark(bare: string): boolean {
  const [, word = '', said = ''] = WITH_REMARK.exec(bare) ?? [];
  if (statusWord(word) !== 'done' || said.length > MAX_REMARK_CHARACTERS) return false;
  const remark = said.replace(BEFORE, '').replace(BEHIND, '').trim();
  if (remark === '' || statusWord(remark) === 'done' || KNOWN_REMARK.test(remark)) return true;
  // What is written in other letters is not understood here.
  if (!/^[\x20-\x7e’✅✓✔🎉]{1,200}$/u.test(remark)) return false;
  for (const [, done = '', all = ''] of remark.matchAll(SHARE))
    if (Number(done) !== Number(all)) return false;
  const plain = remark
    .replaceAll('’', "'")
    .replaceAll(SHARE, ' ')
    .replaceAll('100%', ' ')
    .replaceAll(NO_TROUBLE, ' ');
  return !TAKES_BACK.test(plain);
}

/** What a status word means. */
export function statusOf(word: string): ResultStatus {
  return readStatus(word).status;
}

function statusWord(word: string): ResultStatus | undefined {
  const plain = word
    .trim()
    .toUpperCase()
    .replace(/[\s-]{1,9}/g, '_');
  return Object.hasOwn(STATUSES, plain) ? STATUSES[plain] : undefined;
}

/** Whether it is known to say that the work is not done. */
export function isBad(status: ResultStatus): boolean {
  switch (status) {
    case 'failed':
    case 'partial':
    case 'revision':
    case 'question':
      return true;
    case 'done':
    case 'unknown':
      return false;
  }
}
