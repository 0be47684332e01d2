"""The patterns of `phrases.py`, over text that `phrases.plain` made: lower case, no apostrophes, no punctuation.

Each list is (patterns that mean it, patterns that look like it and do not).
"""

from __future__ import annotations

Rule = tuple[tuple[str, ...], tuple[str, ...]]

_CALLING = (
    r"(?:cold ?call|call|phone|ring|dial|text|contact|bother|harass|disturb|telephon|message|pester|spam|bug|hassl|annoy|solicit|reach|robo ?call|e ?mail)"
    r"(?:e?s|ing|ling|ging|ming|ed|ming)?"
)
_GOING = r"(?:calling|phoning|ringing|dialing|dialling|texting|contacting|bothering|harassing|disturbing|telephoning|messaging|pestering|spamming|bugging|hassling|annoying|soliciting|robocalling)"
_LIST = (
    r"(?:(?:do not call |calling |call |phone |contact |mailing |marketing |sales |telemarketing |dialing |dialling |customer |lead |leads |"
    r"robo ?call )*(?:lists?|databases?|data base|records|systems?|files?|books?|computers?|directory|registry))"
)
_THEIRS = r"(?:your|the|this|that|that calling|any|all your|all|every|whatever|these|those|ya)"
_ME = r"(?:me|us|my (?:\w+ )?(?:number|name|phone|cell|mobile|details|info|information|contact|house|home|line|mother|mom|mum|wife|husband|landline)|this (?:\w+ )?(?:number|phone|line)|our (?:\w+ )?(?:number|name|house|home|line|phone|office)|the number|number|his number|her number|it)"
_CALLS = r"(?:(?:(?:phone|sales|marketing|telemarketing|robo|cold|automated|unsolicited|spam|nuisance|junk|any|more|these|your|further|such|those|kind of|of) ?)*(?:calls|robocalls|phonecalls|phone calls|solicitations|telemarketers))"

REFUSAL: Rule = (
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
        r"(?:no me (?:llame|llamen|vuelva|contacte|moleste)\w*|quiten?me de|quíten?me de|borren? mi numero|dejen? de llamar\w*|deje de llamar\w*)",
        r"(?:please )?no (?:more|further|future) (?:\w+ )?(?:calls?|contact|calling|phone calls?|texts|messages)",
        r"(?:not|never) (?:\w+ )?(?:calling|phoning|ringing|contacting) (?:me|us|here|this number|my number) (?:again|anymore|any more|ever|in (?:the )?future)",
        r"(?:make sure|ensure|see to it) (?:\w+ ){0,3}?(?:never|no one|nobody|not|dont|no more) (?:\w+ ){0,3}?(?:call|calls|contact|contacts|phone|phones|ring|rings)\b",
        r"(?:nobody|no one|noone|none of you|not one of you) (?:\w+ ){0,3}?(?:should |is to |to |ever |must |can |may )+(?:\w+ )?(?:call|contact|phone|ring|dial)",
        r"(?:i want|id like|want|i demand|demand|need|please make|make|can you make) (?:\w+ ){0,2}?(?:the|these|your|those|all) (?:\w+ ){0,2}?calls? (?:to )?(?:stop|end|cease)",
    ),
    (
        r"(?:waiting|wait|cancellation|guest|standby|shopping|price|wine|short|patient|member|set|play|to do) lists?",
        r"(?:list|lists) of",
        r"(?:stop|quit) (?:calling|phoning) (?:it|that|them|him|her)",
        r"(?:tried|trying|been|keep|kept|cant stop|couldnt|forgot to|meant to|going to) (?:to )?(?:stop )?(?:call|calling|phoning|ringing|contact|contacting) you",
        r"(?<!rather )(?<!prefer )(?<!if )(?<!wish )(?<!that )you (?:\w+ )?(?:never (?:called|rang|phoned|contacted)|(?:didnt|havent|hadnt) (?:\w+ )?(?:call|called|ring|rang|rung|phone|phoned|contact|contacted))(?: (?:me|us))?(?: back)?",
        r"(?:they|she|he|it|people) (?:\w+ )?(?:never|didnt|hasnt|havent|dont|doesnt|wont) (?:\w+ )?(?:call|called|ring|rang|rung|phone|phoned|contact|contacted)(?: (?:me|us|you))?(?: back)?",
        r"(?:no one|nobody|someone|somebody|anyone|anybody) (?:\w+ ){0,2}?(?:called|rang|rung|phoned|contacted|picked up)(?: (?:me|us))?(?: back)?",
        r"(?:dont|please dont) hesitate to \w+(?: me| us)?",
        r"(?:why|how come) (?:didnt|dont|did|do|havent|hasnt|doesnt) (?:\w+ ){1,2}?(?:call|ring|phone|contact|answer)\w*(?: (?:me|us))?",
        r"(?:dont|didnt|cant|couldnt|do not) (?:\w+ ){0,2}?(?:remember|recall|know|think|find|see) (?:\w+ ){0,6}?(?:call|called|calling|number|calls|contact)(?: (?:me|us|list|information))?",
        r"(?:dont|didnt|please dont) forget to (?:call|ring|phone|contact|text)(?: me| us)?",
        r"(?:dont|do not|please dont) (?:call|ring|phone|text|contact) (?:me |us )?(?:before|after|until|till|on (?:sunday|saturday|monday|weekend)s?|at (?:work|night)|during)",
        r"dont (?:call|ring|phone)(?: me| us)? (?:ill|well|i will|ill just) (?:call|ring|phone)",
        r"(?:no|any) (?:missed )?calls? (?:from you|today|yet|came through|came)",
        r"(?:no contact|no contacts) (?:lens|lenses|details|form|information)",
        r"(?:dont|doesnt|do you not|wont) (?:\w+ )?(?:you )?(?:call|ring|text|phone|contact|e ?mail) (?:\w+ )?(?:to (?:confirm|remind|let)|when|before you)",
        r"(?:cancel|withdraw|revoke|give|gave|sign|signed|need|have|need to sign|forgot) (?:\w+ ){0,2}?(?:consent|permission) (?:form|slip|forms)",
        r"(?:patient|medical|dental|your|my) (?:health )?records? (?:from|to)",
    ),
)

