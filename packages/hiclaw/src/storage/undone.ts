const BEGIN = '(?<![\\p{L}\\p{N}])';
const SAME = '[^.!?\\n]{0,160}';
const WORK =
  '(?:report|translation|analysis|research|text|document|article|design|logo|code|summary|deliverables?|work|task|assignment|job|table|figures|data|study|draft|content|presentation|list|website|script|spreadsheet|survey|result)s?';
const MADE =
  '(?:produced|written|created|made|delivered|completed|finished|prepared|translated|done|carried out|started|begun|generated|compiled|obtained|collected|performed)';
const NOT =
  "(?:has not|have not|hasn't|haven't|was not|were not|wasn't|weren't|could not|couldn't|cannot|can't|is not|isn't|are not|aren't|does not|doesn't|do not)(?: yet| therefore| been| be| yet been){0,2}";

/** Sentences that say of the very thing that was ordered that it is not there. They count wherever they stand. */
const UNDONE: readonly RegExp[] = [
  `${BEGIN}(?:requested|ordered|commissioned|promised|assigned) (?:\\p{L}{1,20} ){0,3}${WORK} ${NOT} (?:${MADE}|exist|ready|possible|included|available yet)(?!\\p{L})`,
  `${BEGIN}${WORK} (?:that|which|as) (?:(?:was|were|had been|you|has been) )?(?:ordered|requested|asked for|commissioned|wanted)(?: for)? ${NOT} (?:${MADE}|exist|ready|possible|available|included)(?!\\p{L})`,
  `${BEGIN}none of the (?:\\p{L}{1,20} ){0,3}(?:deliverables|items|sections|steps|tasks|figures|chapters|pages|parts|documents|files|results) (?:that were \\p{L}{1,20} )?(?:was|were|has been|have been|could be|is|are) (?:${MADE}|ready|retrieved|available)(?!\\p{L})`,
  `${BEGIN}(?:before|without) any of the (?:\\p{L}{1,20} ){0,3}(?:deliverables|items|sections|steps|tasks|chapters|pages|parts|files) (?:was|were|could be|had been|being) ${MADE}`,
  `${BEGIN}(?:I|we) (?:was |were |am |are |had |have )?(?:therefore |thus )?(?:forced |obliged |compelled )?(?:to )?(?:had to |have to |to )?(?:stop|stopped|abort|aborted|give up|gave up|abandon|abandoned) (?:the |this |work|working|my |all )?(?:task|work|working|job|assignment|attempt)(?!\\p{L})`,
  `${BEGIN}(?:I|we) (?:was|were|am|are) (?:forced|obliged|compelled) to (?:stop|abort|give up|abandon|halt)(?!\\p{L})`,
  `${BEGIN}(?:I|we)(?:'m| am| are| was| were)? (?:therefore |still |also )?(?:could not|couldn't|cannot|can't|unable to|not able to|failed to|did not manage to) (?:\\p{L}{2,12}ly )?(?:complete|finish|deliver|carry out|produce|fulfil+|proceed with|perform|continue with) (?:the|this|your|any|it|all)(?: \\p{L}{1,20}){0,2} ?(?:task|work|job|assignment|order|request|report|translation|analysis|research|deliverables?|project)s?(?!\\p{L})`,
  `^(?:in short, |as a result, |therefore,? |so |thus,? )?no (?:\\p{L}{1,20} ){0,2}(?:figures|translation|report|deliverables?|analysis|draft|article|summary|design|work|results) (?:was|were|could be|has been|have been) (?:therefore )?${MADE}(?!\\p{L})`,
  `${BEGIN}(?:this|the|your) (?:task|assignment|job|order|work)(?: itself)? (?:is|remains|was|has been|stays)(?: still| therefore| currently| thus| left){0,2} (?:blocked|incomplete|unfinished|undone|not (?:done|complete|completed|finished|started|feasible|possible)|on hold|stalled|suspended)(?!\\p{L})`,
  `${BEGIN}(?:once|as soon as|when|if|after) ${SAME}(?:access|credentials?|file|text|data|key|table|tables|source|input|document) ${SAME}(?:provided|granted|available|sent|restored|received|supplied|shared)${SAME}${BEGIN}(?:I|we)(?:'ll| will| can)? (?:complete|finish|proceed|resume|continue|start|begin|deliver|produce|write)(?!\\p{L})`,
  `${BEGIN}(?:please|kindly) (?:grant|give|provide|send|share|upload|supply|paste|attach)(?!\\p{L})${SAME}${BEGIN}(?:so (?:that )?I can|and I(?:'ll| will| can)|and (?:re-?assign|restart|resend)|then I(?:'ll| will| can)|for me to)(?!\\p{L})`,
  `${BEGIN}(?:bestellte|gewünschte|angeforderte|beauftragte|verlangte)[nrs]? (?:\\p{L}{1,30} ){1,3}(?:konnte|wurde|ist|liegt|existiert|kann)(?!\\p{L})${SAME}(?:nicht|kein\\p{L}{0,2})(?!\\p{L})`,
  `${BEGIN}(?:ich|wir) (?:musste|mussten)(?!\\p{L})${SAME}(?:abbrechen|aufgeben|einstellen)|${BEGIN}(?:aufgabe|auftrag|arbeit|übersetzung|bericht)(?!\\p{L})${SAME}(?:nicht|noch nicht) (?:erstellt|fertiggestellt|abgeschlossen|erledigt|geliefert|durchgeführt|begonnen|möglich|ausgeführt)`,
  `${BEGIN}(?:demandée?s?|commandée?s?)(?!\\p{L}) ${SAME}(?:n'(?:a|ont|est|existe)|ne ${SAME}) ?${SAME}(?:pas|encore)(?!\\p{L})|${BEGIN}(?:tâche|mission|traduction|rapport|travail) n'(?:a|est) (?:pas|malheureusement pas|donc pas)`,
  `${BEGIN}(?:solicitad[oa]s?|encargad[oa]s?|pedid[oa]s?) (?:no|aún no|todavía no|não|ainda não) (?:se |ha |está |existe|foi|fue|pudo)|${BEGIN}(?:la tarea|el trabajo|el informe|la traducción|a tarefa|o trabalho|o relatório|a tradução) (?:no|não) (?:se ha |ha |pudo|fue|foi|está)`,
  `${BEGIN}(?:richiest[oa]|commissionat[oa]) non (?:è|ha|esiste|è stat[oa])|${BEGIN}(?:il compito|il lavoro|la traduzione|il rapporto) non (?:è|ha)|${BEGIN}(?:gevraagde|bestelde) ${SAME}(?:niet|geen)(?!\\p{L})|${BEGIN}zamówion(?:y|a|e) ${SAME}nie (?:został|jest|powstał)`,
  `${BEGIN}(?:заказанн|запрошенн)\\p{L}{2,3} ${SAME}не (?:был|готов|выполнен|создан|существует|удалось)|${BEGIN}(?:задача|задание|работа|перевод|отчёт|отчет) (?:так и )?не (?:был|выполнен|готов|завершен|завершён|сделан|создан)`,
  '(?:所要求的|您要求的|您需要的|订购的|所需的|您要的)[^。！？\\n]{0,40}(?:尚未|未能|没有|无法|还没)|(?:任务|工作|报告|翻译)(?:尚未|未能|无法|还没有?|没有)(?:完成|开始|生成|制作|交付)|ご依頼の[^。\\n]{0,40}(?:できません|できていません|まだ)|요청하신[^.\\n]{0,40}(?:못했|없습니다|않았)',
].map((source) => new RegExp(source, 'iu')); // bounded: every repetition in the list has a bound

/** Whether a sentence says of the very thing that was ordered that it was not made. */
export function saysUndone(sentence: string): boolean {
  return UNDONE.some((one) => one.test(sentence));
}
