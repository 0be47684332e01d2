"""How people ask not to be called any more, in English and in Spanish: the patterns behind `opt_out` in `phrases.py`.

They are generous: to stop calling somebody who did not ask for it costs one call, to call somebody who did is against the law. A
pattern is made of word classes (who does not want, what is done by telephone, what it is done to), so that a sentence nobody thought
of is found by its parts. What they still miss is weighed word by word (`weighing_opt_outs.py`).
"""

from __future__ import annotations

from ringtrue.voice.brains.phrase_lists import Rule

_CALLING = (
    r"(?:cold ?call|call|phone|ring|dial|text|contact|bother|harass|disturb|telephon|message|pester|spam|bug|hassl|annoy|solicit|reach|robo ?call|e ?mail)"
    r"(?:e?s|ing|ling|ging|ming|ed|ming)?"
)
_GOING = r"(?:calling|phoning|ringing|dialing|dialling|texting|contacting|bothering|harassing|disturbing|telephoning|messaging|pestering|spamming|bugging|hassling|annoying|soliciting|robocalling)"
_LIST = (
    r"(?:(?:do not call |calling |call |phone |contact |mailing |marketing |sales |telemarketing |dialing |dialling |customer |lead |leads |"
    r"robo ?call )*(?:lists?|databases?|data base|records|systems?|files?|books?|computers?|dial+ers?|directory|registry))"
)
_THEIRS = r"(?:your|the|this|that|that calling|any|all your|all|every|whatever|these|those|ya)"
_ME = r"(?:me|us|my (?:\w+ )?(?:number|name|phone|cell|mobile|details|info|information|contact|house|home|line|mother|mom|mum|wife|husband|landline)|this (?:\w+ )?(?:number|phone|line)|our (?:\w+ )?(?:number|name|house|home|line|phone|office)|the number|number|his number|her number|it)"
_CALLS = r"(?:(?:(?:phone|sales|marketing|telemarketing|robo|cold|automated|unsolicited|spam|nuisance|junk|any|more|these|your|further|such|those|kind of|of) ?)*(?:calls|robocalls|phonecalls|phone calls|solicitations|telemarketers))"

_NOT = r"(?:dont|doesnt|didnt|never|no longer|not|nobody|no ?one|none of (?:us|them|you)|neither of us|wont|wouldnt|cant|shouldnt|neednt|mustnt|without|refuse)"
_STOP = r"(?:stop|stops|stopped|stopping|quit|cease|discontinue|refrain from|give up|halt|enough|lay off|knock it off|cut it out|keep from)"
_REACH = (  # what is done by telephone, in any form of the verb, in the street's words too
    r"(?:call(?:s|ed|ing)?|phon(?:es|ed|ing)|phone (?:him|her|this|my|our)|ring(?:s|ing)?|rang|rung|dial(?:s|l?ed|l?ing)?|contact(?:s|ed|ing)?|text(?:s|ed|ing)?"
    r"|bother(?:s|ed|ing)?|harass(?:es|ed|ing)?|pester(?:s|ed|ing)?|spam(?:s|med|ming)?|bug(?:s|ged|ging)?|disturb(?:s|ed|ing)?|solicit(?:s|ed|ing)?"
    r"|reach(?:es|ed|ing)? (?:out|me|us)|get(?:ting)? in touch|got in touch|in touch with|hear(?:ing)? from|hit(?:ting)? (?:me|us|my|this|up)|try(?:ing)? (?:me|us|this|my (?:\w+ )?(?:number|line))"
    r"|blow(?:s|ing)? up (?:my|our|this)|us(?:e|es|ing) (?:this|my|our) (?:\w+ )?(?:number|line)|robo ?calls?|phone ?calls?|solicitations?)"
)
_AGAIN = r"(?:again|anymore|any more|any longer|no more|ever|in (?:the )?future|from now on|for good)"
_WHOSE = r"(?:my|our|this|her|his|their|that|the)"
_ENTRY = r"(?:number|name|phone|details?|info|information|data|contact|line|house|home)"
_LAW = r"(?:report|sue|suing|police|cops|lawyers?|attorney|solicitors?|complain|complaint|fcc|ftc|ico|ofcom|authorities|legal action|press charges|court)"

