"""How callers put each intent, for any business. Compared by meaning with what was heard; a business's own facts are added to these."""

from __future__ import annotations

SEEDS: dict[str, tuple[str, ...]] = {
    "hours": (
        "what are your opening hours", "when are you open", "what time do you open", "what time do you close", "are you open on saturday",
        "are you open now", "how late are you open", "are you open on thanksgiving", "what days are you open", "do you work weekends",
        "until what time can I come in", "when do you close today", "are you closed on holidays", "what are your business hours",
        "will someone be there tomorrow at five", "do you have evening hours",
    ),
    "address": (
        "where are you located", "what is your address", "how do I get to you", "where is your office", "can you give me directions",
        "what street are you on", "which part of town are you in", "where can I find you",
    ),
    "phone": ("what is your phone number", "what number can I call you on", "can I have your telephone number", "what's the best number to reach you"),
    "email": ("what is your email address", "can I email you", "where can I send an email", "do you have an email I can write to"),
    "website": ("what is your website", "do you have a website", "where can I find you online", "what's the web address", "can I look at your site"),
    "services": (
        "what services do you offer", "what do you do", "what kind of work do you do", "what treatments do you have", "can you tell me about your services",
        "what can I book with you", "what kinds of jobs do you take on",
    ),
    "service": ("do you offer this service", "do you do that kind of work", "can you fix that for me", "do you provide this treatment", "is this something you do"),
    "price": (
        "how much does it cost", "what do you charge", "what is the price", "how much is that", "what are your rates", "what are your fees",
        "how expensive is it", "can you give me a price", "what would I pay", "what's the cost of a visit",
    ),
    "duration": ("how long does it take", "how long is the appointment", "how many minutes does it last", "how long will I be there", "how much time do I need for it"),
    "area": (
        "do you come to my area", "do you serve my town", "which areas do you cover", "do you travel to my zip code", "what is your service area",
        "how far do you travel", "would you come out to us", "do you make house calls here",
    ),
    "book": (
        "I'd like to make an appointment", "can I book a visit", "I want to schedule an appointment", "I need to come in", "when is your next available appointment",
        "can you fit me in tomorrow", "do you have any openings this week", "I'd like to set up a time", "can someone come out and take a look",
        "book me in please", "can I get an appointment", "is there anything available on friday",
    ),
    "cancel": (
        "I need to cancel my appointment", "I want to reschedule my appointment", "can I move my appointment to another day", "I can't make it to my appointment",
        "I need to change my booking", "I'm running late for my appointment", "please cancel my booking", "I'd like to push back my visit",
    ),
    "message": (
        "can I leave a message", "can you take a message", "please have someone call me back", "can you ask them to call me", "I'd like a call back",
        "could you pass something on", "can you let the team know", "tell them I called", "I'm returning a call", "please get back to me",
    ),
    "bill": ("I have a question about my bill", "I was charged twice", "there is a mistake on my invoice"),
    "complaint": ("I want to make a complaint", "I'm not happy with the service", "nobody turned up", "the work you did has gone wrong", "I'd like my money back"),
    "person": ("can I speak to a person", "let me talk to someone", "I want a human", "put me through to the office", "is there somebody I can talk to"),
    "greeting": ("hello", "hi there", "good morning", "hi how are you", "hello is anyone there", "can you hear me", "how are you doing today"),
    "thanks": ("thank you", "thanks a lot", "great thanks", "okay thank you very much", "that's helpful thanks", "perfect thank you"),
    "goodbye": ("bye", "goodbye", "have a nice day", "that's all for now", "nothing else thanks bye"),
    "repeat": ("can you repeat that", "what did you say", "say that again"),
    "help": ("can you help me", "I have a question", "I need some help", "I'd like some information", "what can you help me with", "I was wondering something"),
    "language": ("do you speak spanish", "can I talk to someone in another language", "do you speak another language"),
    # What a receptionist hears and has no fact for: these keep other intents from claiming it.
    "elsewhere": (
        "what's the weather like today", "tell me a joke", "what is the capital of france", "order me a pizza", "play some music", "who won the game last night",
        "what's your favorite color", "how old are you", "what is the meaning of life", "set an alarm for six", "what's my account balance",
        "can you recommend a restaurant", "what's the stock price", "how do I cook rice", "book me a flight to chicago", "translate this into french",
        "are you hiring", "do you have any job openings", "can I bring my dog", "do you sell gift cards", "who is the president", "how is the traffic",
        "what's the wifi password", "do you have a loyalty program", "how many people work there", "when was the business founded", "are you single",
        "is the owner married", "can I pay with bitcoin", "do you give discounts to students", "do you have reviews", "are you vaccinated",
    ),
}  # fmt: skip

REFUSED: dict[str, tuple[str, ...]] = {
    "sales": (
        "I'm calling to offer you a great deal on advertising", "we help businesses like yours rank higher on google", "I'd like to speak with the owner about lowering your energy bill",
        "are you the person who makes decisions about your internet provider", "I'm calling from a marketing agency about your website",
        "we have a special offer for small businesses", "would you be interested in a business loan", "I'd like to tell you about our credit card processing",
        "I'm a sales representative and wanted to introduce our product", "we can save you money on your merchant services",
        "this is about your google business listing", "can I speak to whoever handles your marketing", "we offer seo and web design services",
        "I wanted to show you a demo of our software", "we supply medical equipment at a discount",
    ),
    "surveys": (
        "we are doing a short survey", "would you answer a few questions for our research", "this is a customer satisfaction poll", "I'm calling on behalf of a polling company",
        "do you have two minutes for a questionnaire",
    ),
    "recruiters": (
        "I'm a recruiter and have candidates for you", "we are a staffing agency", "are you looking to hire staff we can help", "I have a great candidate for your open position",
        "I'd like to talk to you about your recruitment needs",
    ),
    "political": ("I'm calling about the upcoming election", "can we count on your vote", "I'm with the campaign for mayor"),
    "fundraising": ("would you like to donate to our charity", "we are raising money for a good cause", "can you make a donation today"),
}  # fmt: skip
"""Kinds of calls that a business may turn down (`Handling.refuse`)."""

REFUSED_WORDS: dict[str, str] = {
    "sales": r"\b(?:offer(?:ing)?|deals?|advertis\w*|marketing|seo|google|ranking|website design|web design|energy|electricity|provider|loans?|funding|merchant|"
    r"credit card processing|discounts?|product|solutions?|sales|demo|decision maker|decisions about|save you|lower(?:ing)? your|listing|leads|software|supplier|"
    r"supply|suppliers|wholesale|sponsor\w*|warranty|our (?:company|services|platform))\b",
    "surveys": r"\b(?:survey|poll(?:ing)?|questionnaire|research|few questions for)\b",
    "recruiters": r"\b(?:recruit\w*|staffing|candidates?|hire staff|hiring needs|placement)\b",
    "political": r"\b(?:election|vote|campaign|candidate|ballot)\b",
    "fundraising": r"\b(?:donat\w*|charity|fundrais\w*|raising money)\b",
}