_PAST = r"(?:last|years? ago|months? ago|weeks? ago|in (?:19|20)\d\d|when i was|history|as a child|back in|used to|before|previous|previously)"

ALARM: Rule = (
    (
        r"(?:call|calling|dial|get|send|need|want|phone|ring|called|calling for) (?:\w+ ){0,2}?(?:an ambulance|ambulance|paramedics?|911|999|112|9 1 1|9 9 9|nine one one|nine nine nine|nine eleven|the police|the fire (?:brigade|department|service)|emergency services)",
        r"(?:having|having had|had just had|just had|has had|think|hes had|shes had|might be|could be|may be|its|is) (?:\w+ ){0,3}?(?:a|an) (?:massive |bad |mild )?(?:heart attack|stroke|cardiac arrest|seizure|fit(?= (?:on|right|now|and))|anaphylactic|anaphylaxis|brain bleed)",
        r"(?:in|into|gone into|went into|suffering) (?:a )?(?:cardiac arrest|anaphylactic shock|anaphylaxis|labou?r and|septic shock)",
        r"(?:cant|cannot|can barely|can hardly|couldnt|unable to|struggling to|not able to|barely|hardly|isnt|not|stopped|has stopped|trouble) (?:breathe|breathing|breathin|catch (?:my|his|her) breath)(?! (?:through|out of|properly through|into|when|on my nose))",
        r"(?:hes|shes|theyre|baby|husband|wife|mother|father|mom|mum|dad|son|daughter|child|man|woman|person|friend|someone|somebody|he|she|boyfriend|girlfriend|grandmother|grandfather|grandma|grandpa|coworker|colleague|neighbou?r) (?:is |has |was |just |are |isnt |)(?:\w+ )?(?:not breathing|unconscious|unresponsive|not responding|collapsed|choking|turning blue|bleeding (?:out|to death|badly|heavily)|overdosed|passed out|drowning|having a seizure|convulsing|electrocuted|been (?:shot|stabbed|attacked|run over)|dying|not waking up|wont wake up|trapped|has no pulse)",
        r"(?:not breathing|no pulse|wont wake up|isnt breathing|found (?:him|her|them) unconscious|lost consciousness|lying unconscious|is unconscious|im choking|choking on|is choking|bleeding to death|bleeding out|im dying|im going to die|i think im dying)",
        r"(?:severe|crushing|terrible|bad|awful|intense|really bad|sudden|strong|massive|sharp|having|have|got|my|with) chest pains?(?! (?:clinic|consultation|last|before|ago))",
        r"(?:chest is|chest) (?:hurts|hurting|crushing|killing me)",
        r"(?:losing|lost|lose) (?:\w+ ){0,2}?(?:lot|too much|loads|tons|so much) (?:of )?blood",
        r"(?:blood is|blood) (?:everywhere|pouring|gushing|spurting)",
        r"(?:taken|took|swallowed|had|taking|on|an|has|drug|of an) (?:\w+ ){0,2}?(?:overdose|overdosed|poison|bleach|too many (?:pills|tablets|of his|of her|of my))|overdosed|overdosing|been poisoned",
        r"(?:kill|hurt|harm|hang|shoot) (?:myself|himself|herself)|suicidal|end (?:my|it all|his|her) life|end it all|(?:want|wanted|going|ready|rather) (?:to )?(?:die|be dead)\b(?! (?:of|for|from|laughing))|commit suicide|suicide (?:attempt|note)|take my own life|taking my own life|dont want to (?:live|be alive|be here) (?:anymore|any more)",
        r"(?:throat|airway|tongue) (?:is |are |and \w+ (?:is|are) )?(?:closing|swelling|swollen shut|closed up|closing up)|(?:anaphylactic|anaphylaxis)|severe allergic reaction|allergic reaction (?:and|cant)",
        r"(?:theres|there is|theres been|have|started|in|on|caught|is|are) (?:a )?(?:fire|on fire)(?: in| at| here| inside|$| and| now| everywhere| upstairs| downstairs| please| help)(?! (?:place|alarm test|door|safety|insurance|damage|sale|sprinkler|extinguisher|exit|pit))",
        r"(?:house|building|kitchen|apartment|flat|car|room|office|place|garage|roof|boiler|oven|basement|home|outlet|furnace|attic|dryer|shop|electrical panel) (?:is|has caught|caught|s|just caught|went|is all) (?:\w+ )?(?:on fire|burning|in flames|ablaze|fire)",
        r"(?:smell|smells|smelling|smelled|leaking|stinks|reeks|stink|reek|whiff) (?:\w+ ){0,3}?(?:of gas|gas|like gas|natural gas|rotten eggs)(?! (?:station|prices|bill))|gas (?:leak|is leaking|leaking|escape|explosion|smell)|leak(?:ing)? of gas|smell of gas|(?:house|basement|kitchen) (?:is )?full of gas",
        r"carbon monoxide(?! (?:detectors? (?:install|price|cost|instal|sell|service|check|fitted|fit))) ?(?:alarm|detector)?(?: is| keeps| has|s)? ?(?:going off|gone off|beeping|poisoning|leak|sounding|went off|alarm)|co (?:alarm|detector) (?:is )?(?:going off|gone off|beeping|went off|sounding)",
        r"(?:someone|somebody|hes|shes|man|he|they|intruder|theres|burglar|a guy|guy) (?:\w+ ){0,4}?(?:breaking in(?:to)?|break in to my|broken into|a gun|a knife|attacking|attacked me|shooting|shot me|with a gun|with a knife|in my house right now|trying to kill|threatening to kill|stabbed)",
        r"(?:ive|i have|ive just|weve|he has|hes|shes|i|we|i just|got|been|was) (?:just )?(?:been )?(?:stabbed|been shot|got shot|been attacked(?! by)|being attacked(?! by (?:this|that|my bill))|been electrocuted|electrocuted|drowning|been raped|trapped (?:in|under|inside))",
        r"(?:this is|its|i have|we have|theres|there has been|having) (?:\w+ )?(?:a |an )?(?:medical|life threatening|life or death|real|serious|genuine) emergency",
        r"life or death|life threatening|matter of life and death",
        r"(?:face|arm|side) (?:is |has |s )?(?:drooping|gone numb and|dropped on one side)|slurring (?:his|her|my) (?:words|speech)",
        r"(?:waters? (?:have |has |just )?broken?|water broke|baby is coming|babys coming|crowning|going into labou?r|gone into labou?r)",
        r"^(?:(?:oh|my god|god|please|hello|hi|hurry|yes|look) )*(?:help )?(?:this is|its|i have|we have|ive got|weve got|theres|this is an) (?:an )?emergency(?: (?:please|help|right now|now|here|help me|hurry|send (?:help|someone)|send somebody|at my (?:house|home)|in my (?:house|home)))*$",
        r"(?:im|were|hes|shes|theyre|i am) (?:\w+ )?trapped (?:in|under|inside)",
        r"^(?:emergency|help|emergency emergency|help help|help me|emergency help|somebody help me|somebody help|someone help me)$",
        r"(?:car|bad|terrible|serious|motorbike|motorcycle|bike|road|traffic) (?:accident|crash|wreck) (?:and|just|outside|right|someone|theres|hes|shes|people|happened|here)(?! last)",
        r"(?:explosion|exploded) (?:in|at|here|and|just)",
    ),
    (
        r"(?:no|not|never|without|havent had|hasnt had|havent got|dont have|didnt have|doesnt have|no sign of|deny|isnt|not having|not having an?|not an?|not a real|wasnt|any) (?:\w+ ){0,2}?(?:chest pains?|heart attack|stroke|seizures?|emergency|gas leak|shortness|trouble breathing|overdose|suicidal|trouble|fire|carbon monoxide|life threatening)",
        rf"(?:chest pains?|heart attack|stroke|seizure|gas leak|overdose|ambulance|trouble breathing|suicidal|carbon monoxide|on fire|911|999)(?: \w+){{0,5}}? {_PAST}",
        rf"{_PAST}(?: \w+){{0,5}}? (?:chest pains?|heart attack|stroke|seizure|gas leak|overdose|suicidal)",
        r"(?:father|mother|dad|mum|mom|uncle|aunt|brother|sister|grandfather|grandmother|husband|wife) (?:\w+ )?(?:died|passed away|passed|had|has had) (?:\w+ ){0,2}?(?:heart attack|stroke|heart attacks|strokes|seizure)(?= in|$| at| last| and passed| when)",
        r"(?:fire|gas|smoke|co|carbon monoxide) (?:safety|certificate|inspection|service|bill|station|meter|stove|boiler|engineer|heater|furnace|line|fitter|fireplace|extinguisher|drill)s?(?! (?:leak|is leaking|smell|fire|on fire|is on))",
        r"(?:laugh|laughing|die laughing|dying to|died laughing|dying for|killing time)",
        r"(?:heart attack|chest pains?|stroke) (?:clinic|prevention|risk|survivor|medication|patients?|rehab)",
        r"(?:risk of|avoid|prevent|chances? of|afraid of|worried about) (?:\w+ ){0,3}?(?:heart attack|stroke|seizure)",
        r"(?:what|where|how|do you|does|if|in case|who|when|what if|should|do i|do we) (?:\w+ ){0,8}?(?:emergency|emergencies|(?:get|send|call|calling|dial|need) (?:\w+ ){0,2}?(?:an ambulance|911|999))",
        r"(?:emergency|911|999) (?:appointments?|visits?|slots?|dentist|plumber|plumbers|call ?outs?|service|services cost|contact|number|fees?|charges?|dental|dentistry|root|treatment|exam|line|locksmith|hours|repair|plan|fund|kit|exit)",
        r"(?:dental|tooth|plumbing|boiler|heating|hair|water|legal|drain|toilet) emergency",
        r"(?:cant|couldnt|trouble) (?:breathe|breathing) (?:through|out of|in) (?:my|his|her) (?:nose|mouth)",
        r"(?:tooth|teeth|toothache|pain|it|this|mouth|jaw|gum|gums|back|traffic|feet) (?:is |s |are |just )?(?:killing me|going to kill me)",
        r"(?:didnt|dont|no need to|not) (?:\w+ )?(?:need|want|have|call) (?:\w+ ){0,2}?(?:an ambulance|ambulance|911|999|the police)",
        r"wait(?:ing)? for (?:\w+ )?(?:the )?ambulance",
    ),
)