ENGLISH: Rule = (
    (
        # stop calling, quit phoning us, cease all contact
        rf"(?:stop|quit|cease|discontinue|refrain from|stop with|enough) (?:\w+ ){{0,3}}?{_GOING}(?! (?:it|that|them|him|her|back)\b)",
        rf"(?:stop|quit|end|cease|discontinue|halt|no|enough (?:of|with)|enough) (?:with |of )?(?:(?:all|the|any|these|your|those|making|getting|sending|of) )*(?:more |further |future |other )?(?:contact|communications?|{_CALLS})(?: (?:me|us|here|please|again|from you))?(?! (?:have|has|was|were|came|come|today|at the moment))",
        r"cease and desist",
        r"(?:knock|cut) it (?:off|out) with (?:the|these|your) calls",
        # do not call
        r"(?:dont|never|not|wont|shouldnt|no longer|dont you|better not|must not|may not|cant|stop|not to|quit) (?:\w+ ){0,3}?(?:call|phone|ring|dial|telephone|text|contact|bother|harass|disturb|message|pester|e ?mail|solicit|robocall) (?:to )?(?:me|us|here|this (?:\w+ )?(?:number|phone|line|house|home|place)|my (?:\w+ )?(?:number|phone|cell|mobile|house|home|office|work|mother|mom|mum|father|dad|wife|husband|line)|our (?:\w+ )?(?:number|house|home|office|line)|again|anymore|any more|ever|back|any ?longer)\b(?! (?:before|after|until|till|between|on (?:sunday|saturday|monday|weekend)|at (?:work|night|home|the office|\d|\w+ (?:pm|am|o))|during|while|later|in the|if|unless|when|mister|maam|sir|about|for (?:a|the|an)|to (?:confirm|remind)|today|tomorrow|tonight|with)\b)",
        r"(?:dont|never|no longer) (?:\w+ )?(?:call|phone|ring|contact)(?: please| anymore| again| ever| ever again)?$",
        r"(?:please )?(?:do not|dont) (?:call|contact) (?:list|registry|register|me)",
        r"(?:dont|never|not|shouldnt|no longer|stop) (?:\w+ ){0,4}?(?:be |being |get |getting )(?:called|phoned|rung|contacted|texted|telephoned|solicited|bothered|disturbed|harassed|pestered)(?! back\b)",
        rf"(?:dont|never|no longer|not|stop|hate|tired of|sick of) (?:\w+ ){{0,4}}?(?:receiv|get|tak|want|need|hav|interested in|accept|appreciat)\w* (?:\w+ ){{0,3}}?{_CALLS}(?! back)",
        r"(?:dont|no longer|never) (?:(?:ever|really) )?(?:want|wish|care|need|like|expect) (?:to )?(?:\w+ )?hear(?:ing)? (?:from|anything from) (?:you|this|your|any of you)",
        rf"(?:dont|no longer|never) (?:want|wish|like|need|appreciate|expect) (?:\w+ ){{0,4}}?(?:you|yall|anyone|anybody|people|your \w+|them|guys|to be) (?:\w+ ){{0,3}}?{_CALLING}(?: (?:me|us|here|again|anymore|this|my)|$)",
        r"(?:dont|never|no longer) (?:want|need) (?:you|any|no|anymore|your) (?:\w+ ){0,2}?(?:calls|contact)",
        r"(?:last time|id (?:prefer|rather|appreciate it if)|prefer (?:that )?) (?:\w+ )?you (?:\w+ )?(?:call(?:ed)? (?:me|us|here|this)|didnt (?:call|contact|phone|ring)|dont (?:call|contact)|not (?:call|contact)|stopped)",
        r"(?:let this|this) (?:\w+ )?be the last (?:time|call)",
        r"wish (?:\w+ )?(?:you|they) (?:would|wouldnt) (?:stop |quit )?(?:call|phon|ring|contact)\w*",
        r"(?:you|they|your company|nobody|no one) (?:\w+ )?(?:dont|do not|doesnt|do not|didnt|never|not) (?:\w+ )?(?:have|had|get|got|given) (?:\w+ ){0,3}?(?:permission|consent|right|authori[sz]ation|business) (?:to )?(?:for )?(?:you )?(?:to )?(?:call|calling|contact|phone|contacting)",
        r"(?:asking|asked|telling|told|begging|want|need|like|warned|warning) you (?:\w+ ){0,2}?to (?:please |just )?(?:stop|quit)(?: it| now| please| already)?$",
        r"^(?:please )?no more(?: please)?$",
        r"(?:never|not|dont|didnt|nobody|no one) (?:\w+ ){0,3}?(?:agree|agreed|asked|signed up|sign up|consented|consent) (?:\w+ ){0,3}?(?:be called|being called|be contacted|calls|these calls|get calls)",
        r"(?:dont|do not|never) (?:\w+ )?(?:bother|keep|go|try|start) (?:\w+ )?(?:calling|phoning|ringing|contacting|texting|messaging)(?! (?:him|her|them|it))",
        r"(?:object|objecting|objection) to (?:being|getting|you|your) (?:\w+ )?(?:call\w*|contact\w*|phoned|rung)",
        r"(?:never|not) (?:be |get |being )?(?:ever )?(?:called|contacted|phoned|rung|telephoned) (?:again|anymore|any more|ever|by you|by your \w+)",
        # lists
        rf"(?:take|remove|get|cross|strike|delete|scrub|drop|pull|wipe|erase|clear|cut|scratch|move|purge|exclude|omit|keep|leave|kick|knock|removing|taken|removed|deleted|want|come|deleting|taking) {_ME} (?:\w+ ){{0,2}}?(?:off|from|out|of)(?: of)?(?: {_THEIRS})? (?:\w+ )?{_LIST}",
        rf"(?:off|removed from|out of|deleted from|taken off|taken off of|away from|erased from|off from|come off|get off|removal from|off of) (?:{_THEIRS} )(?:\w+ )?{_LIST}",
        r"^(?:(?:please|just|can you|could you|would you|hi|hello|and|so|i want you to|id like you to|i need you to) )*(?:take|cross|strike) (?:me|us|my (?:name|number)|this number) off(?: please| now| immediately| it| entirely)?$",
        r"^(?:(?:please|just|can you|could you|would you|i want you to|id like you to|i need you to|yes|hi|hello) )*(?:remove|delete|unsubscribe|scrub|erase|drop|purge) (?:me|us|my (?:\w+ )?number|this number|our number)(?: please| now| immediately| right now| today| entirely| completely)?$",
        r"(?:remove|delete|erase|forget|lose|scrub|drop|wipe|discard|throw away|get rid of|purge|destroy) (?:my|this|our) (?:\w+ )?(?:number|digits|phone number)",
        rf"(?:put|add|place|list|register|include|get|stick|have|want|be|im|were|number is|im already|already) (?:(?:{_ME}|all of my numbers|added|put|placed|listed|registered|already|here|is|youre|a) )*(?:on|to|in|onto) (?:(?:your|the|a|that|company|national|internal|federal|state|company wide|telephone|own) )*(?:do not|dont|no|never|non) ?(?:call|contact|phone|dial|solicit|calling)",
        r"(?:do not|dont|no) (?:call|contact|phone) (?:list|registry|register|request|me list|status)",
        r"(?:telephone preference service|tps (?:list|registered|register)|registered with (?:the )?tps|on the tps)",
        r"(?:never|no|none of) (?:\w+ )?(?:call|contact) list",
        # formal and general
        r"(?:unsubscribe|unsubscribed|unsubscribing|opt (?:me |us |my number |this number |out )?out|opted out|opting out|opt (?:me|us) (?:\w+ )?out)",
        r"(?:revoke|withdraw|rescind|cancel|retract|revoking|withdrawing|take back|pull) (?:\w+ ){0,2}?(?:consent|permission|authori[sz]ation)(?! (?:to|for) (?:\w+ ){0,3}?(?:record|recording|recorded))",
        r"(?:do not|dont|never|didnt|no longer) (?:\w+ )?(?:have|give|gave|consent|consented|agree|agreed|authori[sz]e)(?: (?:\w+ ){0,4}?(?:permission|consent))? (?:to )?(?:\w+ ){0,3}?(?:call|contact|called|contacted|calls|phone)",
        r"(?:lose|burn|forget|shred) (?:my|this|our) (?:number|digits)",
        r"(?:leave (?:me|us) (?:\w+ )?alone|let me be|leave us be|leave me be|leave my family alone)",
        r"(?:get off|hang up and stay off|stay off|off) my (?:phone|line)\b",
        r"(?:go away and |please )?(?:never|dont ever|dont) (?:call|contact|ring|phone|bother) (?:me|us|here|this number)? ?(?:ever )?(?:again|anymore|any more)",
        rf"(?:sick|tired|fed up|done|annoyed|had enough|had it|ive had it|fed) (?:\w+ ){{0,3}}?(?:of|with|by) (?:\w+ ){{0,4}}?(?:{_CALLS}|{_GOING}|being called|getting called)",
        r"(?:youre|you guys are|this is|its|thats|you people are) (?:\w+ )?(?:harassment|harassing me|harassing us)",
        r"block (?:yourself|yourselves) from (?:call|contact)\w*",
        r"(?:not interested|no interest)(?: \w+){0,4}? (?:dont|stop|quit|never|lose|remove|take)",
        r"(?:please )?no (?:more|further|future) (?:\w+ )?(?:calls?|contact|calling|phone calls?|texts|messages)",
        r"(?:not|never) (?:\w+ )?(?:calling|phoning|ringing|contacting) (?:me|us|here|this number|my number) (?:again|anymore|any more|ever|in (?:the )?future)",
        r"(?:make sure|ensure|see to it) (?:\w+ ){0,3}?(?:never|no one|nobody|not|dont|no more) (?:\w+ ){0,3}?(?:call|calls|contact|contacts|phone|phones|ring|rings)\b",
        r"(?:nobody|no one|noone|none of you|not one of you) (?:\w+ ){0,3}?(?:should |is to |to |ever |must |can |may )+(?:\w+ )?(?:call|contact|phone|ring|dial)",
        r"(?:i want|id like|want|i demand|demand|need|please make|make|can you make) (?:\w+ ){0,2}?(?:the|these|your|those|all) (?:\w+ ){0,2}?calls? (?:to )?(?:stop|end|cease)",
        # by parts: who does not want, what is done, that it is over for good
        rf"{_NOT} (?:\w+ ){{0,8}}?{_REACH}(?: \w+){{0,5}}? {_AGAIN}\b",
        rf"{_STOP} (?:\w+ ){{0,4}}?{_REACH}\b(?! you\b)",
        rf"{_STOP} (?:it )?(?:with )?(?:all )?(?:the|these|those|your|any|my|future|further) (?:\w+ ){{0,2}}?(?:calls?|contact)\b",
        r"(?:cancel|end|stop|cease|halt|block|discontinue) (?:\w+ )?(?:all|any|future|further|my|these) (?:\w+ ){0,2}?(?:calls|contact)\b",
        rf"(?:dont|never|not to) (?:\w+ ){{0,2}}?(?:be )?(?:{_GOING}|hit(?:ting)? (?:me |us )?up|hit(?:ting)? (?:my|this)|reach(?:ing)? (?:out|me|us)|get in touch|us(?:e|ing) (?:this|my|our) (?:\w+ )?number|try(?:ing)? (?:me|us|this number))",
        rf"(?:doesnt|dont|didnt|nobody|no ?one|none|neither|never|not) (?:\w+ ){{0,3}}?(?:wants?|needs?|wish(?:es)?|likes?|asked|care) (?:\w+ ){{0,3}}?(?:your (?:\w+ )?calls|these (?:\w+ )?calls|any (?:\w+ )?calls|to be {_REACH}|you (?:to )?(?:be )?{_REACH}|(?:phone|sales|marketing) calls)",
        r"(?:see (?:to it )?that|see to it|make sure|ensure|be sure|guarantee|promise) (?:\w+ ){0,2}?(?:i|we|she|he) (?:dont|never|no longer|wont|am not|is not) (?:\w+ )?(?:get|receive|hear|be|bothered|called)",
        r"(?:make|be|is|was|were|had better be|better be|this) (?:\w+ )?(?:the|your|my|our) (?:very )?last (?:phone )?(?:call|time (?:you|i hear|i get|anyone))",
        rf"(?:if|next time|every time|one more time|again and|keep) (?:\w+ ){{0,3}}?(?:you|your people|anyone|they)? ?(?:\w+ ){{0,2}}?(?:call|calling|contact|contacting|phone|phoning|ring|ringing)(?: (?:me|us|here|this|my|again|back|one|once)\b)?(?: \w+){{0,8}}? {_LAW}",
        rf"{_LAW}(?: \w+){{0,8}}? (?:if|unless) (?:\w+ ){{0,3}}?(?:you|this|these|they) (?:\w+ ){{0,3}}?(?:call|calling|calls|stop|contact|ring|phone)",
        r"how (?:many|often) (?:more )?(?:times )?(?:do|have|must|did|will) i (?:\w+ ){0,2}?(?:tell|told|ask|asked|say|said)(?: \w+){0,4}? (?:stop|quit|not|dont|removed?|off|call\w*)",
        rf"(?:asked|told|said|telling|asking|tell|ask|begged|instructed) (?:\w+ ){{0,6}}?(?:stop|quit|not|dont|never|cease) (?:\w+ ){{0,2}}?{_REACH}",
        rf"(?:not|arent|isnt|never|shouldnt|cant|dont|wasnt|werent) (?:\w+ ){{0,3}}?(?:allowed|supposed|authori[sz]ed|permission|permitted|entitled|consent|meant|legal)(?: \w+){{0,3}}? {_REACH}",
        rf"you (?:people |guys )?(?:shouldnt|cant|mustnt|may not|have no right) (?:\w+ ){{0,2}}?{_REACH} (?:me|us|here|this|my|our)\b",
        # by parts: what is taken off, and where from
        rf"{_WHOSE} (?:\w+ )?{_ENTRY} (?:\w+ ){{0,2}}?(?:removed|deleted|erased|taken (?:off|out|down)|struck|blocked|blacklisted|off (?:your|this|the|that) list)(?! (?:from|off) (?:the|my) (?:booking|appointment|order|account|reservation|waiting))",
        rf"(?:remove|removing|delete|deleting|erase|erasing|scrub|purge|wipe|block|blacklist|forget|lose|drop|take out|take down|take off) (?:\w+ )?{_WHOSE} (?:\w+ ){{0,2}}?number",
        rf"(?:take|get|pull|cross|strike|scratch|have|put) {_WHOSE} (?:\w+ )?{_ENTRY} (?:off|out)\b(?! (?:hold|speaker|the (?:booking|appointment|order|wait)))",
        rf"(?:{_ENTRY}|phone)(?: \w+){{0,6}}? (?:delete|remove|erase|get rid of) (?:it|them|that)\b",
        r"(?:be|get|got|getting|being|me|us|him|her) (?:taken|removed|struck|off) (?:off|from)\b(?! (?:hold|speaker|the (?:booking|appointment|order|wait\w*|menu|bill)|my))",
        r"(?:take|get|taken|took|want|wants|need|remove) (?:me|us|him|her|my \w+|this number)? ?(?:off|of|out)(?: of)? (?:(?:a|the|this|that|your|youre|you|yer) )*(?:\w+ )?lists?\b",
        r"(?:on|to) (?:(?:your|the|a|national|our|company) )*(?:no call|do not call|dont call|no contact|do not contact|block(?:ed)? list)",
        r"(?:mark|flag|put|note|list|set|down|tag) (?:\w+ ){0,5}?(?:as (?:a )?)?(?:do not|dont|no|never) (?:call|contact|phone|solicit)",
        r"(?:no|dont|not|never) (?:\w+ )?(?:solicitors|soliciting|solicitations?|telemarketers|cold calls|cold calling)",
        r"(?:remove|delist|unlist) (?:me|us)\b(?! from (?:the|my|this) (?:call|line|wait\w*|appointment|booking|order|meeting|group))",
        r"(?:take|get|cross|strike) (?:me|us|him|her|my \w+|this number) off(?: (?:please|now|it|immediately|then|today|there|thanks|thank you|and|so))*$",
        r"(?:want|wants) (?:out|off)(?: (?:of )?(?:this|that|it|your|the list))?\b(?! the)",
        r"(?:stay|keep) (?:off|away from) (?:my|our|this) (?:\w+ )?(?:phone|line|number)",
        r"(?:want|wants|have) nothing (?:\w+ ){0,3}?(?:from|with) (?:you|your)",
        r"not (?:wish |want )?(?:to )?be (?:called|contacted|phoned|rung|bothered|disturbed)\b(?! (?:before|until|till|after|back))",
        r"(?:call|calls|calling|called|ringing|phoning)(?: \w+){0,10}? (?:stop it|(?:want|need|like) (?:it|this|them|that|these) to stop|make (?:it|them|this) stop|(?:has|have|needs?|got|gotta|must|going) (?:to )?stop|knock it off|cut it out)\b",
        r"(?:make (?:it|this|them|these) stop|stop this|stop it|knock it off|cut it out|pack it in|thats enough)(?: \w+){0,8}? (?:calls|calling|call|ringing)\b",
        r"(?:dont|not|never|no) (?:\w+ ){0,2}?(?:take|accept|answer|want|do|respond to) (?:\w+ ){0,2}?(?:sales|marketing|cold|telemarketing|solicitation|robo) ?calls?",
        r"(?:stop|quit|dont|enough) (?:\w+ ){0,4}?(?:sell|selling) (?:me|us|to me|things?|stuff)\b",
        rf"(?:dont|doesnt|never) want (?:\w+ ){{0,4}}?{_GOING} (?:me|us|my|here|her|him|this|our)\b",
        r"(?:dont|doesnt|never) (?:\w+ )?(?:want|need) (?:another|a second|any more|more) (?:one|call|of (?:these|those|them|this))\b",
        rf"(?:call|phone|ring|contact|bother) (?:me |us |here |this number )?(?:one more time|again|once more)(?: \w+){{0,6}}? {_LAW}",
        rf"(?:dont|doesnt|never|didnt) (?:\w+ )?(?:want|wish|like|ask|asked|need|agree) (?:\w+ ){{0,5}}?(?:on|in|onto) (?:your|this|that|any) (?:\w+ )?{_LIST}",
        r"forget (?:\w+ ){1,4}?(?:had|have|got|saw) (?:my|this|our) (?:\w+ )?number",
        r"opt (?:doubt|ow?t|a out|it out)",
        r"leave (?:me|us|him|her|my \w+|our \w+|this \w+) (?:the \w+ |well |all )?alone",
    ),
    (
        r"(?:waiting|wait|cancellation|guest|standby|shopping|price|wine|short|patient|member|set|play|to do) lists?",
        r"(?:list|lists) of",
        r"(?:stop|quit) (?:calling|phoning) (?:it|that)\b",
        r"(?:tried|trying|been|keep|kept|cant stop|couldnt|forgot to|meant to|going to) (?:to )?(?:stop )?(?:call|calling|phoning|ringing|contact|contacting) you",
        r"(?<!rather )(?<!prefer )(?<!if )(?<!wish )(?<!that )you (?:\w+ )?(?:never (?:called|rang|phoned|contacted)|(?:didnt|havent|hadnt) (?:\w+ )?(?:call|called|ring|rang|rung|phone|phoned|contact|contacted))(?: (?:me|us))?(?: back)?",
        r"(?:they|she|he|it|people) (?!says|said|wants|asks|told)(?:\w+ )?(?:never|didnt|hasnt|havent|dont|doesnt|wont) (?:\w+ )?(?:call|called|ring|rang|rung|phone|phoned|contact|contacted)(?: (?:me|us|you))?(?: back)?",
        r"(?:no one|nobody|someone|somebody|anyone|anybody) (?:\w+ ){0,2}?(?:called|rang|rung|phoned|contacted|picked up)(?: (?:me|us))?(?: back)?",
        r"(?:dont|please dont) hesitate to \w+(?: me| us)?",
        r"(?:why|how come) (?:didnt|dont|did|do|havent|hasnt|doesnt) (?:\w+ ){1,2}?(?:call|ring|phone|contact|answer)\w*(?: (?:me|us))?",
        r"(?:dont|didnt|cant|couldnt|do not) (?:\w+ ){0,2}?(?:remember|recall|know(?! (?:why|how|where) you)|think|find|see) (?:\w+ ){0,6}?(?:call|called|calling|number|calls|contact)(?: (?:me|us|list|information))?",
        r"(?:dont|didnt|please dont) forget to (?:call|ring|phone|contact|text)(?: me| us)?",
        r"(?:could|can|would|will) you (?:\w+ )?(?:try|call|ring|phone|text|contact) (?:me |us |him |her |back |again )*(?:on|at|in|next|later|tomorrow|this|after|when|once|tonight|around)\b(?! never)",
        r"(?:unsubscribe|unsubscribing|opt(?:ing)? (?:me )?out)(?: me)? (?:from|of) (?:the|my) (?:\w+ ){0,2}?(?:plan|subscription|app|channel|box|magazine|podcast|membership|trial|service|class|course|insurance|menu)",
        r"(?:dont|do not|please dont) (?:call|ring|phone|text|contact) (?:me |us )?(?:back )?(?:before|after|until|till|on (?:sunday|saturday|monday|weekend)s?|at (?:work|night)|during)(?! (?:\w+ )?(?:ever|again|anymore|any more)\b)",
        r"dont (?:call|ring|phone)(?: me| us)? (?:ill|well|i will|ill just) (?:call|ring|phone)",
        r"(?:no|any) (?:missed )?calls? (?:from you|today|yet|came through|came)",
        r"(?:no contact|no contacts) (?:lens|lenses|details|form|information)",
        r"(?:dont|doesnt|do you not|wont) (?:\w+ )?(?:you )?(?:call|ring|text|phone|contact|e ?mail) (?:\w+ )?(?:to (?:confirm|remind|let)|when|before you)",
        r"(?:cancel|withdraw|revoke|give|gave|sign|signed|need|have|need to sign|forgot) (?:\w+ ){0,2}?(?:consent|permission) (?:form|slip|forms)",
        r"(?:patient|medical|dental|your|my) (?:health )?records? (?:from|to)",
        # the recording of a call, not the call
        r"(?:stop|quit|end|dont|not|never|no more) (?:\w+ ){0,2}?(?:record|tap)\w*(?: (?:of|this|the|our|my|that|any|these|your))*(?: (?:phone )?(?:calls?|conversations?|line))?",
        # a name that somebody does not want to be called by
        r"call(?:ing|ed)? (?:me|him|her) (?:(?:a|an|the|by|your) )*(?:sir|maam|madam|miss|mrs|ms|mr|mister|missus|doctor|dr|honey|hon|dear|darling|sweetie|sweetheart|buddy|pal|boss|names?|that|it|crazy|stupid|late|early)\b",
        r"(?:call(?:ing|ed)?) me (?!(?:again|please|now|ever|anymore|here|at|and|or|about|for|so|man|ok|okay|already|any|more|this|today|because|cause|you|i|we|im|back|before|after|on)\b)\w+(?: \w+)? (?:my names?|im|its|i go by|the names?|call me|and (?:from now on |always )*call me)\b",
        # another time, not never
        r"(?:i was|been|weve been|he was|she was) (?:told|asked|advised) not to \w+",
        r"(?:dont|not|cant|never) (?:call|ring|phone|text|contact) (?:(?:me|us|here|back|him|her) )?(?:right )?(?:now|today|tonight|tomorrow|yet|so (?:late|early)|(?:that|too) (?:late|early)|later than|earlier than|this (?:early|late|morning|afternoon|evening|week))(?! or ever)",
        r"(?:dont|not) (?:\w+ )?(?:call|ring|phone|text|contact) (?:me |us )?(?:at|on) (?:\w+ ){1,3}(?:call|ring|try|use|phone|text) (?:me |us )?(?:at|on|my)",
        r"(?:cant|couldnt|wont|never|dont) stop (?:call|phon|ring|text)ing(?! (?:me|us|my|here|this)\b)",
        r"(?:wont|doesnt|didnt|not|cant|never) leave (?:me|us|him|her) alone",
        r"stops? (?:taking|accepting|answering) (?:\w+ )?calls",
        r"(?:get|stay) off my (?:phone connection|foot|back)",
        r"(?:dont|not|never) (?:connect|sync|link|pair|save|store)(?: \w+){0,3} (?:phone|number)(?: anymore| again)?",
        r"(?:off|from|on) (?:of )?(?:the|my|our) (?:\w+ )?(?:to ?do|task|grocery|shopping|play|packing|reminder|chore|wish|watch|wine|wait\w*|guest|invite|contact) ?lists?",
        r"(?:not|never|dont|didnt|wont|havent|hasnt|cant|couldnt) (?:\w+ ){0,2}?(?:able to |manage to |get to |need to |want to |have to |going to )+(?:call|phone|ring|contact|text|reach) (?:you|them|him|her|back|the|in|an?)\b(?: \w+){0,3}?(?: again| anymore| any more)?",
        r"(?:not|never|dont|wont) (?:\w+ ){0,2}?(?:hang up|go away|cancel|change|worry)(?: \w+)*? (?:again|anymore)",
        r"(?:did|does|do|would|will|can|could|should) (?:\w+ )?(?:i|you|he|she|they|somebody|someone|anybody) (?:not |need to |have to )?(?:call|ring|phone|contact) (?:\w+ )?again",
        r"(?:i|he|she|they|havent|hasnt|nobody|no ?one) (?:never |ever )?(?:called|contacted|rang|heard|got|reached)(?: from| in touch)?(?: (?:me|us|you|anyone|anybody))?(?: back)? (?:again|anymore|ever)",
        r"(?:phone|mobile|cell|line|doorbell|alarm|bell|ears?) (?:\w+ ){0,3}?(?:stop|stops|stopped|quit) (?:ring|work|dial)\w*",
    ),
)

