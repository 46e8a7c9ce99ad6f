/** A longer text is never nothing but filler. */
const MAX_FILLER_CHARACTERS = 4_000;

/** What nobody filled in. Each is matched against a whole sentence without its full stop, as all below. */
const NOTHING: readonly RegExp[] = [
  /^(n\/a|none|null|undefined|nan|nil|empty|placeholder|lorem ipsum\b.{0,4000})$/i,
  /^[[(<{]? ?(object object|no (output|content|text|response|answer|result)|empty( (string|response|result|output|message))?|blank) ?[\])>}]?$/i,
  /^(todo|tbd|fixme)\b.{0,120}$/i,
  /^[<[{(] ?(insert|your|add|put|the|one|full|a)?[a-z' -]{0,60}(answer|line|summary|result|text|file|content|here) ?[>\]})]$/i,
  /^\[?(insert|your|add|put) .{0,80}(here|goes here)\]?$/i,
  /^(the |your |my )?(result|answer|content|text|output|summary)( text)? (goes|comes|will be|will go|follows|to follow)( here| below| soon| later)?$/i,
];

/** Claims that it is done, which are an answer only beside files. */
const CLAIMS: readonly RegExp[] = [
  /^(done|ok(ay)?|finished|completed?|success(ful|fully)?|all done|ready|all set|no (issues|problems)|as requested|there you go|voil[àa]|here you go)$/i,
  /^(the |your |this |my |all )?(task|work|job|assignment|request|result|deliverable|everything|it)s?( [\w-]{1,60}){0,3}( is| was| are| has been| have been)?( now| all| successfully| fully){0,4} (done|complete|completed|finished|ready|delivered|submitted|successful|fulfilled)( successfully| now| as requested| in full| for review){0,4}$/i,
  /^i('ve| have|'m| am)?( now| successfully| just| already){0,4} (done|completed?|finished|fulfilled|delivered|submitted)( the| your| this| all| my| with){0,4}( [\w-]{1,60}){0,4}( successfully| as requested)?$/i,
  /^(the |your |all |this )[\w' -]{1,80} (is|are|was|were|has been|have been)( now| successfully| fully){0,2} (created|written|generated|prepared|produced|updated|implemented|built|translated|uploaded|saved|pushed|fixed|done|finished|completed|delivered)( now| in full)?( successfully| as requested| as instructed| as specified| as you asked)$/i,
  /^all (tasks|steps|items|deliverables|requirements|files)( have been| are| were)?( now| successfully){0,2} (met|done|completed?|finished|delivered|created|addressed)( successfully| as requested)?$/i,
];

/** The same in other languages: what was done, and that it was, either of which may be left out. */
const OTHER_CLAIMS: readonly RegExp[] = [
  '(?:(?:die|ihre|deine|der|das|ihr|diese|alle) )?(?:aufgaben?|arbeit(?:en)?|auftrag|anfrage|bericht|übersetzung|ergebnis|alles)? ?(?:ist|sind|wurden?|war)? ?(?:jetzt |nun |alles |erfolgreich |vollständig |hiermit ){0,3}(?:fertig|erledigt|abgeschlossen|fertiggestellt|beendet|vollendet|ausgeführt|bearbeitet)(?: worden)?|ich habe (?:\\p{L}{1,20} ){1,4}(?:erledigt|abgeschlossen|fertiggestellt|beendet)',
  "(?:(?:la|le|les|votre|cette|l') ?)?(?:tâches?|travail|mission|demande|rapport|tout)? ?(?:est|a été|sont|ont été)? ?(?:maintenant |bien |désormais |entièrement ){0,2}(?:terminé|fini|fait|accompli|achevé|réalisé|prêt|effectué)e?s?(?: avec succès)?|c'est (?:fait|fini|terminé|prêt|bon)|j'ai (?:terminé|fini|accompli|achevé|effectué) (?:\\p{L}{1,20} ?){1,3}(?: avec succès)?",
  '(?:(?:la|el|su|tu|todas las|toda la) )?(?:tareas?|trabajo|encargo|informe|solicitud|todo)? ?(?:está|han? sido|fue|quedó|están)? ?(?:ya )?(?:list|terminad|completad|hech|finalizad|realizad)[oa]s?(?: con éxito| correctamente| exitosamente| satisfactoriamente)?|he (?:terminado|completado|finalizado) (?:\\p{L}{1,20} ?){1,3}(?:con éxito)?',
  '(?:(?:a|o|sua|seu) )?(?:tarefas?|trabalho|pedido|relatório|tudo)? ?(?:está|foi|foram)? ?(?:já )?(?:pront|concluíd|feit|terminad|finalizad|completad|realizad)[oa]s?(?: com sucesso)?|(?:concluí|terminei|finalizei) (?:\\p{L}{1,20} ?){1,3}(?:com sucesso)?',
  "(?:(?:il|la|l'|tutto il) ?)?(?:compito|lavoro|attività|incarico|richiesta|tutto)? ?(?:è(?: stat[oa])?)? ?(?:fatt|finit|completat|terminat|pront|conclus|eseguit)[oaie](?: con successo)?|ho (?:finito|completato|terminato) (?:\\p{L}{1,20} ?){1,3}",
  '(?:(?:de|het|uw|je) )?(?:taak|opdracht|werk|alles)? ?(?:is|zijn)? ?(?:nu |succesvol ){0,2}(?:klaar|gedaan|voltooid|afgerond|gereed)',
  '(?:zadanie|praca|zlecenie|wszystko)? ?(?:jest|został[oay]?)? ?(?:już |pomyślnie ){0,2}(?:gotow[ey]|gotowa|zrobion[ey]|ukończon[eay]|wykonan[eay]|zakończon[eay]|skończon[eay])|gotowe',
  '(?:задача|задание|работа|заказ|всё|все)? ?(?:был[ао]? |уже |успешно |полностью ){0,3}(?:готов[оаы]?|выполнен[аоы]?|заверш[её]н[аоы]?|сделан[аоы]?|закончен[аоы]?)(?: успешно)?|я (?:успешно )?(?:выполнил|завершил|сделал|закончил)а? (?:задачу|задание|работу|всё|все)',
  '(?:завдання|робота|роботу|замовлення|все)? ?(?:вже |успішно ){0,2}(?:готов[оаі]|виконан[оаі]|завершен[оаі]|зроблен[оаі])',
  '(?:úkol|úloha|práce|práca|vše|všetko)? ?(?:je |byl[ao]? |bol[ao]? ){0,2}(?:úspěšně |úspešne )?(?:hotov[oáýé]?|hotová|dokončen[oaáýé]?|splněn[oaáý]?|splnen[áéý])',
  '(?:uppgiften|arbetet|oppgaven|arbeidet|opgaven|arbejdet|allt|alt)? ?(?:är|er)? ?(?:nu |nå )?(?:klart?|klar|färdigt?|ferdig|færdigt?|slutför[dt]|fullført|fuldført|utfør[dt]|udført|avslutad|gjort)',
  '(?:tehtävä|työ|kaikki)? ?(?:on )?(?:nyt )?(?:valmis|valmista|tehty|suoritettu)',
  '(?:görev|iş|her şey|çalışma)? ?(?:başarıyla )?(?:tamam|tamamdır|tamamlandı|tamamlanmıştır|bitti|hazır|yapıldı)',
  '(?:η εργασία|το έργο|όλα)? ?(?:είναι |έχει )?(?:έτοιμ[οηα]|ολοκληρώθηκε|ολοκληρωθεί|τελείωσε)(?: επιτυχώς| με επιτυχία)?',
  '(?:sarcina|lucrarea|totul)? ?(?:este |a fost |e )?(?:gata|terminat[ăa]?|finalizat[ăa]?|îndeplinit[ăa]?)(?: cu succes)?',
  '(?:a )?(?:feladat|munka|minden)? ?(?:kész|elkészült|befejezve|befejeződött|elvégezve|teljesítve)',
  '(?:tugas|pekerjaan|semuanya|semua)? ?(?:ini |anda )?(?:telah |sudah )?(?:selesai|beres|rampung|diselesaikan)(?: dengan (?:sukses|baik|berhasil))?',
  '(?:nhiệm vụ|công việc)? ?(?:đã )?(?:được )?(?:xong|hoàn thành|hoàn tất)(?: thành công| rồi)?',
  '(?:งาน)?(?:ได้)?เสร็จ(?:แล้ว|สิ้น|เรียบร้อย|สมบูรณ์){0,3}|เรียบร้อยแล้ว',
  'تم|تم بنجاح|تمت?(?: (?:إنجاز|إكمال|الانتهاء من|تنفيذ))? (?:المهمة|العمل|الطلب)(?: بنجاح)?|(?:اكتملت المهمة|المهمة مكتملة|المهمة جاهزة|جاهز|انتهيت)(?: بنجاح)?',
  '(?:המשימה|העבודה|הכל)? ?(?:הושלמה?|בוצעה?|מוכנה?|הסתיימה?)(?: בהצלחה)?|סיימתי',
  '(?:کار|وظیفه)? ?(?:با موفقیت )?(?:انجام شد|تمام شد|تکمیل شد|آماده است)',
  '(?:कार्य|काम|सब)? ?(?:सफलतापूर्वक )?(?:पूरा|पूर्ण|समाप्त|तैयार|संपन्न)(?: हो)?(?: गया| गई| चुका)?(?: है)?|हो गया',
  '(?:কাজ|কাজটি)? ?(?:সম্পন্ন|শেষ)(?: হয়েছে)?',
  '(?:您的|你的|该|本|此|所有|全部)?(?:任务|任務|工作|报告|報告|一切)?(?:已经|已經|已|都|全部|均|现已){0,3}(?:成功|顺利|順利)?(?:完成|做完|搞定|结束|結束|做好|完毕|完畢|提交|交付|就绪)(?:了|啦)?|好了|搞定了',
  '(?:タスク|作業|仕事|すべて|ご依頼|課題)?(?:は|が|を|も)?(?:すべて|全て|無事に?|正常に){0,2}(?:完了|終了|完成)(?:し|いたし|して)?(?:ました|です|した|おります)?|できました|終わりました',
  '(?:모든 )?(?:작업|과제|업무|요청)?(?:이|가|은|는|을|를)? ?(?:성공적으로 |모두 )?(?:완료|종료)(?:되었|했|됐|하였)?(?:습니다|어요|음|입니다|됨)?|끝났습니다|다 했습니다|완료',
].map((source) => new RegExp(`^(?:${source})$`, 'iu')); // bounded: every repetition in the list has a bound

/** Promises, acknowledgements, reports on the way, and words before what never comes. */
const PROMISES: readonly RegExp[] = [
  /^(acknowledged|understood|got it|received|noted|roger( that)?|thanks?( you)?|hello|hi( there)?|in progress|will do|on it|starting( now)?|one moment|please wait)$/i,
  /^(still |now |currently )?working on (it|this|that|the [\w-]+)\b.{0,120}$/i,
  /^(i('ll| will| am going to|'m going to| shall| am now| can)|let me|we('ll| will)|will (report|get back|start|begin|let you know))\b.{0,240}$/i,
  /^(here('s| is| are)|below (is|are)|find below|the following (is|are))( [\w'-]{1,60}){0,6}$/i,
  /^(work|the work|the task|the report|this)( [\w'-]{1,30}){0,5} is (still |now |currently )?(in progress|under way|underway|ongoing|on its way)\b.{0,60}$/i,
  /^(about |around |roughly |approximately |currently )?\d{1,2} ?(%|per ?cent|percent)( of [\w' -]{1,40})?( is| are| has been)?( now| already)? (ready|done|complete|completed|finished|written)( so far)?$/i,
  /^(progress|status|completion)\s?[:：-]\s?\d{1,2} ?%.{0,40}$/i,
  /^(expect|you can expect|the (final|full|complete|rest)|a final)( [\w'-]{1,30}){0,8} (tomorrow|soon|later|shortly|today|next week|to follow|will follow|follows?|is coming|within [\w ]{1,20})$/i,
  /^(first |rough |a )?(draft|outline|work|research|analysis|writing|translation) (was |is |has been |has )?(started|begun|underway|under way|in progress|pending)$/i,
  /^(remaining|still (to do|open|missing)|to be done|next|todo|pending|left)\s?[:：].{0,200}$/i,
  /^(to be continued|coming soon|more (to come|soon)|work in progress|wip|stay tuned)$/i,
  /^(still |now |currently )?waiting (for|on) (the|your|my|access|approval|input|a reply|an answer)\b.{0,160}$/i,
  /^(verstanden|alles klar|in arbeit|in bearbeitung|ich (beginne|fange|kümmere mich|mache mich)\b.{0,120}|compris|bien reçu|en cours|je (commence|m'en occupe)\b.{0,120}|entendido|recibido|en (curso|progreso|proceso)|em andamento|in corso|capito|begrepen|in uitvoering|zrozumiałem|w toku|понял|принято|в (процессе|работе)|anlaşıldı|devam ediyor|sedang dikerjakan|đang thực hiện|收到|好的|明白了?|了解|进行中|处理中|(作業|進行)中(です)?|承知(し|いた)?(しました|ました)?|かしこまりました|알겠습니다|진행 중|قيد التنفيذ)$/iu,
];

/** What is said in parting, and is work nowhere. */
const COURTESIES: readonly RegExp[] = [
  /^(enjoy|cheers|thanks?( you)?( (so much|very much|for [\w' -]{1,60}))?|(have|wish you) a (great|nice|good|wonderful|lovely) (day|evening|weekend|week|one)|best( regards)?|(kind|warm) regards|(i )?hope (this|that|it) helps|happy to help|you're welcome|good luck)$/i,
  /^(please )?(feel free to|don't hesitate to|let me know if|contact me|reach out)\b.{0,160}$/i,
  /^if (you|there)('re| are| have| need| want| is)?\b.{0,60}\b(questions?|changes?|revisions?|adjustments?)\b.{0,40}$/i,
  /^(viel spaß|gern geschehen|mit freundlichen grüßen|danke|merci|bonne journée|cordialement|gracias|saludos|que tenga un buen día|obrigad[oa]|grazie|спасибо|谢谢|祝您?愉快|ありがとうございます?|よろしくお願い(いた)?します|감사합니다|شكرا)$/iu,
];

/** Pointers to files, which are an answer where the files are delivered with it. */
const POINTERS: readonly RegExp[] = [
  /^(please )?(see|find|check|refer to|look (at|into)|open|read)\b.{0,120}\b(attached|attachments?|files?|folder|reports?|document|above|below|[\w-]+\.[a-z]\w{0,4})\b.{0,60}$/i,
  /^(the |my |your )?[\w '-]{1,60} (is|are|lies|stands|can be found|(is|was|were|has been) (written|saved|put|stored|placed)) (in|at|under|to) (the )?(file |folder |attached )?[`"']?[\w./-]{1,200}\.[a-z]\w{0,4}[`"']?$/i,
  /^(i|we)('ve| have)? [\w' -]{1,100} (saved|stored|put|placed|written|wrote|uploaded|exported|pushed|committed)( it| them| this| that| everything)? (as|in|into|to|under|at) (the )?(file )?[`"']?[\w./-]{1,200}\.[a-z]\w{0,4}[`"']?$/i,
  /^(i|we)('ve| have)? (saved|stored|put|placed|written|wrote|uploaded|exported)( [\w'-]{1,30}){1,6} (as|in|into|to|under|at) (the )?(file )?[`"']?[\w./-]{1,200}\.[a-z]\w{0,4}[`"']?$/i,
  /^(siehe|voir|ver|véase|vedi|zie|zobacz|см|смотрите|bkz|lihat|xem)[. ]{1,3}[`"']?[\w./-]{1,200}\.[a-z]\w{0,4}[`"']?$/iu,
  /^.{0,40}\b(liegt|steht|gespeichert|enregistré|se trouve|guardado|está en|encuentra en|salvo|salvato|opgeslagen|zapisany|сохран[её]н[аоы]?|находится)\b.{0,20}[`"']?[\w./-]{1,200}\.[a-z]\w{0,4}[`"']?$/iu,
  /^(请)?(您)?.{0,12}(保存在|保存到|存放在|写入|位于|见|查看|参见|请看|在).{0,20}[\w./-]{1,200}\.[a-z]\w{0,4}[`"'」』]? ?(文件)?(中|里|内|裡)?$/iu,
  /^.{0,12}[\w./-]{1,200}\.[a-z]\w{0,4} ?(に|へ)(保存|あります|書き|出力).{0,10}$/iu,
];

/** Words that open a sentence and say nothing by themselves. */
const OPENERS =
  /^(?:(?:done|ok(?:ay)?|sure|certainly|of course|alright|finished|success|acknowledged|understood|got it|received|hello|hi|thanks?(?: you)?)\s{0,4}[:,;.!–—-]{1,4}\s{0,4}){1,10}(?=\S)/i;

/** What is left of a text once every sentence that replaces work is taken out; undefined for a long text, which never is nothing else. */
export function withoutFiller(text: string, hasFiles: boolean): string | undefined {
  if (text.length > MAX_FILLER_CHARACTERS) return undefined;
  const all = sentences(text);
  const isOne = (kind: readonly RegExp[]) => (sentence: string) => kind.some((one) => one.test(sentence));
  const isClaim = isOne([...CLAIMS, ...OTHER_CLAIMS]);
  const isPointer = isOne(POINTERS);
  // With the files beside it a pointer or a claim is an answer.
  if (hasFiles && all.some((sentence) => isPointer(sentence) || isClaim(sentence))) return undefined;
  const isWords = isOne([...NOTHING, ...PROMISES, ...COURTESIES]);
  return all.filter((sentence) => !isPointer(sentence) && !isClaim(sentence) && !isWords(sentence)).join(' ');
}

/** The sentences of a text, without Markdown and pictures around them, what opens them, and the stop that ends them. */
function sentences(text: string): readonly string[] {
  return text
    .replaceAll('’', "'")
    .replaceAll(/\p{Extended_Pictographic}|\uFE0F|\u200D|[¡¿✓✔]/gu, ' ')
    .split(/\n|(?<=[.!?])\s|(?<=[。！？，])/)
    .map(
      (sentence) =>
        sentence
          .trim()
          .replace(/^[#>*_`~\s-]+/, '')
          .replace(OPENERS, '')
          .replace(/(?<![.!?…:*_`~\s。！？，।])[.!?…:*_`~\s。！？，।]+$/, ''), // bounded: each run once, by what is before it
    )
    .filter((sentence) => sentence !== '');
}