RECORDING: Rule = (
    (
        r"(?:stop|quit|cease|end|cancel|disable|pause|turn off|switch off|shut off|kill|no|halt|discontinue) (?:\w+ ){0,2}?record(?:ing|ings|er|ed|in)?",
        r"(?:turn|switch|shut) (?:\w+ ){0,3}?recor\w+ (?:\w+ )?off",
        r"turn (?:it|that|this) off (?:the )?record",
        r"(?:dont|not|never|rather not|didnt|rather you didnt|wouldnt|without|isnt|wont|refuse to|object to|decline to|decline|refuse|no longer|against|opposed to|rather not) (?:\w+ ){0,6}?(?:record\b|recorded|recording|recordin|be taped|being taped|tape this|taped|tape me|the tape)(?! (?:my|that|the) (?:name|number|message|appointment))",
        r"off the record(?! player)",
        r"(?:uncomfortable|not okay|not ok|not comfortable|not happy|not fine|unhappy|problem|issue) (?:\w+ ){0,4}?(?:record|recorded|recording|taped)",
        r"(?:withdraw|revoke|withdrawing|revoking|rescind|take back|cancel) (?:\w+ ){0,2}?(?:consent|permission) (?:to|for) (?:\w+ ){0,3}?record\w*",
        r"(?:unrecorded|without (?:\w+ ){0,2}?record\w+|dont tape|stop taping|no taping)",
        r"(?:mind|could you|can you|please|prefer you) (?:\w+ )?not record\w*",
    ),
    (
        r"(?:no|without) records? of",
        r"(?:off the record player|broken record|medical records?|dental records?|record label|for the record|public records?|world record|records department)",
        r"(?:no|not|dont) (?:\w+ ){0,3}?(?:problem|mind|object|issue|objection|worry|care)(?: \w+){0,5}? record\w*",
        r"(?:dont|didnt|cant|couldnt|not) (?:\w+ ){0,2}?(?:know|remember|find|see|think|believe|sure|hear) (?:\w+ ){0,5}?record\w*",
        r"(?:is|are|was|why|if) (?:this|you|it|the call|my call|we)(?: \w+){0,3}? (?:not )?record\w*",
    ),
)

