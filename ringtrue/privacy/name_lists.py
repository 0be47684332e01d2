"""Given and family names of the US census (PyPI `names`), and words that are names but mostly are not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

# Names that are everyday words: alone they are no sign of a name.
WORDS_TOO = frozenset(
    """a able ace after all almond alright an and angel any april arm art ash august autumn baby back bacon bad ball bank banks
    bar bark barn base bass battle bay bean bear bell belt best better big bill birth bit black blank blue board bold bond book
    books booth both bow box boy brain branch brand bread bridge bright broad brook brown brush buck bud burn bush but butler
    butter buy by call came camp can candy cap car card care carter case cash castle chance change charity chase check cherry
    chin china church clay clear cliff close cloud coach coat cobb code cole come constant cook cool corn cost could court
    crown cross crystal cup curry cut dale dark dates daily dawn day days deal dean dear deep destiny diamond dish do doctor
    dollar done door down draw drew due each earl early east easter easy ebony else emerald end evening ever faith fall far farm
    fast favor fee feel few field fields filling find fine fire fish fit flood flower floyd fly folk foot for ford forest
    forever fox frame frank free french friday friend from front frost full game gay gee gem general gentle get gift ginger
    given glass go gold golden gone good grace grand grant grass gray great green grey ground guess guide gun hair hall ham hand
    happy hard hardy harmony harvest has have he hear heart heaven hello help her here hi high hill him his hit hold holiday
    home honey hood hope horn hot hour hours house how hunt hunter hurt i ice if in ink is island it ivory ivy jack jade january
    jean jet jewel job joy july june just justice keen keep key keys kid kind king kit knee knight know lab lake lamb lane large
    last late law lay le leaf lee let letter light lily line little live lively loan long look lord lot love low luck lucky ma
    made mail main make man many marble march mark market marsh mason may maybe me mean melody mercy merit merry mild mile
    miles mill mind mine miss mister mitt moment monday money month moon more most mouse moss much must my myself name near neat
    need new news next nice night no noble noon north not notice now number oak odd of off office oh ok okay old olive on once
    one only open or orange other our out over own page pain pair paper park part party pass past patience peace pearl peck
    people perfect phone pick pike pine pink place plain plan plant play please pleasant point pool poor pope post pound power
    precious press pretty price pride prince print prior prompt proper put question quick quiet race rain ranch range rather
    ray ready real red reed rest rice rich right ring river road rob rock roof room root rose round royal ruby run rush sad safe
    sage said sales sand saturday save saw say school sea seal second see sell send serenity service set several shade shall
    shape sharp she shell shoe shop shore short should show sick side silver simple since single sir sister skill sky slide
    small smart smile snow so soft some somebody son song soon sorry sound south spa speak spring sprinkle star start stark
    state stay steel step still stone store storm story street strong sue sugar summer sun sunday sunny super sure swan sweet
    swift table take talk tall tank task tea team tell temple tender than thank thanks that the them then there these they thing
    think this those thursday tide tiger time to today tomorrow too tooth top total touch town trade train tree trip true truly
    trust try tuesday turn under unique up us use van very via visit wait walk wall want ward warm was wash water way we web
    wednesday week well were west what wheat when where which while white who whole whose why wide will win wind window winter
    wise wish with wolf wonder wood woods word work worth would wright yard year years yes yet you young your yours zip
    delta dental apple bird sky sergeant major minor hale pleasure anna's an' chain crane weeks sessions appointment
    cleaning crown whitening root canal emergency insurance metro virginia georgia carolina dakota montana jersey york england
    america boston houston dallas austin lincoln madison denver orlando paris london jordan jackson cancel marina sunshine
    ai carry france yen german germany canada queen liberty columbus florida topping saved la roll current running holding thai
    spain brazil argentina cable mountain rolling fried pounds mi pa hiya farewell adios manual master guest europe roman sterling
    kia jump lax numbers francisco angeles diego cinnamon walker forth quit scrap mac basil burma freeze facts brew
    visa amber jasmine violet savannah brooklyn chelsea phoenix asia kenya india israel ireland francis holland""".split()
)


@cache
def given_names() -> frozenset[str]:
    return frozenset(_read("dist.female.first", 5000) | _read("dist.male.first", 2000)) - WORDS_TOO


@cache
def family_names() -> frozenset[str]:
    return frozenset(_read("dist.all.last", 20_000)) - WORDS_TOO


def _read(file: str, first: int) -> set[str]:
    import names

    lines = (Path(names.__file__).parent / file).read_text().splitlines()[:first]
    return {line.split()[0].lower() for line in lines}
