/** What a status is called, also by workers that do not write English. */
const NAME =
  '(?:(?:the|task|job|result|final|overall|current|execution)[ _-]{1,3}){0,2}(?:status|state|outcome|result)|(?:任务|任務|最终|当前|执行)?(?:状态|狀態|状態|结果|結果)|ステータス|상태|결과|statut|résultat|estado|estatus|resultado|stato|risultato|ergebnis|zustand|resultaat|wynik|durum|sonuç|статус|состояние|результат|الحالة|स्थिति|trạng thái';
/** What says that the work was not done. */
const BAD =
  'blocked|failed|failure|fail|interrupted|aborted|cancell?ed|refused|rejected|error|unable[ _]to[ _]complete|not[ _-]{1,3}(?:done|completed?|finished|possible|successful)|revision[ _-]{1,3}needed|needs[ _-]{1,3}(?:input|revision)|partial|partially[ _-]{1,3}completed?|partial[ _-]{1,3}success|incomplete|unsuccessful|question|失败|失敗|阻塞|受阻|未完成|未完了|部分完成|无法完成|ブロック|エラー|错误|실패|차단|미완료|fehlgeschlagen|gescheitert|blockiert|abgebrochen|unvollständig|[ée]chec|[ée]chou[ée]e?|bloqu[ée]e?|fallid[oa]|fracaso|bloquead[oa]|fallad[oa]|incomplet[oa]|falhou|falha|fracassou|fallit[oa]|bloccat[oa]|mislukt|geblokkeerd|niepowodzenie|zablokowan[eay]|başarısız|engellendi|неуда(?:ча|чно|лось)|ошибка|провалено|заблокирован[ао]?|не выполнен[ао]?|فشل|محظور|विफल|thất bại';

/** Nothing that is read as a word. */
const DRESS = '[^\\p{L}]{0,99}';
/** The word ends, and what follows is a reason at most. */
const END =
  '(?![\\p{L}\\p{N}_])(?=[^\\p{L}\\p{N}]{0,99}$|[\\s*_`"\')\\]]{0,9}[^\\p{L}\\p{N}\\s*_`"\')\\]]|\\s{1,9}(?:because|due|since|as)\\s)';
// bounded: NAME, BAD, DRESS and END have bounds
const NAME_ALONE = new RegExp(`^${DRESS}(?:${NAME})${DRESS}$`, 'iu');
// bounded: the same
const BAD_ALONE = new RegExp(`^${DRESS}(?:${BAD})${END}`, 'iu');
// bounded: the same
const NAME_AND_BAD = new RegExp(
  `^${DRESS}(?:${NAME})(?:\\s{1,9}(?:is|was|has))?${DRESS}(?:${BAD})${END}`,
  'iu',
);

/** Lines between the name of a status and its value. */
const MAX_GAP_LINES = 5;
const MAX_CELLS = 50;

/** Whether a text is the name of a status and nothing else. */
export function statusNameOf(text: string): boolean {
  return NAME_ALONE.test(text);
}

/**
 * Whether a line contains a status other than success, or its name does and the status below. In whatever dress: they are the
 * only words, but for a reason behind them. The lines are plain ones.
 */
export function saysBadStatus(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (NAME_AND_BAD.test(line)) return true;
  if (line.includes('|')) return isBadTable(lines, at);
  if (!NAME_ALONE.test(line)) return false;
  const below = lines.slice(at + 1, at + 1 + MAX_GAP_LINES).find((next) => /\p{L}/u.test(next)) ?? '';
  return BAD_ALONE.test(below);
}

/** A cell with the name beside one with the status, or above it where that is the only row. */
function isBadTable(lines: readonly string[], at: number): boolean {
  const cells = cellsOf(lines[at] ?? '');
  const index = cells.findIndex((cell) => NAME_ALONE.test(cell));
  if (index === -1) return false;
  if (BAD_ALONE.test(cells[index + 1] ?? '')) return true;
  const rows = lines.slice(at + 1, at + 4).filter((line) => !/^[\s|:-]{0,2000}$/.test(line));
  const [values = '', next = ''] = rows;
  return !next.includes('|') && BAD_ALONE.test(cellsOf(values)[index] ?? '');
}

function cellsOf(line: string): readonly string[] {
  return line.trim().replace(/^\|/, '').split('|', MAX_CELLS);
}

const TITLE_WORDS =
  /^[^\p{L}]{0,99}(?:(?:the|this|your|task|job|assignment|work|request|has|was|is|been|be|could|can|not|cannot|couldn't|completed|done|finished|possible|unable|to|complete|finish|failed|blocked|aborted|interrupted)[ ,*_]{0,9}){1,12}(?=[^\p{L}\p{N}]{0,99}$|[*_\s]{0,9}[:–—(-])/iu;
const TITLE_BAD =
  /\b(?:not (?:be |been )?(?:completed?|done|finished|possible)|(?:could|can) not|cannot|couldn't|unable|failed|blocked|aborted|interrupted)\b/i;

/** Whether a title says that the work was not done, and says nothing else in front of a reason. */
export function isBadTitle(line: string): boolean {
  const [title = ''] = TITLE_WORDS.exec(line) ?? [];
  return TITLE_BAD.test(title) || /^[^\p{L}]{0,99}任务(?:失败|未完成|受阻|无法完成)/u.test(line);
}