_BOT = r"(?:robots?|bots?|chat ?bots?|machine|computer|ai|a i|artificial|artificial intelligence|automated|automatic|recording|recorded|answering machine|program|software|virtual|virtual assistant|human|human being|person|real|real person|actual person|live person|actual human|real human|real human being|man|woman|pre recorded|prerecorded|voicemail|android|gpt|chatgpt|alexa|siri|synthetic|system|phone system|assistant)"
ROBOT: Rule = (
    (
        rf"(?:are|r) (?:you|u|yall) (?:\w+ ){{0,4}}?{_BOT}",
        r"(?:youre|you) (?:\w+ ){0,3}?(?:a |an |some kind of |one of those )?(?:robots?|bots?|chat ?bot|machine|computer|ai|a i|artificial|automated|recording|not (?:a )?(?:human|real|person|real person))",
        rf"(?:am i|are we|im i|was i|have i been) (?:\w+ )?(?:talking|speaking|chatting|connected|on the phone|conversing)(?: \w+)? (?:\w+ )?(?:to|with) (?:\w+ ){{0,3}}?{_BOT}",
        r"(?:is|s) (?:this|it|that|there) (?:\w+ ){0,3}?(?:robot|bot|chat ?bot|machine|computer|ai|a i|automated|automatic|recording|recorded message|answering machine|real person|human|human being|actual person|live person|real human|artificial|voicemail|person there|real)(?! (?:estate|time))",
        r"(?:do i|did i|have i|i) (?:have|got|get|reached|reach) (?:a |an |some )?(?:robot|bot|machine|computer|ai|real person)$",
        r"(?:sound|sounds|talk|talks|speak|seem|seems) (?:\w+ ){0,3}?like (?:a |an )?(?:robot|machine|computer|bot|ai|recording)",
        r"(?:this is|its|its just|thats|this isnt|youre not|you arent|it isnt) (?:\w+ ){0,2}?(?:a |an )?(?:robot|bot|machine|ai|computer|real person|human|human being|real human)(?: isnt it| arent you| right| isnt)?$",
        r"(?:robot|machine|ai|human|person|bot|computer) or (?:a |an )?(?:\w+ )?(?:robot|machine|ai|human|person|computer|bot|real person)",
        r"who am i (?:talking|speaking) (?:to|with) (?:a |is )?(?:robot|machine|computer|human|person)",
        r"who or what am i (?:talking|speaking) to|what are you exactly",
        r"is (?:there|anybody|anyone|someone) (?:\w+ )?(?:a )?(?:real|actual|live) (?:person|human) (?:there|here|on the line)",
    ),
    (
        r"(?:is|s) there (?:a|any) (?:person|human|real person) (?:i|who|that|to)(?: \w+){0,4}",
        r"(?:are|r) you (?:\w+ )?(?:speaking|talking) to (?:a|the) (?:person|man|woman)",
        r"(?:are you|is this|is it) (?:\w+ ){0,3}?(?:recording|recorded)(?! (?:message|voice|announcement))(?: this| me| us| the| my| it| now| call)+",
        r"are you (?:the |a )(?:right|same|best) person",
        r"are you (?:the )?(?:man|woman|person) (?:who|that|i)",
        r"are you (?:\w+ )?real(?:ly)? (?:busy|open|closed|close|sure|going|fully|expensive|far|estate|full|booked)",
        r"are you (?:\w+ ){0,3}?(?:system down|virtual appointments?|automated (?:payments?|reminders?))",
    ),
)

