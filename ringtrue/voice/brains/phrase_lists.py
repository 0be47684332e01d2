"""The patterns of `phrases.py`, over text that `phrases.plain` made: lower case, no apostrophes, no punctuation.

Each list is (patterns that mean it, patterns that look like it and do not).
"""

from __future__ import annotations

Rule = tuple[tuple[str, ...], tuple[str, ...]]

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
        r"(?:dont|not|never|no|without|stop) (?:\w+ ){0,4}?(?:(?:anyone|anybody|someone|somebody|nobody|colleagues?|others?|people|else) (?:\w+ ){0,2}?listen(?:s|ing)?\b|listen(?:s|ing)? in\b|eavesdrop\w*)",
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
