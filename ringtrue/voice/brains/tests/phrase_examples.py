"""What callers say, written down as they would say it, and what only looks like it."""

OPT_OUT = """
stop calling me
please stop calling me
stop calling this number
stop calling my house
would you please stop calling here
I want you to stop calling
you need to stop calling me now
can you guys quit calling me
quit phoning us
quit bugging me
will you people stop ringing me
stop ringing this number please
stop phoning my mother
stop harassing me
stop bothering me
stop bothering my wife
stop contacting me
stop texting me and stop calling me
please cease all contact
cease and desist
cease all communication with me
discontinue calling this number immediately
please refrain from calling me
I'd like you to stop making these calls
I want these calls to stop
I demand that the calls stop
make the calls stop
stop these calls
stop with the calls already
enough with the calls
enough calls
no more calls please
no more phone calls
no more robocalls okay
no further calls
no further contact please
please no more
don't call me
do not call me
don't call me again
don't call me anymore
don't call me ever again
don't you ever call here again
don't ever call this number again
dont call here no more
please do not call this number again
do not call my house again
don't ring me again
don't ring this number again
don't phone me again
please don't phone us again
don't contact me again
do not contact me
please don't contact us anymore
never call me again
never call this number again
never ever contact me again
you should never call this number
I don't want you to call me
I don't want you calling me
I don't want you calling this number anymore
I don't want you guys calling my cell phone
I don't want to be called
I don't want to be called again
I don't wish to be contacted
I do not wish to be contacted again
I do not want to be contacted by your company
I don't want any more calls
I don't want any more calls from you
I do not want to receive these calls
I don't want to receive any further calls
I no longer want to receive calls
I no longer wish to receive calls from your company
I don't want your calls
I don't want to get these phone calls anymore
I don't want to hear from you again
I don't wanna hear from you people
I never want to hear from you again
I would rather you didn't call me
I'd prefer you not call me
I'd prefer that you don't call again
I'd appreciate it if you didn't call me anymore
take me off your list
take me off the list
take me off your calling list
take my name off your list
take my number off your list please
take us off your call list
take this number off your list
take me off
please take me off of your list
take me off your database
can you take me off your phone list
could you please take me off that list
take my wife's number off your list
get me off your list
get me off of this list
get my number off your list
cross me off your list
strike my name from your list
scratch my name off your list
remove me
remove me from your list
remove me from the list
please remove me from your mailing list
remove my number
remove my number from your system
remove this number from your records
remove us from your database
please remove my phone number from your calling list
I'd like to be removed from your list
I want to be removed from the list
can I be removed from your list
how do I get removed from your list
how do I get off this list
how do I get off your list
I want off your list
I want off this list
delete my number
delete my number from your system
delete me from your database
please delete my phone number
erase my number
lose my number
lose this number
forget my number
scrub my number from your list
put me on your do not call list
put me on the do not call list
put my number on your do not call list
add me to your do not call list
add this number to your internal do not call list
please place me on the do-not-call list
I'm on the do not call list
I'm on the do not call registry
this number is on the national do not call registry
we're registered with the telephone preference service
I'm registered with TPS
I'd like to be on your do not call list
I want to be put on your no call list
unsubscribe
unsubscribe me
I want to unsubscribe
opt out
I want to opt out
I'd like to opt out
I'm opting out
opt me out
opt me out please
please opt my number out
how do I opt out of these calls
can you opt me out of this
I revoke my consent
I revoke my consent to be called
I withdraw my consent to be contacted
I'm withdrawing my permission for you to call
I never gave you permission to call me
I didn't give you permission to call me
I did not consent to these calls
you don't have permission to call me
I never agreed to be called
leave me alone
just leave me alone
please leave us alone
leave my family alone
get off my phone and stay off
I'm sick of these calls
I'm sick and tired of you calling me
I'm tired of getting these calls
I'm fed up with your calls
we're fed up with being called
I've had enough of these phone calls
you people keep calling me knock it off with the calls
this is harassment
you're harassing me
this had better be the last time you call me
let this be the last call
I wish you would stop calling
not interested and don't call again
I'm not interested stop calling
I'm not interested take me off your list
not interested remove my number
um yeah can you uh stop uh calling me please
yeah hi um take me off your uh calling list
I said stop calling
I've asked you three times to stop calling
I already told you to stop calling me
how many times do I have to tell you not to call here
I told you not to call me
I asked not to be called
we asked you not to call us again
I already asked to be taken off your list
make sure no one calls me again
make sure you never call this number again
nobody from your company is to call me again
no one is to contact me again
I don't accept these calls
I don't take sales calls
we don't take solicitations calls here
we do not accept telemarketing calls
I hate getting these calls please stop
don't bother calling again
don't bother me again
please don't disturb us again
stop spamming me
stop spamming my phone
stop soliciting me
no me llamen más
don't solicit this number
I object to being contacted
please exclude my number from your list
kindly remove my details from your database
kindly cease contacting me
could you ensure I'm never called again
I'd like no further contact from you
I would like the calls to stop
I don't appreciate these calls
please lose my phone number
I'm asking you to stop
no I don't want you to call back
do not ever dial this number again
drop me from your list
keep me off your list
stop dialing my number
never phone here again
wipe my number from your system
""".strip().splitlines()

