"""What is asked in Spanish, German or French, word by word in English.

Owns the words and telling the language. The gloss is no translation: it is what the rest of the
model reads, and names, numbers and quotations stand in it as they were typed. A language is a
table; a further one needs nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from roundtrip.simulator.model.words import FUNCTION_WORDS, IMPERATIVES, QUESTION_OPENERS, plain

_SPANISH = """
que tiempo hara: what will be the weather; que tiempo hace: what is the weather;
el tiempo en: the weather in; hace calor: is it hot; hace frio: is it cold; hara calor: is it hot;
hara frio: is it cold; va a llover: will it rain; lloveria: will it rain; llovera: will it rain;
que me pongo: what should I wear; que ropa llevo: what clothes should I wear; ropa: clothes;
necesito: do I need; abrigo: coat; paraguas: umbrella; chaqueta: jacket; lluvia: rain;
temperatura: temperature; pronostico: forecast; clima: weather; nieve: snow; viento: wind;
manana: tomorrow; hoy: today; ayer: yesterday; esta noche: tonight; proxima semana: next week;
cuanto es: how much is; cuanto son: how much is; cuantos: how many; cuantas: how many;
cuanto: how much; cuanta: how much; cuanto costo: how much did it cost; cuanto cuesta: how much
does it cost; cuesta: cost; costo: cost; por ciento: percent; raiz cuadrada: square root;
mas: plus; menos: minus; por: times; entre: divided by; dividido: divided; multiplicado por: times;
calcula: calculate; suma: sum; resta: minus; mitad: half; doble: double; media: average;
donde esta: where is; donde: where; pedido: order; pedidos: orders; paquete: parcel;
envio: shipping; enviado: shipped; ya se ha enviado: has been shipped; entregado: delivered;
llega: arrives; llego: arrived; llegara: will arrive; cuando llega: when does arrive;
cuando: when; ultimo: last; ultima: last; ultimos: last; seguimiento: tracking;
reembolsa: refund; reembolsar: refund; reembolso: refund; devuelve: refund; danado: damaged;
danada: damaged; roto: broken; rota: broken; equivocado: wrong; tarde: late;
cliente: customer; clienta: customer; clientes: customers; busca: find; buscar: find;
encuentra: find; muestrame: show me; muestra: show; ensename: show me; dame: give me;
lista: list; quien es: who is; correo: email; correo electronico: email; direccion: address;
informe: report; ventas: sales; ingresos: revenue; trimestre: quarter; primer: first;
primero: first; segundo: second; tercer: third; tercero: third; cuarto: fourth;
convierte: convert; convertir: convert; cambia: convert; dolares: dollars; dolar: dollar;
euros: euros; libras: pounds; yenes: yen; kilometros: kilometers; millas: miles; metros: meters;
kilos: kilograms; gramos: grams; libra: pound; litros: liters; grados: degrees; pies: feet;
pulgadas: inches; que hora es: what time is it; hora: time; precio de la accion: share price;
precio: price; accion: share; acciones: shares; bolsa: stock; paga: pay; pagar: pay;
factura: invoice; facturas: invoices; manda: send; envia: send; enviar: send; escribe: write;
escribeme: write me; diciendo que: saying; diciendo: saying; asunto: subject; su: their;
faltan para: until; faltan: are left until; dias: days; navidad: Christmas; ano nuevo: New Year;
semana: week; mes: month; ano: year; lunes: monday; martes: tuesday; miercoles: wednesday;
jueves: thursday; viernes: friday; sabado: saturday; domingo: sunday; enero: january;
febrero: february; marzo: march; abril: april; mayo: may; junio: june; julio: july;
agosto: august; septiembre: september; octubre: october; noviembre: november;
diciembre: december; que hay: what is; hay: is there; poema: poem; chiste: joke;
capital: capital; cual es: what is; cual: which; quien: who; que: what; como: how; es: is;
son: are; esta: is; voy a: I go to; quiero: I want; puedes: can you; me gusta: I like; en: in;
el: the; la: the; los: the; las: the; un: a; una: a; de: of; del: of the; al: to the; y: and;
o: or; mi: my; mis: my; tu: your; a: to; con: with; sin: without; para: for; porfa: please;
por favor: please; hola: hello; que tal: how are you; gracias: thanks; adios: goodbye;
buenos dias: good morning; buenas tardes: good afternoon; eso es todo: that is all;
no: no; si: yes; tambien: also; luego: then; sobre: about; otono: autumn; ahora: now;
se: itself; ha: has; he: have; le: him; lo: it; tiene: has; restaurante: restaurant; mesa: table
"""
_GERMAN = """
wie wird das wetter: what will be the weather; wie ist das wetter: what is the weather;
wetter: weather; regnet es: does it rain; wird es regnen: will it rain; regen: rain;
regenschirm: umbrella; jacke: jacket; mantel: coat; was soll ich anziehen: what should I wear;
anziehen: wear; warm: warm; kalt: cold; temperatur: temperature; vorhersage: forecast;
morgen: tomorrow; heute: today; gestern: yesterday; nachste woche: next week;
was sind: what is; was ist: what is; wie viel ist: how much is; wie viel: how much;
wieviel: how much; wie viele: how many; prozent: percent; wurzel aus: square root of;
mal: times; geteilt durch: divided by; durch: divided by; plus: plus; minus: minus;
rechne: calculate; berechne: calculate; summe: sum; halfte: half; durchschnitt: average;
wo ist: where is; wo: where; bestellung: order; bestellungen: orders; paket: parcel;
lieferung: delivery; sendung: parcel; verschickt: shipped; versandt: shipped; geliefert:
delivered; kommt an: arrives; angekommen: arrived; letzte: last; letzten: last; wann: when;
erstatte: refund; erstattung: refund; kaputt: broken; beschadigt: damaged; falsch: wrong;
kunde: customer; kundin: customer; kunden: customers; suche: find; finde: find; zeige: show;
zeig mir: show me; gib mir: give me; liste: list; wer ist: who is; adresse: address;
bericht: report; umsatz: revenue; verkaufe: sales; quartal: quarter; erste: first; ersten: first;
zweite: second; zweiten: second; dritte: third; dritten: third; vierte: fourth; vierten: fourth;
rechne um: convert; wandle: convert; in dollar: in dollars; kilometer: kilometers;
meilen: miles; meter: meters; kilo: kilograms; gramm: grams; pfund: pounds; liter: liters;
grad: degrees; wie spat ist es: what time is it; uhrzeit: time; uhr: time; aktie: share;
aktienkurs: share price; kurs: price; preis: price; kostet: costs; kosten: cost; bezahle: pay;
zahle: pay; rechnung: invoice; schicke: send; sende: send; schreib: write; schreibe: write;
betreff: subject; tage: days; bis: until; weihnachten: Christmas; montag: monday;
dienstag: tuesday; mittwoch: wednesday; donnerstag: thursday; freitag: friday; samstag: saturday;
sonntag: sunday; gedicht: poem; witz: joke; hauptstadt: capital; was: what; wie: how;
welche: which; welcher: which; wer: who; warum: why; ist: is; sind: are; wird: will;
hat: has; habe: have; ich: I; mir: me; mich: me; mein: my; meine: my; das: the; der: the;
die: the; den: the; dem: the; des: the; ein: a; eine: a; einen: a; von: of; vom: of the;
und: and; oder: or; in: in; im: in the; fur: for; mit: with; ohne: without; an: to; zu: to;
zum: to the; auf: on; uber: about; bitte: please; hallo: hello; danke: thanks;
tschuss: goodbye; guten morgen: good morning; guten tag: good day; nicht: not; kein: no;
ja: yes; nein: no; auch: also; dann: then; jetzt: now; brauche: need; herbst: autumn
"""
_FRENCH = """
quel temps fera t il: what will be the weather; quel temps fait il: what is the weather;
quel temps: what weather; meteo: weather; va t il pleuvoir: will it rain; il pleut: it rains;
pluie: rain; parapluie: umbrella; manteau: coat; veste: jacket; temperature: temperature;
demain: tomorrow; aujourd hui: today; hier: yesterday; semaine prochaine: next week;
combien font: how much is; combien fait: how much is; combien de: how many; combien: how much;
pour cent: percent; racine carree: square root; fois: times; divise par: divided by;
plus: plus; moins: minus; calcule: calculate; somme: sum; moitie: half; moyenne: average;
ou est: where is; ou: where; commande: order; commandes: orders; colis: parcel;
livraison: delivery; expediee: shipped; expedie: shipped; livree: delivered; livre: delivered;
arrive: arrives; derniere: last; dernier: last; quand: when; rembourse: refund;
remboursement: refund; casse: broken; abime: damaged; client: customer; cliente: customer;
cherche: find; trouve: find; montre moi: show me; montre: show; donne moi: give me;
liste: list; qui est: who is; adresse: address; rapport: report; ventes: sales;
chiffre d affaires: revenue; trimestre: quarter; premier: first; deuxieme: second;
troisieme: third; quatrieme: fourth; convertis: convert; convertir: convert; en dollars:
in dollars; en euros: in euros; kilometres: kilometers; metres: meters; kilos: kilograms;
litres: liters; degres: degrees; quelle heure est il: what time is it; heure: time;
action: share; actions: shares; prix: price; coute: costs; paie: pay; payer: pay;
facture: invoice; envoie: send; ecris: write; jours: days; noel: Christmas; lundi: monday;
mardi: tuesday; mercredi: wednesday; jeudi: thursday; vendredi: friday; samedi: saturday;
dimanche: sunday; poeme: poem; blague: joke; capitale: capital; quel: which; quelle: which;
qui: who; pourquoi: why; comment: how; est: is; sont: are; sera: will be; je: I; moi: me;
mon: my; ma: my; mes: my; le: the; la: the; les: the; un: a; une: a; de: of; du: of the;
des: of; et: and; a: in; au: in the; en: in; dans: in; pour: for; avec: with; sans: without;
s il te plait: please; s il vous plait: please; bonjour: hello; salut: hello; merci: thanks;
au revoir: goodbye; comment ca va: how are you; ca va: how are you; oui: yes; non: no;
aussi: also; puis: then; maintenant: now; il: it; faut: need; besoin: need
"""
_LANGUAGES = {"Spanish": _SPANISH, "German": _GERMAN, "French": _FRENCH}
_WORD = re.compile(
    r"[^\W\d_]+-\d[\w-]*|[^\W\d_]+(?:[@.][\w.@-]+)*|\d[\w.,]*\w|\d|(?!(?<=[^\W\d_])-(?=[^\W\d_]))\S"
)
"""A code or an address is one word; a hyphen within a word parts it."""

_ENGLISH = FUNCTION_WORDS | IMPERATIVES | QUESTION_OPENERS
_FEWEST = 0.34
"""Of a text's words that have to be a language's own before it is read as that."""


_LONGEST = 6
"""Words of an entry."""


@dataclass(frozen=True, slots=True)
class Gloss:
    """A text in English, and where each of its words came from."""

    text: str
    language: str
    spans: tuple[tuple[int, int, int, int], ...]
    """Start and end in the gloss, start and end in the text."""


def gloss_of(text: str) -> Gloss | None:
    """The text word by word in English; None where it is English, or nothing that is known."""
    words = [(found.start(), found.end(), found.group()) for found in _WORD.finditer(text)]
    low = [plain(word) for _, _, word in words]
    language = _language(low)
    if language is None:
        return None
    table = _table(language)
    gloss, spans = "", []
    here = 0
    while here < len(words):
        longest = min(_LONGEST, len(words) - here)
        known = (n for n in range(longest, 0, -1) if " ".join(low[here : here + n]) in table)
        many = next(known, 0)
        last = here + max(many, 1) - 1
        start, end = words[here][0], words[last][1]
        said = table[" ".join(low[here : last + 1])] if many else text[start:end].strip("¿¡")
        touches = here > 0 and start == words[here - 1][1] and not many
        gap = "" if not gloss or touches or not said else " "
        begin = len(gloss) + len(gap)
        gloss += gap + said
        spans.append((begin, len(gloss), start, end))
        here = last + 1
    return Gloss(gloss, language, tuple(spans))


def _language(low: list[str]) -> str | None:
    """Whose words they are, if they are not English."""
    words = [word for word in low if word.isalpha()]
    english = sum(word in _ENGLISH for word in words)
    counted = {name: _own(name, words) for name in _LANGUAGES}
    best = max(counted, key=lambda name: counted[name])
    enough = counted[best] >= _FEWEST * len(words) and counted[best] > english
    return best if words and counted[best] and enough else None


def _own(name: str, words: list[str]) -> int:
    known = _single_words(name)
    return sum(word in known and word not in _ENGLISH for word in words)


@cache
def _single_words(name: str) -> frozenset[str]:
    return frozenset(word for phrase in _table(name) for word in phrase.split())


@cache
def _table(name: str) -> dict[str, str]:
    entries = " ".join(_LANGUAGES[name].split()).split("; ")
    return dict(entry.split(": ", 1) for entry in entries)


def original_of(gloss: Gloss, text: str, start: int, end: int) -> str:
    """What stands in the text for a part of its gloss."""
    inside = [span for span in gloss.spans if span[0] < end and start < span[1]]
    return text[inside[0][2] : inside[-1][3]] if inside else ""
