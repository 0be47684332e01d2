"""Words that give away what a caller means, over plain words (`phrases.plain`). Patterns are read by `understanding`."""

from __future__ import annotations

import re

from ringtrue.voice.brains.retrieving import tokens

LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|yes|yeah|ok|okay|so|well|um|uh|and|oh|please|sorry|thanks|thank you|great|right|there|actually|also|"
    r"i was (?:just )?wondering (?:if|whether)?|i wanted to (?:know|ask|find out)(?: about| if| whether)?|i want to know|i d like to know|id like to know|"
    r"can you tell me|could you tell me|would you tell me|do you know|can i ask(?: you)?|could i ask(?: you)?|let me ask(?: you)?|tell me|one (?:more )?question|"
    r"i have a (?:quick )?question|just a quick question|quick question|i need to know|my question is|im calling to (?:ask|find out)(?: about| if| whether)?|"
    r"im just calling to see if|im calling to see if|i was calling to (?:see|ask) if) )+"
)

HOURS = r"\b(?:(?:are|r|will) (?:you|yall|the \w+) (?:\w+ ){0,4}?(?:open|opened|closed|shut)|(?:you|office|shop|salon|practice|place|clinic) (?:guys )?(?:\w+ )?(?:open|close|closed|shut|closing|opening)\b(?! (?:to|by|the|a|my))|(?:opening|business|office|working|weekend|holiday) (?:hours|times)|your hours|hours of|the hours|what hours|closing time|open (?:on|at|today|tomorrow|now|till|until|late|early|this|for)|closed (?:on|for|today|tomorrow)|how late|work (?:on )?(?:weekends|saturdays|sundays|holidays)|(?:somebody|someone|anyone|anybody) (?:be )?there (?:on|at|today|tomorrow))"
PRICE = r"\b(?:how much(?! (?:time|notice))|what (?:would|does|do|will) (?:\w+ ){0,4}?(?:cost|charge|run|pay)|cost|costs|price|prices|pricing|priced|charge for|you charge|rates?\b|fees?\b|how expensive|expensive|quote for|what do i pay|going rate)"
DURATION = r"\b(?:how long (?:is|does|do|will|would|are|did|should)|how (?:much time|many minutes|many hours)|how long)\b(?! (?:have you|has|ago|until|till|before|is the (?:guarantee|warranty)))"
ADDRESS = r"\b(?:where (?:are|is|r) (?:you|your|the (?:office|shop|clinic|practice|salon))\b|where you(?:re)? (?:at|located)|whats? (?:\w+ ){0,2}?(?:address|location|postcode|post code|zip(?: code)?)$|whats? (?:\w+ ){0,2}?(?:address|location)|(?:your|the|office|street|mailing) address|give me (?:the|your) address|directions|what street|how (?:do|can|would) i (?:get|find) (?:there|to (?:you|your)|you|your)|located|find your \w+)"
PHONE = r"\b(?:(?:phone|telephone|contact|direct|callback) number|what number (?:can|do|should)|number (?:to|can|i can) (?:call|reach))"
EMAIL = r"\b(?:e ?mail)\b"
WEB = r"\b(?:website|web site|webpage|web page|web address|your site|homepage|online)\b"
AREA = r"\b(?:(?:come|go|travel|drive|get|deliver) (?:out |over |all the way |as far )?(?:to|as|into|here|there) (?!the (?:office|clinic|practice|salon|shop)|you\b|your\b|an appointment|my appointment)|(?:serve|cover|service)(?! (?:for|by|you|is|are|me))\b|service area|(?:which|what) (?:areas?|towns?|places|zip codes?|postcodes?)|(?:home|house) (?:visits?|calls?)|in (?:my|our) (?:area|town)|my (?:area|zip|postcode)|work in|how far)"
BOOK = r"\b(?:book|booking|schedule|appointment|appointments|reservation|make a time|set (?:up|me up)|slot|slots|openings?|availab\w*|fit me in|squeeze me in|get (?:me )?in\b|come in\b|see (?:a|the) (?:dentist|doctor|lawyer|stylist|hygienist)|someone (?:to )?come|send (?:someone|somebody|a plumber)|come out|come and (?:look|see|fix)|come fix|see me)"
CANCEL = r"\b(?:cancel|cancelling|canceling|reschedule|rescheduling|postpone|push back|(?:move|change|switch|shift) (?:my|the|our|an?|it)\b(?: \w+)? ?(?:appointment|booking|visit|slot|time|reservation)?|cant make (?:it|my)|wont (?:be able to )?make it|running late|be late for|late for my)"
MESSAGE = r"\b(?:(?:leave|take|give|pass on|get) (?:\w+ ){0,3}?(?:a )?message|message for|call(?:ed)? (?:me|us) back|call ?back|ring me back|(?:pass|send) (?:it|this|that|something|along|on) (?:on|along|to)|(?:have|ask|get|tell)(?! (?:a|an|any|your|the|their|you)\b) (?:\w+ ){1,3}?(?:to )?(?:call|ring|phone|contact|email)(?: me| us)?|tell (?:him|her|them|the \w+|dr|doctor|mr|mrs|ms) |let (?:him|her|them|the \w+|dr \w+|doctor \w+) know|get back to me|returning (?:a|your|his|her|their) call|have someone (?:call|get)|someone (?:to )?(?:call|contact) me)"
SERVICES = r"\b(?:what (?:\w+ ){0,2}?(?:services?|treatments?|procedures|jobs) |(?:which|what) (?:services|treatments|kinds? of|types? of|sorts? of)|list of (?:services|treatments)|your services|what (?:all )?do you (?:guys )?(?:do|offer|provide)$)"
SERVICE = r"^(?:do|can|could|would|does|are|will) (?:you|yall|u|the \w+|your \w+) (?:guys |also |even |still |people |able to )?(?:do|offer|fix|repair|install|provide|perform|handle|put in|replace|clean|unclog|make|carry out|deal with|treat|have|give|unblock|service|cut|colour|color|style|take care of|specialize in|specialise in|help with|help me with|take on|work with|work on|change|remove|pull)\b"
DAYS = r"\b(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekends?|christmas|new years?|thanksgiving|easter|good friday|bank holidays?|labor day|memorial day|july|holidays?|today|tomorrow)\b"
MINE = re.compile(
    r"\b(?:my|our|the) (?:\w+ )?(?:appointment|booking|visit|reservation|slot)|\bi (?:need|want|have|cant)|\bid like|\bcan i\b"
)
CLEAR = re.compile(r"\b(?:what|how|is there|whats|fee|policy|charge|happens|notice|if i|do i have to)\b")

WEAK = frozenset(
    tokens("other others another else take give bring offer treat come leave find send see use accept provide guy people there still ever never anything something someone today "
           "tomorrow please time long much many kind sort type appointment visit day week one two three four five six seven eight nine ten fifteen twenty thirty")
)  # fmt: skip
PLAIN_WORDS = WEAK | frozenset(
    tokens("cost price charge fee rate expensive run quote pay book schedule hour minute open close doctor dr dentist mom mum wife husband son daughter kid she he "
           "my old year teeth tooth going around new done another next morning afternoon evening monday tuesday wednesday thursday friday saturday sunday little "
           "bit quick check think sure maybe little soon early late able number name phone")
)  # fmt: skip
