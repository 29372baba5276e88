"""Prompts in a second language: Spanish, and a few in German and French."""

from __future__ import annotations

from functools import partial

from tests.simulator.learner_case import CLOCK, FIRST_VISIT, SAMPLE, also, case, earlier, made
from tests.simulator.learner_wanted import (
    calculate,
    convert_currency,
    convert_units,
    current_time,
    days_until,
    find_customer,
    flaky_service,
    get_order,
    get_stock_price,
    get_weather,
    list_orders,
    pay_invoice,
    refund_order,
    send_email,
    shipping_status,
)

spanish, german, french = (partial(case, language=one) for one in ("es", "de", "fr"))

IN_SPANISH = (
    spanish(
        "spanish-01",
        "second-language",
        "¿Qué tiempo hará mañana en Madrid?",
        [get_weather("Madrid")],
        [],
    ),
    spanish(
        "spanish-02",
        "second-language",
        "¿Qué me pongo mañana en Tokio y en Oslo?",
        [get_weather("Tokyo"), get_weather("Oslo")],
        [],
    ),
    spanish("spanish-03", "second-language", "va a llover en londres?", [get_weather("London")]),
    spanish(
        "spanish-04",
        "second-language",
        "Voy a Nueva York, ¿necesito abrigo?",
        [get_weather("New York")],
    ),
    spanish(
        "spanish-05",
        "second-language",
        "el tiempo en buenos aires porfa",
        [get_weather("Buenos Aires")],
    ),
    spanish("spanish-06", "second-language", "¿Cuánto es el 17% de 2340?", [calculate(397.8)], []),
    spanish("spanish-07", "second-language", "cuanto es 48 por 12", [calculate(576)]),
    spanish(
        "spanish-08",
        "second-language",
        "Calcula la raíz cuadrada de 144 más 5",
        [calculate(17, 149**0.5)],
    ),
    spanish(
        "spanish-09",
        "second-language",
        "¿Dónde está el pedido O-5018?",
        [shipping_status("O-5018")],
        [],
    ),
    spanish(
        "spanish-10",
        "second-language",
        "¿Ya se ha enviado el último pedido de Ada Lovelace?",
        [find_customer("Ada Lovelace", "Ada")],
        [list_orders("C-1001")],
    ),
    spanish(
        "spanish-11",
        "second-language",
        "que hay en el pedido O-5004 y cuanto costo",
        [get_order("O-5004")],
        [],
    ),
    spanish(
        "spanish-12",
        "second-language",
        "Reembolsa el pedido O-5016, llegó dañado.",
        [refund_order("O-5016", ("damage", "dañado", "broken"))],
    ),
    spanish(
        "spanish-13",
        "second-language",
        "Busca a la clienta Sofia Kovalevskaya",
        [find_customer("Sofia Kovalevskaya", "Kovalevskaya")],
        [],
    ),
    spanish(
        "spanish-14",
        "second-language",
        "Muéstrame los pedidos del cliente C-1003",
        [list_orders("C-1003")],
    ),
    spanish(
        "spanish-15",
        "second-language",
        "Dame el informe de ventas del tercer trimestre.",
        [flaky_service("Q3")],
        [flaky_service("Q3")],
    ),
    spanish(
        "spanish-16",
        "second-language",
        "Convierte 100 dólares a euros",
        [convert_currency(100, "USD", "EUR")],
        [],
        offered=also("convert_currency"),
    ),
    spanish(
        "spanish-17",
        "second-language",
        "¿Cuántos kilómetros son 10 millas?",
        [convert_units(10, "mi", "km")],
        offered=SAMPLE,
    ),
    spanish(
        "spanish-18",
        "second-language",
        "¿Qué hora es en Tokio?",
        [current_time("Asia/Tokyo")],
        offered=also("current_time"),
    ),
    spanish(
        "spanish-19",
        "second-language",
        "precio de la acción de Microsoft",
        [get_stock_price("MSFT")],
        offered=SAMPLE,
    ),
    spanish(
        "spanish-20",
        "second-language",
        "Paga la factura INV-302",
        [pay_invoice("INV-302")],
        offered=also("pay_invoice"),
    ),
    spanish(
        "spanish-21",
        "second-language",
        "Manda un correo a ada@example.com diciendo que su mesa llega el miércoles.",
        [send_email("ada@example.com", ("mesa", "desk", "table"))],
        offered=also("send_email"),
    ),
    spanish(
        "spanish-22",
        "second-language",
        "¿Cuántos días faltan para Navidad?",
        [days_until("2026-12-25")],
        offered=(*FIRST_VISIT, "days_until"),
        system=CLOCK,
    ),
    spanish(
        "spanish-23",
        "second-language",
        "Escríbeme un poema sobre el otoño.",
        reply="answers",
    ),
    spanish("spanish-24", "second-language", "hola que tal", reply="small talk"),
    spanish("spanish-25", "second-language", "¿Cuál es la capital de Perú?", reply="answers"),
    spanish("spanish-26", "second-language", "¿Dónde está mi paquete?", reply="asks back"),
    spanish("spanish-27", "second-language", "¡Gracias, eso es todo!", reply="small talk"),
    spanish(
        "spanish-28",
        "second-language",
        "¿Qué ropa llevo mañana?",
        reply="asks back",
    ),
    spanish(
        "spanish-29",
        "second-language",
        "¿Y en Roma?",
        [get_weather("Rome")],
        before=(
            earlier(
                "¿Qué tiempo hará mañana en París?",
                made("get_weather", city="Paris"),
                answer="Mañana en París: 10 °C y nublado.",
            ),
        ),
    ),
    spanish(
        "spanish-30",
        "second-language",
        "¿Hace calor mañana en El Cairo y cuánto es 15 × 15?",
        [get_weather("Cairo"), calculate(225)],
        [],
    ),
    spanish("spanish-31", "second-language", "Me gusta la lluvia.", reply="small talk"),
)

IN_GERMAN = (
    german(
        "german-01",
        "second-language",
        "Wie wird das Wetter morgen in Berlin?",
        [get_weather("Berlin")],
        [],
    ),
    german("german-02", "second-language", "Was sind 17 % von 2340?", [calculate(397.8)]),
    german(
        "german-03",
        "second-language",
        "wo ist die bestellung O-5017",
        [shipping_status("O-5017")],
    ),
    german(
        "german-04", "second-language", "Schreib mir ein Haiku über den Herbst.", reply="answers"
    ),
)

IN_FRENCH = (
    french(
        "french-01",
        "second-language",
        "Quel temps fera-t-il demain à Londres ?",
        [get_weather("London")],
        [],
    ),
    french("french-02", "second-language", "combien font 125 fois 8", [calculate(1000)]),
    french("french-03", "second-language", "Bonjour, comment ça va ?", reply="small talk"),
)

PROMPTS = (*IN_SPANISH, *IN_GERMAN, *IN_FRENCH)