_WHO = r"(?:person|human|human being|someone|somebody|anyone|anybody|operator|representative|rep|agent|manager|owner|boss|supervisor|receptionist|front desk|member of staff|staff|staff member|individual|people|one of your \w+|live agent|team member|advisor|adviser|customer service|reception|secretary|office)"
PERSON: Rule = (
    (
        rf"(?:speak|talk|chat|spoke|speaking|talking|discuss) (?:\w+ )?(?:to|with) (?:(?:a|an|the|some|your|any|another|real|live|actual|human|proper|kind of) )*{_WHO}",
        rf"(?:transfer|connect|put|pass|patch|switch|hand|send) (?:me|us|my call|this call) (?:\w+ )?(?:through|over|on|to|back)?(?: to| with)?(?: (?:a|an|the|your|some|real|live|actual|human))* ?(?:{_WHO}|$)",
        r"(?:give|get|fetch|find|want|need|like|have|prefer|is there|got|rather have) (?:me |us |you )?(?:(?:to|a|an|the|some|real|live|actual|human|your|proper) )*(?:real person|human|human being|live person|actual person|operator|representative|live agent|manager|person to (?:talk|speak)|someone to (?:talk|speak)|real human|person(?= please|$))",
        r"^(?:operator|representative|agent|human|person|real person|live person|receptionist|front desk|speak to someone|customer service|manager|human please|operator please|representative please|reception|reception please|real person please)(?: please)?$",
        r"(?:is there|could i get|isnt there|can i get|do you have) (?:\w+ ){0,2}?(?:anyone|someone|anybody|somebody|a person|a human) (?:\w+ ){0,3}?(?:talk|speak)",
        r"put (?:me|us) through|transfer (?:me|my call|this call)|patch me through|hand me over",
        r"(?:not|dont|rather not|refuse to|hate|wont) (?:\w+ ){0,3}?(?:talk|talking|speak|speaking|deal|dealing) (?:to|with) (?:a |an )?(?:robot|machine|computer|bot|ai|automated)",
        r"(?:can|could|may|let me|is it possible to) (?:\w+ )?(?:speak|talk) (?:to|with) (?:a |an |the )?(?:real|live|actual|human)",
    ),
    (
        r"(?:dont|do not|no) (?:want|need) to (?:speak|talk) to (?:anyone|anybody|someone|a person)",
        r"(?:am i|are we) (?:talking|speaking) (?:to|with) (?:a |an )?(?:\w+ )?(?:person|human|robot|machine)",
    ),
)

