/** Words for "none" and for "no blockers", "no problems" and "no questions", as whole answers, by language. */
const NOTHING: readonly string[] = [
  // English
  'none|none known|no|nope|nah|nothing|nil|null|n/a|n.a|na|not applicable|not blocked|unblocked|no blocker|no blockers|no blocking issues|no impediments|no obstacles|no hindrances|no concerns|no issues|no problems|no trouble|no difficulties|no errors|no doubts|no queries|no questions|nothing blocking|nothing blocks me|nothing to report|nothing to ask|nothing in particular',
  // Chinese
  '无|無|没|没有|沒有|暂无|暫無|否|没什么|没问题|沒問題|无问题|無問題|没有问题|沒有問題|没有任何问题|没有疑问|无疑问|没有阻塞|無阻塞|无阻塞|暂无阻塞|暂无问题|无障碍|没有障碍|没有阻碍|无阻碍|未阻塞|没有被阻塞|未受阻|无卡点|没有卡点|无异常|没有错误|无错误|不适用|不適用|目前没有|暂时没有|目前无|没有困难',
  // Spanish, Portuguese, Galician, Catalan
  'ninguno|ninguna|ningún|ningun|nada|no hay|no aplica|sin bloqueos|sin bloqueo|ningún bloqueo|no hay bloqueos|sin problemas|ningún problema|no hay problemas|sin preguntas|ninguna pregunta|no hay preguntas|sin errores|sin impedimentos|sin obstáculos|sin dudas|ninguna duda|no bloqueado|nada por ahora|ninguno por ahora|ninguna por ahora|sin novedad|sin novedades',
  'nenhum|nenhuma|não|nao|não há|nao ha|não aplicável|não se aplica|sem bloqueios|sem bloqueio|nenhum bloqueio|sem problemas|nenhum problema|não há problemas|sem perguntas|nenhuma pergunta|sem dúvidas|nenhuma dúvida|sem impedimentos|nenhum impedimento|sem erros|não bloqueado|nada por enquanto|nenhum por enquanto',
  'cap|res|cap bloqueig|cap problema|cap pregunta|sense problemes',
  // French, Italian, Romanian
  "aucun|aucune|rien|néant|neant|non|ras|sans objet|aucun blocage|pas de blocage|pas de blocages|aucun problème|aucun probleme|pas de problème|pas de problèmes|aucune question|pas de question|pas de questions|aucun obstacle|aucune erreur|pas d'erreur|rien à signaler|rien a signaler|pas bloqué|aucun pour l'instant|rien pour l'instant|pas pour le moment",
  'nessuno|nessuna|niente|nulla|nessun blocco|nessun problema|nessuna domanda|nessun impedimento|nessun ostacolo|nessun errore|senza problemi|non bloccato|non applicabile|per ora nulla|per ora niente',
  'niciunul|niciuna|niciun|nicio|nimic|nu|nicio problemă|nicio problema|nicio întrebare|nicio intrebare|niciun blocaj|niciun obstacol|fără probleme|fara probleme|fără blocaje|nu există|nu exista|nu este cazul|nu e cazul',
  // German, Dutch, Afrikaans
  'kein|keine|keiner|keins|keines|nichts|nein|entfällt|trifft nicht zu|nicht zutreffend|keine blocker|keine blockade|keine blockaden|keine blockierung|keine probleme|kein problem|keine fragen|keine hindernisse|keine fehler|nicht blockiert|derzeit keine|aktuell keine|zurzeit keine|zur zeit keine|momentan keine|keine bekannt',
  'geen|niets|nee|nvt|n.v.t|niet van toepassing|geen blokkades|geen blokkade|geen blockers|geen problemen|geen vragen|geen obstakels|geen fouten|niet geblokkeerd|op dit moment geen|niks|geen probleme|geen vrae',
  // Swedish, Norwegian, Danish, Icelandic, Finnish, Estonian, Latvian, Lithuanian
  'ingen|inga|inget|ingenting|nej|inga hinder|inga problem|inga frågor|inga blockerare|inga fel|ej aktuellt|inte blockerad|intet|nei|ingen blokkeringer|ingen hindringer|ingen problemer|ingen spørsmål|ingen spørgsmål|ikke aktuelt|ikke blokkert|ikke blokeret|engin|ekkert|engar spurningar|engin vandamál',
  'ei|ei ole|ei mitään|ei esteitä|ei ongelmia|ei kysymyksiä|ei estettä|pole|puudub|puuduvad|mitte midagi|ei ole takistusi|küsimusi pole|probleeme pole|nav|nē|nav problēmu|nav jautājumu|nav šķēršļu|nėra|jokių|nėra problemų|nėra klausimų|nėra kliūčių|nieko',
  // Polish, Czech, Slovak, Slovenian, Croatian, Serbian, Bosnian, Macedonian, Bulgarian
  'brak|żaden|żadne|żadna|żadnych|nic|nie|nie ma|nie dotyczy|brak blokad|brak blokady|brak blokerów|brak przeszkód|brak problemów|brak pytań|brak błędów|bez problemów|nie jestem zablokowany|na razie brak|obecnie brak',
  'žádný|žádné|žádná|žádno|ne|není|nejsou|žádné problémy|žádné překážky|žádné blokery|žádné otázky|bez problémů|bez překážek|žiadny|žiadne|žiadna|nie sú|žiadne problémy|žiadne prekážky|žiadne otázky|bez problémov|nič|ni|brez|brez težav|ni težav|ni vprašanj|nobenih|nobena',
  'nema|ništa|nijedan|nikakvih|nikakve|nema problema|nema pitanja|nema blokera|nema prepreka|nema blokada|bez problema|нема|ништа|ниједан|нема проблема|нема питања|нема препрека|ништо|нема проблеми|нема прашања|няма|нищо|никакви|няма проблеми|няма въпроси|няма блокери|няма пречки|без проблеми',
  // Russian, Ukrainian, Belarusian
  'нет|ничего|никаких|никакие|отсутствует|отсутствуют|нету|н/д|не применимо|неприменимо|нет блокеров|блокеров нет|без блокеров|нет блокировок|блокировок нет|без блокировок|нет проблем|проблем нет|без проблем|нет вопросов|вопросов нет|без вопросов|нет препятствий|препятствий нет|без препятствий|нет ошибок|ошибок нет|никаких проблем|никаких вопросов|никаких блокеров|не заблокирован|не заблокировано|не заблокирована|пока нет|пока ничего|сейчас нет|на данный момент нет|вопросов пока нет|блокеров пока нет|проблем пока нет',
  'немає|нема|нічого|ні|жодних|жодного|жодні|відсутні|відсутнє|немає блокерів|блокерів немає|немає проблем|проблем немає|без проблем|немає питань|питань немає|немає перешкод|перешкод немає|не заблоковано|поки немає|няма пытанняў|няма праблем|нічога|не',
  // Hungarian, Greek, Albanian, Armenian, Georgian, Basque, Irish, Welsh
  'nincs|nincsenek|semmi|nem|nincs akadály|nincs probléma|nincs kérdés|nincs kérdésem|nincsenek kérdések|nincsenek akadályok|nem blokkolt|κανένα|κανένας|καμία|καμιά|τίποτα|τίποτε|όχι|κανένα πρόβλημα|κανένα εμπόδιο|καμία ερώτηση|δεν υπάρχει|δεν υπάρχουν|asnjë|asgjë|jo|nuk ka|nuk ka pyetje|nuk ka probleme|չկա|չկան|ոչինչ|ոչ|არ არის|არა|არაფერი|არ მაქვს|bat ere ez|ez|dim|dim byd|dim un|ceann ar bith|níl',
  // Turkish, Azerbaijani, Kazakh, Uzbek, Kyrgyz, Mongolian, Kurdish, Tajik
  "yok|yoktur|hiçbiri|hiç|hiçbir şey|hicbiri|hicbir sey|hayır|hayir|engel yok|engeller yok|sorun yok|soru yok|sorum yok|bir sorun yok|herhangi bir engel yok|herhangi bir sorun yok|şu an yok|şu anda yok|yox|yoxdur|heç nə|heç biri|problem yoxdur|sual yoxdur|maneə yoxdur|жоқ|ештеңе|сұрақ жоқ|мәселе жоқ|yo'q|yoʻq|hech narsa|savol yo'q|muammo yo'q|жок|эч нерсе|байхгүй|үгүй|асуулт байхгүй|tune|tine|tiştek|pirs tune|нест|ҳеҷ|ҳеҷ чиз",
  // Arabic, Persian, Urdu, Pashto, Hebrew
  'لا|لا يوجد|لايوجد|لا توجد|لا شيء|لا شئ|لاشيء|لا مشاكل|لا مشكلة|لا توجد مشاكل|لا يوجد مشاكل|لا عوائق|لا توجد عوائق|لا يوجد عوائق|لا يوجد عائق|لا أسئلة|لا اسئلة|لا توجد أسئلة|لا يوجد أسئلة|ليس هناك|بدون|غير منطبق|ليس محظورا|لا ينطبق|لا يوجد حاليا|مفيش',
  'هیچ|هیچی|هیچ کدام|هیچکدام|هیچ چیز|هیچ چیزی|ندارد|ندارم|نیست|خیر|نه|وجود ندارد|مشکلی نیست|مشکلی وجود ندارد|سوالی نیست|سوالی ندارم|سؤالی ندارم|مانعی نیست|مانعی وجود ندارد|فعلا هیچ|نہیں|کوئی نہیں|کچھ نہیں|کچھ بھی نہیں|کوئی مسئلہ نہیں|کوئی سوال نہیں|کوئی رکاوٹ نہیں|نشته|هیڅ|هیڅ نه',
  'אין|כלום|לא|ללא|שום דבר|אף אחד|אין חסמים|אין חסימות|אין בעיות|אין בעיה|אין שאלות|ללא בעיות|לא חסום|לא רלוונטי|אין כרגע|כרגע אין',
  // Hindi, Bengali, Punjabi, Marathi, Gujarati, Nepali, Sinhala
  'नहीं|नही|ना|कोई नहीं|कोई नही|कुछ नहीं|कुछ नही|कुछ भी नहीं|शून्य|लागू नहीं|कोई समस्या नहीं|कोई बाधा नहीं|कोई रुकावट नहीं|कोई अवरोध नहीं|कोई प्रश्न नहीं|कोई सवाल नहीं|कोई दिक्कत नहीं|koi nahi|koi nahin|kuch nahi|kuch nahin|nahi|নেই|নাই|না|কিছু না|কিছু নেই|কিছুই না|কিছুই নেই|কোনোটিই না|কোনোটি নয়|কোনো সমস্যা নেই|কোন সমস্যা নেই|কোনো বাধা নেই|কোনো প্রশ্ন নেই|প্রযোজ্য নয়',
  'ਨਹੀਂ|ਕੋਈ ਨਹੀਂ|ਕੁਝ ਨਹੀਂ|ਕੋਈ ਸਮੱਸਿਆ ਨਹੀਂ|ਕੋਈ ਸਵਾਲ ਨਹੀਂ|नाही|काही नाही|काहीही नाही|कोणतेही नाही|कोणताही नाही|कोणतीही अडचण नाही|प्रश्न नाही|નથી|ના|કોઈ નથી|કંઈ નથી|કંઈ નહીં|કોઈ નહીં|કોઈ સમસ્યા નથી|કોઈ પ્રશ્ન નથી|छैन|छैनन्|केही छैन|कुनै छैन|कुनै पनि छैन|कुनै समस्या छैन|कुनै प्रश्न छैन|होइन|නැත|නැහැ|කිසිවක් නැත|කිසිවක් නෑ',
  // Tamil, Telugu, Kannada, Malayalam
  'இல்லை|எதுவுமில்லை|எதுவும் இல்லை|ஒன்றும் இல்லை|ஒன்றுமில்லை|கேள்வி இல்லை|கேள்விகள் இல்லை|பிரச்சனை இல்லை|தடை இல்லை|లేదు|లేవు|ఏమీ లేదు|ఏమీ లేవు|ఏమి లేదు|ఏదీ లేదు|ప్రశ్నలు లేవు|సమస్యలు లేవు|ఇబ్బంది లేదు|ಇಲ್ಲ|ಏನೂ ಇಲ್ಲ|ಏನಿಲ್ಲ|ಯಾವುದೂ ಇಲ್ಲ|ಪ್ರಶ್ನೆಗಳಿಲ್ಲ|ಸಮಸ್ಯೆ ಇಲ್ಲ|ഇല്ല|ഒന്നുമില്ല|ഒന്നും ഇല്ല|ചോദ്യങ്ങളില്ല|പ്രശ്നമില്ല',
  // Thai, Lao, Khmer, Burmese
  'ไม่มี|ไม่|ไม่มีครับ|ไม่มีค่ะ|ไม่มีคะ|ไม่มีอะไร|ไม่มีปัญหา|ไม่มีคำถาม|ไม่มีอุปสรรค|ไม่มีข้อสงสัย|ไม่มีสิ่งกีดขวาง|ยังไม่มี|ไม่ติดปัญหา|ไม่ติดขัด|ไม่เกี่ยวข้อง|ບໍ່ມີ|ບໍ່|ບໍ່ມີບັນຫາ|ບໍ່ມີຄຳຖາມ|គ្មាន|មិនមាន|អត់មាន|គ្មានបញ្ហា|គ្មានសំណួរ|ទេ|မရှိ|မရှိပါ|မရှိဘူး|ဘာမှမရှိပါ|ဘာမှမရှိဘူး|ပြဿနာမရှိပါ|မေးခွန်းမရှိပါ',
  // Vietnamese
  'không|khong|không có|khong co|không có gì|khong co gi|chưa có|chưa|không có vấn đề|không có vấn đề gì|không vấn đề gì|không có câu hỏi|không có câu hỏi nào|không có trở ngại|không có trở ngại nào|không áp dụng|không bị chặn|không có lỗi|hiện không có|hiện tại không có',
  // Indonesian, Malay, Javanese, Sundanese, Filipino
  'tidak ada|tidak|tiada|nihil|belum ada|belum|tak ada|gak ada|nggak ada|ga ada|enggak ada|tidak ada kendala|tidak ada hambatan|tidak ada masalah|tidak ada pertanyaan|tidak ada apa-apa|tidak ada halangan|tidak ada error|tanpa kendala|tanpa hambatan|tidak berlaku|tidak terblokir|saat ini tidak ada|sejauh ini tidak ada|tiada masalah|tiada halangan|tiada soalan|ora ana|ora ono|teu aya|euweuh|wala|wala po|wala naman|wala naman po|wala pa|wala pa naman|walang problema|walang tanong|walang sagabal|walang hadlang|walang balakid|hindi|walay problema',
  // Japanese
  'なし|無し|無|ない|ナシ|ありません|特になし|特に無し|特にない|特にありません|なしです|特になしです|いいえ|該当なし|問題なし|問題ありません|問題はありません|質問なし|質問はなし|質問ありません|質問はありません|障害なし|障害はありません|ブロッカーなし|ブロッカーはありません|ブロックなし|ブロックされていません|エラーなし|今のところなし|現在なし|現時点ではなし|今のところありません|現在ありません|現時点ではありません',
  // Korean
  '없음|없습니다|없어요|없다|없네요|없음요|해당 없음|해당없음|해당 사항 없음|해당사항 없음|해당 사항 없습니다|특이사항 없음|특이 사항 없음|문제 없음|문제없음|문제 없습니다|문제없습니다|질문 없음|질문없음|질문 없습니다|장애 없음|차단 없음|블로커 없음|이슈 없음|오류 없음|막힌 것 없음|현재 없음|현재 없습니다|아니요|아니오|아직 없음',
  // Swahili, Hausa, Yoruba, Igbo, Amharic, Somali, Zulu, Xhosa, Shona
  'hakuna|hapana|hamna|hakuna tatizo|hakuna matatizo|hakuna kizuizi|hakuna vikwazo|hakuna maswali|hakuna swali|hakuna chochote|hakuna kitu|hakuna shida|hakuna kwa sasa|bado|babu|babu komai|babu matsala|babu tambaya|kò sí|ko si|kosi|kò sí ìṣòro|rárá|ọ dịghị|enweghị|mba|የለም|ምንም|ምንም የለም|ችግር የለም|ጥያቄ የለም|አይ|maya|ma jiro|waxba|waxba ma jiraan|lutho|cha|akukho|akukho lutho|hayi|hapana mubvunzo|hapana dambudziko',
  // Esperanto, Latin
  'neniu|nenio|nihil|nullus|nulla',
];