NOT_OPT_OUT = """
can you call me back
please call me back tomorrow
give me a call when it's ready
you never called me back
no one called me back
nobody has called me back yet
why didn't you call me back
I didn't get a call back
I missed a call from you
I got a missed call from this number
I don't have my phone number on me
you can call me on this number
don't call me before nine
please don't call after six in the evening
don't call on Saturdays I'm at work
don't hesitate to call me
do you call to confirm appointments
stop by tomorrow
can I stop by on Friday
when do you stop taking new patients
my tooth won't stop hurting
my gum won't stop bleeding
the tap won't stop dripping
the water won't stop
put me on the waiting list
take me off the waiting list please
can you take me off hold
take my name off the appointment
please remove my appointment
can you remove a tooth
I want a crown removed
do you remove wisdom teeth
cancel my appointment
I'd like to cancel
I don't want the cleaning I want a filling
I don't want to wait on hold
I don't want an appointment on Monday
no that's all
no thanks
no more questions
I'm not interested in whitening
never mind
leave a message
can I leave a message
what's the best number to call
how do I contact you
what is your contact number
is there an emergency contact number
I want to call you later
don't call it a day yet
stop calling it a clinic
I can't hear you
do you have a price list
is there a list of services
could you text me the address
I've been trying to call you all day
I keep calling and nobody answers
I couldn't reach you by phone
I called the wrong number
it's my phone number
do not disturb sign
what's your cancellation policy
how do I change my phone number with you
delete my last message please
I forgot my appointment time
I forgot my number sorry it's five five five
no it's not that number
who called me
did someone call me from this number
you called me about my appointment
are you calling me about the invoice
could you ask him to call me
tell her not to worry
is it okay if I call again tomorrow
do I need to sign a consent form
can you send my records to another dentist
do you accept Delta Dental
what time do you close
I'll be there at ten don't worry
don't forget to call me
please don't forget my appointment
I do not have insurance
I do not remember the name
she didn't contact you did she
the pain stopped
the bus stop is near there
do you contact the insurance company
I'd rather speak to a person
can you take a message
we should never have left the tap open
my name is on the list
am I on the list
add me to the cancellation list
I want to be called when a slot opens
could you get off the subject
they told me to call this number
would you call me if something comes up earlier
just ring me when you are outside
please phone me at work
I can't stop by today
don't you have anything earlier
are you still taking calls
do you take calls on Sunday
how late can I call
I won't be able to call back today
no calls came through on my end
""".strip().splitlines()

EMERGENCY = """
I can't breathe
my husband can't breathe
he's not breathing
she isn't breathing
the baby is not breathing
I think I'm having a heart attack
my dad is having a heart attack
my mother is having a stroke
I have severe chest pain
I've got crushing chest pains
call an ambulance
please send an ambulance
I need an ambulance
call 911
somebody call nine one one
call 999 please
he's unconscious
my wife collapsed
she passed out and won't wake up
he won't wake up
I'm choking
my son is choking
he's having a seizure
she took an overdose
he overdosed
I want to kill myself
I'm going to end my life
I'm suicidal
I don't want to live anymore
I smell gas
there's a smell of gas in the kitchen
we have a gas leak
the whole house smells like gas
there's a fire
my house is on fire
the kitchen is on fire
our boiler is on fire
the carbon monoxide alarm is going off
someone is breaking into my house
he has a gun
somebody has been stabbed
I've been shot
he's bleeding to death
she's losing a lot of blood
my throat is closing up
it's an anaphylactic reaction
it's a medical emergency
this is a life threatening emergency
this is an emergency
his face is drooping
my waters just broke the baby is coming
my daughter is drowning
I'm trapped inside
he's been electrocuted
get the police
""".strip().splitlines()