REPEAT: Rule = (
    (
        r"(?:repeat|say|read|run|go over|tell me|give me|go through) (?:\w+ ){0,4}?(?:again|once more|one more time|back to me|back)(?: please)?$",
        r"(?:can|could|would|will) you (?:please )?(?:repeat|say that again|go over that|go back over)(?: (?:that|it|please|yourself|the question|what you (?:just )?said|the \w+))*",
        r"^(?:please )?(?:repeat|repeat that|repeat please|repeat it)(?: please)?$",
        r"^(?:(?:sorry|oh|what|hello) )*(?:pardon|pardon me|i beg your pardon|excuse me|come again|what|huh|sorry|say what|eh|you what|sorry what|what sorry|what did you say|what was that|whats that|one more time|again please|what are you saying)(?: again| please| sorry)?$",
        r"(?:didnt|couldnt|cant|did not|dont) (?:quite |really )?(?:catch|hear|get|understand|make out)(?: (?:what|that|you|the|a|it|all|any|anything|word|last|bit|part|of|said|u|were|saying|your|what))+(?:$| can| could| please| sorry| because)",
        r"what (?:was|were|is|did) (?:that|the last|you say|the \w+ again|it again|you saying|you just say)\b(?! (?:for|about))",
        r"(?:say|slower|slow down|speak up|louder)(?: that| please| again| it)+$|^(?:slow down|slower please|speak up|speak slower|a bit slower|more slowly please|youre too fast|too fast|louder please)(?: please)?$",
        r"i missed (?:that|what you said|the last (?:bit|part)|the first (?:bit|part))|you (?:cut|broke|were breaking) (?:out|up)|youre breaking up",
        r"what was (?:that|the (?:number|address|price|time|name|date))(?: again)?$",
    ),
    (r"(?:repeat|same) (?:prescription|appointment|visit|order|customer|booking)",),
)