# Accents are dropped, and y for ll is how a recognizer hears it. Past tenses ("no me llamaron ayer") and names ("me llamo") are left out.
_LLAMAR = (
    r"(?:(?:l|y)+am(?:e|en|es|ar|ara|aran|aras|ase|asen|ando|adas?|ados?|ado|arme|arnos|arle|arlo|arla|ame|andome)|telefone(?:e|en|ar|arme|ando)"
    r"|contact(?:e|en|es|ar|arme|ara|aran|ado|ada|ados|ando)|comuni(?:que|quen|ques|car|carse)|marqu(?:e|en|es)|marcar(?:me)?"
    r"|molest(?:e|en|es|ar|arme|arnos|ando|ado|ada)|fastidi(?:e|en|es|ar|arme|ando)|hostig\w+|insist(?:a|an|as|ir)|busqu(?:e|en|es)|escrib(?:a|an|as))"
)
_QUITAR = r"(?:quit|saqu|sac|elimin|elimen|borr|retir|remuev|remov|suprim|tach|olvid|pierd|bot|desech|deshag)\w*"
SPANISH: Rule = (
    (
        rf"\b(?:no|nunca|jamas|ni|nadie|tampoco) (?:\w+ ){{0,6}}?{_LLAMAR}\b",
        rf"(?:dej|ces|par|bast|termin|detengan|detenga|suspend|evit|abst)\w* (?:ya )?(?:de |con |por favor de )?(?:\w+ ){{0,2}}?(?:{_LLAMAR}|llamadas?)\b",
        r"(?:no|basta|alto|cancel\w*|par\w+|termin\w+|ni una|ninguna|cero|sin|mas) (?:\w+ ){0,6}?(?:mas )?llamadas\b(?! (?:perdidas?|que hice|pendientes))",
        rf"{_QUITAR} (?:\w+ ){{0,5}}?(?:listas?|base de datos|bases|sistema|registros?|numero|nombre|telefono|datos|ahi)\b",
        r"(?:salir|salgo|salirme|fuera|baja|bajen|bajeme|bajenme) (?:\w+ ){0,3}?(?:listas?|base de datos|sistema|registros?)\b",
        r"\b(?:dar\w*|de(?:n|me|nme|nos)|doy) (?:\w+ ){0,2}?de baja\b",
        r"lista (?:de )?(?:no llam\w+|robinson|negra)|no (?:llamar|molestar) list",
        r"(?:no|retir\w+|revoc\w+|revoqu\w+|anul\w+|cancel\w+|quit\w+) (?:\w+ ){0,4}?(?:consentimiento|permiso|autoriz\w+|consiento)",
        r"dej\w+ (?:\w+ ){0,2}?(?:en paz|tranquil\w+)",
        r"(?:acoso|acosando|hostigamiento|acosar\w*)",
        r"(?:denunci\w+|demand\w+|policia|abogado)(?: \w+){0,6}? llam\w+|llam\w+(?: \w+){0,6}? (?:denunci\w+|demand\w+|la policia|abogado)",
        r"no (?:quiero|deseo|queremos) (?:\w+ )?(?:saber|oir|escuchar) (?:\w+ ){0,2}?de (?:ustedes|usted|ti|su)",
        r"(?:ultima vez|ultima llamada)(?: \w+){0,2}? (?:que|llam\w+)",
    ),
    (
        r"(?:no|nunca) (?:\w+ ){0,3}?llam\w+ (?:\w+ )?(?:antes|despues|hasta|ahora|hoy|tan|a las|a la una|los|el|en la|por la|durante|mientras|tarde|temprano)\b(?! nunca)",
        r"no (?:me |nos |le )?(?:llame|llames|llamen|diga|digas) (?:senor|senora|senorita|señor|señora|señorita|don|doña|doctor|doctora|asi)\b",
        r"(?:no|nunca) (?:\w+ )?(?:puedo|pude|podia|logro|logre|voy a|quise|alcanc\w+|he podido|podre) (?:\w+ )?(?:llam|contact|comunic)\w+",
        r"no (?:se )?(?:olvid|dud)\w+ (?:de |en )?(?:llam|contact|comunic)\w+",
        r"por que no (?:me |nos )?(?:llam|contact)\w+",
        r"(?:la|le|se|lo) molest\w+ (?:si|que)|no (?:es|hay|se) (?:ninguna )?molest\w+",
        r"(?:borr|quit|elimin)\w+ (?:\w+ ){0,3}?(?:cita|reserva|mensaje|pedido)",
    ),
)