NOT_EMERGENCY = """
I'd like an emergency appointment
do you do emergency appointments
how much is an emergency visit
what's the price of an emergency visit
it's a dental emergency
I have a dental emergency
it's not an emergency
this isn't an emergency I just have a question
no emergency I just want to book
do you have an emergency plumber
what counts as an emergency
what do I do in an emergency
is there an emergency number
do you have an emergency call out
my tooth is killing me
this toothache is killing me
I broke my tooth
I chipped a tooth
my gum is bleeding a little
my gums bleed when I brush
my tooth won't stop bleeding
my pipe burst and there's water everywhere
I have no hot water
my basement is flooding
do you fix gas boilers
can you service a gas fireplace
I need a gas safety certificate
do you install carbon monoxide detectors
is there a gas station near you
my father died of a heart attack last year
I had a stroke two years ago
no chest pain no
I don't have any trouble breathing
I'm dying to get this done
I'd kill for an earlier slot
I have a fire drill at work that day
can't breathe through my nose today
is the office near the fire station
are you near the fire department
do I need to call an ambulance
it's a plumbing emergency
emergency service costs how much
what are your emergency hours
I'm not dying or anything
I was in a car accident last year
I have been attacked by this bill
I need to fire my lawyer
I was fired from my job
my employer fired me
I died laughing
""".strip().splitlines()

STOP_RECORDING = """
stop recording
please stop recording me
stop the recording
don't record this
do not record me
please don't record this call
I don't want to be recorded
I don't want this recorded
I do not consent to being recorded
I don't agree to the recording
I'd rather not be recorded
I'd prefer not to be recorded
I would rather you didn't record this
turn off the recording
turn the recorder off
switch off the recording please
can you turn that recording off
off the record
can we talk off the record
no recording please
could you please not record
I object to being recorded
I'm not comfortable being recorded
I refuse to be recorded
pause the recording
I withdraw my consent to recording
I didn't agree to be recorded
can we do this without recording
""".strip().splitlines()

NOT_STOP_RECORDING = """
is this call recorded
are you recording this
why are you recording
I don't mind being recorded
no problem you can record
yes you can record
I need my dental records
do you have a record of my appointment
there is no record of my payment
I have no objection to the recording
can you send my medical records
for the record my name is Smith
you sound like a broken record
is this a recording
what time do you close
""".strip().splitlines()

ROBOT = """
are you a robot
are you a real person
are you human
are you a human being
are you real
are you an AI
are you a bot
are you a computer
are you a machine
are you an actual person
are you some kind of robot
wait are you a robot or a person
is this a robot
is this a recording
is this an AI
is this a real person
is this automated
is this a computer
is it a machine I'm talking to
am I talking to a robot
am I speaking to a machine
am I talking to a real person
am I speaking with a human
you sound like a robot
you're a robot aren't you
you're not a real person are you
you're an AI right
hey are you like an answering machine
am I talking to a computer right now
""".strip().splitlines()

NOT_ROBOT = """
can I talk to a real person
I want to speak to a human
are you open on Saturday
are you really busy today
is this Riverside Dental
is there a person I can talk to
are you recording this
is this the right number
are you taking new patients
are you there
who is this
""".strip().splitlines()

PERSON = """
can I speak to a person
can I talk to a real person please
I want to speak to a human
let me talk to someone
get me a human
I need to speak with a representative
operator
representative
I'd like to talk to the manager
can I speak to the receptionist
put me through to someone please
transfer me to a person
connect me to a human
can you put me through
I don't want to talk to a robot
I'd rather speak to a real person
is there anyone I can talk to
could I speak to somebody in the office
can I speak with the front desk
give me a real person
""".strip().splitlines()

GOODBYE = """
bye
goodbye
okay bye
thanks bye
thank you goodbye
bye bye now
have a good day
have a nice day
that's all thank you
that's it thanks
no that's all
that's everything thanks
nothing else thank you
I have to go
okay thank you have a great day bye
talk to you later
see you on Friday
I'm all set thanks
""".strip().splitlines()

NOT_GOODBYE = """
I'd like to buy a crown
is the office by the station
by the way what time do you close
is that all right
have you got a good day for me next week
that's all right
what day is good
can you see me tomorrow
""".strip().splitlines()

YES = """
yes
yeah
yep
yes please
yeah sure
sure
okay
ok that's fine
that's right
correct
that's correct
of course
absolutely
go ahead
please do
sounds good
that works
uh-huh
mhm
I do
no problem
yes that's the one
um yes
""".strip().splitlines()

NO = """
no
nope
no thanks
no thank you
nah
not really
no it's not
I'd rather not
please don't
not today
that's wrong
that's not right
no that's wrong
um no
absolutely not
I don't
""".strip().splitlines()

REPEAT = """
can you repeat that
say that again please
sorry
pardon
what was that
what did you say
I didn't catch that
could you say that again
come again
sorry I couldn't hear you
one more time please
""".strip().splitlines()

CHILD = """
I'm eight years old
I am 12 years old
I'm twelve
I'm only nine
I'm just a kid
my mommy isn't here
my mom isn't home
I just turned eleven
""".strip().splitlines()

NOT_CHILD = """
I'm ten minutes away
I'm fifteen minutes late
my son is eight years old
my daughter is twelve
when I was ten years old I broke it
I'm eighteen
I'm thirty five years old
do you see children
I'm two blocks away
I'll be there at ten
I'm five foot six
""".strip().splitlines()