FAREWELL: Rule = (
    (
        r"(?:good ?bye|bye|bye bye|bye now|ta ta|cheerio|so long|farewell|see you(?: later| then| soon| tomorrow| on \w+)?|see ya|talk (?:to you )?(?:later|soon)|speak (?:to you )?soon|take care|ta ra|catch you later|until then)$",
        r"(?:^| )(?:good ?bye|bye bye|bye now|bye for now|bye then|ok bye|okay bye|thanks bye|bye thanks|bye thank you)\b",
        r"^bye\b",
        r"have a (?:\w+ )?(?:good|great|nice|lovely|wonderful|blessed|pleasant) (?:\w+ )?(?:day|one|evening|night|afternoon|weekend|morning|rest of|time|week)",
        r"(?:thats|that will be|thatll be|that was|that would be|thats about|that is) (?:all|it|everything)(?: (?:i (?:need|needed|wanted|have|had)|for (?:now|today|me)|thanks|thank you|then|really|from me|cheers|actually|so much|very much|you|today))*$",
        r"(?:nothing else|no thats (?:it|all|everything)|im all set|all set|im done|were done|all done|i am done|thats me|nothing more|no more questions|i have to go|i got to go|ive got to go|gotta go|got to go|i must go|ill let you go|i need to go|i have to run|gotta run)(?: (?:now|thanks|thank you|then|cheers|for now|today|so much|very much|sorry))*$",
        r"good night$",
        r"^(?:no (?:thanks|thank you|nothing)? ?)?(?:i think )?(?:im good|im fine|were good)(?: thanks| thank you| for now| then)+$",
    ),
    (
        r"(?:by|buy) the",
        r"before (?:i say )?(?:good ?bye|bye)",
        r"thats all (?:right|fine|good|wrong)",
        r"is that (?:all|it|everything)",
        r"see you (?:for|at|about)\b",
    ),
)

_AGE = r"(?:three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|[3-9]|1[0-7])"
CHILD: Rule = (
    (
        rf"(?:im|ill be|im only|im just|i just turned|im turning|i turned|im almost|im nearly) (?:only |just |almost |nearly )?{_AGE}(?: and a half| and three quarters)?(?: years? (?:old|of age)|$| and my (?:mom|mum|mommy|mummy|dad|daddy|parents)| yrs old| so i| my (?:mom|mum|dad|parents))",
        rf"i (?:am|was) (?:only |just )?{_AGE} years? old(?! when)",
        rf"my age is {_AGE}\b",
        r"(?:im|i am) (?:just |only |still |but )?(?:a )?(?:kid|child|minor|little (?:boy|girl)|underage|under age|under (?:eighteen|18|thirteen|13|sixteen|16))",
        r"(?:my|is my|where is my|wheres my|ask my|tell my) (?:mommy|mummy|daddy)",
        r"my (?:mom|mum|dad|mother|father|parents|parent) (?:isnt|arent|is not|are not|wont be|is out|are out|is asleep|are asleep|is sleeping|cant come|isnt here|doesnt know) ?(?:home|here|in|back|im calling|to the phone)?",
        r"im in (?:the )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|[1-8](?:st|nd|rd|th)|year (?:one|two|three|four|five|six|seven|eight|[1-9])) ?(?:grade|class|at school)?(?! (?:street|avenue|floor|place))$",
    ),
    (rf"when (?:i was|im|i am) (?:\w+ )?{_AGE}(?: years? old)?", r"i was (?:only |just )?\w+ years? old"),
)
