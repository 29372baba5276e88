"""Places a text may name: countries, states of the USA, large cities and where they lie.

Owns the table. It tells a place from a person ("in Jordan" apart), splits "Austin, Texas", and
knows the state or country of a city when a tool wants both. Nothing here is ever told to a person
as an answer; a place that is not in the table is read from the words around it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from roundtrip.simulator.model.words import plain

Kind = Literal["city", "state", "country"]

_COUNTRIES = """
afghanistan albania algeria argentina armenia australia austria azerbaijan bahrain bangladesh
belarus belgium bolivia brazil bulgaria cambodia cameroon canada chile china colombia croatia cuba
cyprus denmark ecuador egypt england estonia ethiopia finland france georgia germany ghana greece
guatemala honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan
jordan kazakhstan kenya kuwait latvia lebanon libya lithuania luxembourg malaysia malta mexico
moldova mongolia morocco nepal netherlands nicaragua nigeria norway oman pakistan panama paraguay
peru philippines poland portugal qatar romania russia rwanda scotland senegal serbia singapore
slovakia slovenia somalia spain sudan sweden switzerland syria taiwan tanzania thailand tunisia
turkey uganda ukraine uruguay venezuela vietnam wales yemen zambia zimbabwe uk usa us uae
"""
_LONG_COUNTRIES = (
    "united kingdom",
    "united states",
    "united states of america",
    "united arab emirates",
    "south korea",
    "north korea",
    "south africa",
    "new zealand",
    "saudi arabia",
    "sri lanka",
    "czech republic",
    "costa rica",
    "great britain",
)
_STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA",
    "colorado": "CO", "connecticut": "CT", "delaware": "DE", "florida": "FL", "georgia": "GA",
    "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA",
    "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME", "maryland": "MD",
    "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS",
    "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH",
    "new jersey": "NJ", "new mexico": "NM", "new york": "NY", "north carolina": "NC",
    "north dakota": "ND", "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA",
    "rhode island": "RI", "south carolina": "SC", "south dakota": "SD", "tennessee": "TN",
    "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA", "washington": "WA",
    "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY", "ontario": "ON", "quebec": "QC",
    "british columbia": "BC", "alberta": "AB", "queensland": "QLD", "bavaria": "BY",
}  # fmt: skip
_CITIES = """
New York:New York, New York City:New York, Manhattan:New York, Brooklyn:New York,
Buffalo:New York, Los Angeles:California, San Francisco:California, San Diego:California,
San Jose:California, Sacramento:California, Oakland:California, Berkeley:California,
Palo Alto:California, Fresno:California, Santa Clara:California, Long Beach:California,
Santa Barbara:California, Anaheim:California, Chicago:Illinois, Houston:Texas, Dallas:Texas,
Austin:Texas, San Antonio:Texas, Fort Worth:Texas, El Paso:Texas, Phoenix:Arizona, Tucson:Arizona,
Philadelphia:Pennsylvania, Pittsburgh:Pennsylvania, Boston:Massachusetts, Cambridge:Massachusetts,
Seattle:Washington, Spokane:Washington, Denver:Colorado, Boulder:Colorado, Las Vegas:Nevada,
Reno:Nevada, Portland:Oregon, Miami:Florida, Orlando:Florida, Tampa:Florida, Jacksonville:Florida,
Atlanta:Georgia, Savannah:Georgia, Detroit:Michigan, Minneapolis:Minnesota, Cleveland:Ohio,
Columbus:Ohio, Cincinnati:Ohio, Nashville:Tennessee, Memphis:Tennessee, New Orleans:Louisiana,
Baltimore:Maryland, Charlotte:North Carolina, Raleigh:North Carolina, Milwaukee:Wisconsin,
Madison:Wisconsin, Indianapolis:Indiana, Kansas City:Missouri, St. Louis:Missouri,
Salt Lake City:Utah, Honolulu:Hawaii, Anchorage:Alaska, Omaha:Nebraska, Albuquerque:New Mexico,
Newark:New Jersey, Louisville:Kentucky, Richmond:Virginia, Oklahoma City:Oklahoma,
London:United Kingdom, Manchester:United Kingdom, Liverpool:United Kingdom,
Birmingham:United Kingdom, Edinburgh:United Kingdom, Glasgow:United Kingdom,
Oxford:United Kingdom, Bristol:United Kingdom, Leeds:United Kingdom, Dublin:Ireland, Cork:Ireland,
Galway:Ireland, Paris:France, Lyon:France, Marseille:France, Nice:France, Toulouse:France,
Bordeaux:France, Berlin:Germany, Munich:Germany, Hamburg:Germany, Frankfurt:Germany,
Cologne:Germany, Stuttgart:Germany, Leipzig:Germany, Vienna:Austria, Salzburg:Austria,
Zurich:Switzerland, Geneva:Switzerland, Basel:Switzerland, Bern:Switzerland, Rome:Italy,
Milan:Italy, Venice:Italy, Florence:Italy, Naples:Italy, Turin:Italy, Madrid:Spain,
Barcelona:Spain, Seville:Spain, Valencia:Spain, Lisbon:Portugal, Porto:Portugal,
Amsterdam:Netherlands, Rotterdam:Netherlands, Brussels:Belgium, Antwerp:Belgium,
Copenhagen:Denmark, Oslo:Norway, Bergen:Norway, Stockholm:Sweden, Gothenburg:Sweden,
Helsinki:Finland, Reykjavik:Iceland, Warsaw:Poland, Krakow:Poland, Prague:Czech Republic,
Budapest:Hungary, Bucharest:Romania, Sofia:Bulgaria, Athens:Greece, Istanbul:Turkey,
Ankara:Turkey, Moscow:Russia, Kyiv:Ukraine, Cairo:Egypt, Nairobi:Kenya, Lagos:Nigeria,
Cape Town:South Africa, Johannesburg:South Africa, Casablanca:Morocco, Dubai:United Arab Emirates,
Abu Dhabi:United Arab Emirates, Tel Aviv:Israel, Jerusalem:Israel, Riyadh:Saudi Arabia,
Doha:Qatar, Tehran:Iran, Delhi:India, New Delhi:India, Mumbai:India, Bangalore:India,
Chennai:India, Kolkata:India, Hyderabad:India, Karachi:Pakistan, Lahore:Pakistan,
Dhaka:Bangladesh, Bangkok:Thailand, Chiang Mai:Thailand, Hanoi:Vietnam, Singapore:Singapore,
Kuala Lumpur:Malaysia, Jakarta:Indonesia, Manila:Philippines, Beijing:China, Shanghai:China,
Shenzhen:China, Guangzhou:China, Hong Kong:China, Taipei:Taiwan, Seoul:South Korea,
Busan:South Korea, Tokyo:Japan, Osaka:Japan, Kyoto:Japan, Sapporo:Japan, Sydney:Australia,
Melbourne:Australia, Brisbane:Australia, Perth:Australia, Adelaide:Australia,
Auckland:New Zealand, Wellington:New Zealand, Toronto:Ontario, Ottawa:Ontario,
Vancouver:British Columbia, Montreal:Quebec, Calgary:Alberta, Mexico City:Mexico, Cancun:Mexico,
Bogota:Colombia, Lima:Peru, Santiago:Chile, Buenos Aires:Argentina, Sao Paulo:Brazil,
Rio de Janeiro:Brazil, Brasilia:Brazil, Caracas:Venezuela, Havana:Cuba
"""

_OTHER_NAMES = """
nyc: New York; la: Los Angeles; sf: San Francisco; londres: London; nueva york: New York;
tokio: Tokyo; roma: Rome; rom: Rome; lisboa: Lisbon; lissabon: Lisbon; lisbonne: Lisbon;
viena: Vienna; wien: Vienna; vienne: Vienna; munchen: Munich; koln: Cologne; colonia: Cologne;
mailand: Milan; milano: Milan; venecia: Venice; venedig: Venice; venise: Venice; praga: Prague;
prag: Prague; varsovia: Warsaw; warschau: Warsaw; varsovie: Warsaw; ginebra: Geneva; genf: Geneva;
geneve: Geneva; atenas: Athens; athen: Athens; athenes: Athens; pekin: Beijing; peking: Beijing;
moscu: Moscow; moskau: Moscow; moscou: Moscow; el cairo: Cairo; the cairo: Cairo; kairo: Cairo;
le caire: Cairo; estambul: Istanbul; bruselas: Brussels; brussel: Brussels; bruxelles: Brussels;
florencia: Florence; florenz: Florence; firenze: Florence; napoles: Naples; neapel: Naples;
sevilla: Seville; ciudad de mexico: Mexico City; copenhague: Copenhagen; kopenhagen: Copenhagen;
estocolmo: Stockholm; edimburgo: Edinburgh; dublino: Dublin; bombay: Mumbai; singapur: Singapore;
hongkong: Hong Kong; kiev: Kyiv; krakau: Krakow; seul: Seoul; la habana: Havana
"""
_ALSO_WORDS = frozenset(
    [
        "nice",
        "reading",
        "bath",
        "cork",
        "turkey",
        "china",
        "jordan",
        "georgia",
        "us",
        "la",
        "sf",
        "rom",
    ]
)
"""Names that are words of every day when nobody writes them large."""


def _cities() -> dict[str, str]:
    pairs = (entry.split(":") for entry in " ".join(_CITIES.split()).split(", "))
    return {plain(city): region for city, region in pairs}


_REGION_OF = _cities()
CITY_WORDS = frozenset(word for city in _REGION_OF for word in city.split() if len(word) > 3)
"""The words of the cities' names, in lower case and without accents."""

