"""What callers of any business ask about, in several wordings each.

A business's FAQ that is about one of these topics is found by all its wordings ("where can I leave my car" finds "Is there
parking?"). A topic that the business has no fact about works the other way round: its wordings are known not to be answerable.
"""

from __future__ import annotations

TOPICS: dict[str, tuple[str, ...]] = {
    "parking": ("is there parking", "where can I park", "where do I leave my car", "is there somewhere to park", "is parking free", "do you have a parking lot"),
    "insurance": (
        "which insurance do you accept", "do you take my insurance", "are you in network with my plan", "is it covered by my insurance", "what dental plans do you take",
        "do you accept blue cross", "are you in network with aetna", "do you take united healthcare",
    ),
    "payment": (
        "how can I pay", "do you take cash", "can I pay by credit card", "do you accept checks", "do you take apple pay", "what forms of payment do you take",
    ),
    "financing": ("do you offer payment plans", "can I pay in installments", "can I pay monthly", "do you offer financing", "can I pay it off over time"),
    "children": (
        "do you see children", "do you treat kids", "can I bring my four year old", "what age do you start seeing kids", "my son is six can you see him",
        "is it okay for toddlers", "do you work with babies", "do you take kids",
    ),
    "cancelling": (
        "how do I cancel or change an appointment", "what is your cancellation policy", "is there a fee for cancelling", "what happens if I cancel late", "what if I don't show up",
        "how much notice do I have to give to cancel", "do you charge for missed appointments",
    ),
    "new": (
        "are you taking new patients", "are you accepting new clients", "I've never been to you before can I come", "I'm a new customer", "is it my first time matter",
        "I've never been there before can I still come in", "do you take on new customers",
    ),
    "who": ("who are the dentists", "who works there", "who would I be seeing", "what is the name of the doctor", "who are your lawyers", "who are the stylists", "which doctors do you have"),
    "access": (
        "is the building accessible by wheelchair", "can I get in with a wheelchair", "do you have step free access", "my mother uses a wheelchair can she get in", "are there stairs",
    ),
    "walk-in": ("do you take walk-ins", "can I just come in without an appointment", "do I need an appointment", "do I have to book ahead"),
    "guarantee": ("do you guarantee your work", "is there a warranty", "what if it breaks again", "how long is the guarantee"),
    "licensed": ("are you licensed", "are you insured and bonded", "are your plumbers certified", "are you a registered business", "are you gas safe registered"),
    "estimate": ("do you give free estimates", "can I get a quote", "is the estimate free", "how much is a quote", "do you charge for a quote"),
    "call-out": ("is there a call-out fee", "what do you charge to come out", "what's the call out charge", "do I pay for the visit"),
    "after-hours": ("do you work at night", "do you come out in the evening or at weekends", "is there an extra charge after hours", "do you have a 24 hour service", "do you have a night line"),
    "materials": ("do you bring the parts", "do I have to buy the materials", "are parts included", "what brands do you use"),
    "arrival": ("how soon can someone be here", "how long until a plumber arrives", "how fast can you get here", "when will the plumber come"),
    "first-visit": ("what should I bring", "what happens at the first visit", "do I need to bring anything", "what documents do I need", "how should I prepare"),
    "late": ("what if I'm late", "how late can I be", "is there a grace period"),
    "vouchers": ("do you sell gift cards", "do you do gift vouchers", "can I buy a gift certificate"),
    "pets": ("can I bring my dog", "are pets allowed", "do you allow animals"),
    "wifi": ("do you have wifi", "what's the wifi password"),
    "discount": ("do you give student discounts", "is there a discount for seniors", "do you have a loyalty program", "are there any special offers", "do you have any promotions"),
    "jobs": ("are you hiring", "do you have any job openings", "how do I apply for a job with you"),
    "transport": ("is there a bus stop nearby", "which train station is closest", "is there a subway near you", "how do I get there by public transport"),
    "branches": ("do you have a second location", "do you have other branches", "how many locations do you have"),
    "reviews": ("do you have any reviews", "are you any good", "what do people say about you"),
    "online": ("can I book online", "do you have an app", "can I fill in the forms online"),
    "video": ("do you do video consultations", "can we do it over zoom", "can I have a phone consultation", "can I talk to you by video"),
    "languages": ("do you speak spanish", "does anyone there speak polish", "do you have an interpreter", "do you speak another language"),
    "records": ("can I get a copy of my records", "can you send me my x-rays", "can I have my file"),
    "results": ("are my results in", "is my order ready", "is my crown back from the lab"),
    "advice": ("should I take painkillers", "what should I do about the pain", "what toothpaste should I use", "can you give me medical advice", "how do I fix it myself"),
    "prescription": ("can you prescribe antibiotics", "can I get a refill", "can you write me a prescription"),
    "sedation": ("do you offer sedation", "do you put people to sleep", "do you give gas for nervous patients", "does it hurt", "will it be painful"),
    "patch": ("do I need a patch test", "do I need a skin test before colouring", "how long before do I need a patch test"),
    "products": ("do you sell products", "what products do you use", "can I buy shampoo from you", "do you sell toothbrushes"),
    "consultation": ("is the first consultation free", "do you offer a free consultation", "how much is the first meeting", "do you charge for the first meeting"),
    "fees": ("do you work on contingency", "no win no fee", "do you charge by the hour", "what is your hourly rate", "how do your fees work"),
    "confidential": ("is what I say confidential", "will you keep it private", "do you keep my information private"),
}  # fmt: skip
