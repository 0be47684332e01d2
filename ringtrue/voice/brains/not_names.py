"""Everyday words that are no names, for answers to "what is your name?"."""

from __future__ import annotations

_WORDS = """
    a about afraid after afternoon again all also always am an and another any appointment are as at available back be
    because been before best bill billing book booking both business busy but by bye call called calling can cancel cant
    change check cheers cleaning company confused correct cost could crown day dentist did didnt do does doesnt dont driving
    early emergency evening exactly far filling fine for free friday from get glad go going gonna good goodbye got great had
    happy has have hello her here hes hi him his hmm hoping how human hurting i id if ill im in insurance interested invoice
    is isnt it its ive just know late leaving like listening long looking lost many maybe me message mind monday more
    morning much my name need never new night no nobody none nope not nothing now number of office ok okay old on one only
    open or our out over pain pardon patient perhaps person phone please price probably question ready really regarding
    repeat returning right robot running saturday she shes sick so somebody someone something sometimes soon sorry sounds
    speak speaking spell spelled still sunday sure talking tell thanks that thats the their them then there they theyre
    thing think this thursday time tired to today told tomorrow too trying tuesday uh um unsure up urgent us very wait
    waiting want wanted was we wednesday well weve what what's whatever when where which who who's why will with wondering
    wont would wow wrong yeah yep yes you your youre yours
"""

NOT_NAMES = frozenset(_WORDS.split())