/** Words by which all goes well: no reason, and no question either. */
const ALL_WELL =
  'ok|okay|fine|all good|all well|all fine|all clear|all ok|clear|todo bien|tudo bem|tudo certo|tout va bien|tutto bene|alles gut|alles ok|alles goed|wszystko ok|всё хорошо|все хорошо|всё в порядке|все в порядке|усе добре|her şey yolunda|一切正常|正常|順調|順調です|정상|semua baik|mọi thứ ổn|ổn|kila kitu sawa';

const setOf = (lines: readonly string[]): ReadonlySet<string> =>
  new Set(lines.flatMap((words) => words.split('|')).map((words) => words.normalize('NFC')));
const NOTHING_WORDS = setOf(NOTHING);
const ALL_WELL_WORDS = setOf([ALL_WELL]);

/** Longer words are no such answer. */
const MAX_CHARACTERS = 80;

/** What may stand around an answer: punctuation, emphasis, emoji. Letters, their marks and digits are the answer. */
const AROUND = /^[^\p{L}\p{M}\p{N}]{1,80}|[^\p{L}\p{M}\p{N}]{1,80}$/gu;

/** Whether words say "none" in one of the languages that are known, and nothing else. */
export function areNothing(words: string): boolean {
  return NOTHING_WORDS.has(bare(words));
}

/** Whether words say that all goes well, and nothing else. */
export function areAllWell(words: string): boolean {
  return ALL_WELL_WORDS.has(bare(words));
}

function bare(words: string): string {
  if (words.length > MAX_CHARACTERS) return words;
  const letters = words.normalize('NFC').replaceAll('’', "'").toLowerCase().replace(AROUND, '');
  return letters.replaceAll(/\s{1,80}/g, ' ');
}