_ENGLISH = dict(entry.split(": ") for entry in " ".join(_OTHER_NAMES.split()).split("; "))
_COUNTRY_NAMES = frozenset(_COUNTRIES.split()) | frozenset(_LONG_COUNTRIES)
_CODES = {code: state.title() for state, code in _STATES.items()}


@lru_cache(1024)
def kinds_of(name: str) -> frozenset[Kind]:
    """What a name may be; nothing for one that is in no table, "New York" is a city and a state."""
    low = plain(name.strip().strip(".").removeprefix("the ")).replace("u.s.", "us")
    kinds: set[Kind] = set()
    if low in _REGION_OF or low in _ENGLISH:
        kinds.add("city")
    if low in _STATES or name.strip() in _CODES:
        kinds.add("state")
    if low in _COUNTRY_NAMES or low.replace(".", "") in ("us", "usa", "uk", "uae"):
        kinds.add("country")
    return frozenset(kinds)


def english_name(place: str) -> str:
    """`Londres` and `Tokio` as they are called in English; any other name as it is."""
    return _ENGLISH.get(plain(place.strip()), place)


def is_place_in_small_letters(name: str) -> bool:
    """Whether a name typed without capitals can only be a place."""
    return name not in _ALSO_WORDS and bool(kinds_of(name))


def is_region(name: str) -> bool:
    """Whether the name is of something cities lie in."""
    return bool(kinds_of(name) & {"state", "country"})


def region_of(city: str) -> str | None:
    """The state of a city of the USA or Canada, the country of any other; None: not known."""
    return _REGION_OF.get(plain(english_name(city).strip()))


def country_of(city: str) -> str | None:
    """The country of a city; None where it is not known."""
    region = region_of(city)
    if region is None or "state" not in kinds_of(region):
        return region
    canadian = _STATES[plain(region)] in ("ON", "QC", "BC", "AB")
    return "Canada" if canadian else "USA"


def code_of(state: str) -> str | None:
    """`CA` for California."""
    return _STATES.get(plain(state))
