"""The web page: the state of the platform as the API and the swarm tell it, made anew for every request."""
import json
import pathlib
import string
import time
import urllib.error
import urllib.request
from html import escape

from serve import serve

PAGE = string.Template(pathlib.Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
NAMES = {"redis": "Redis", "postgres": "PostgreSQL", "rabbitmq": "RabbitMQ", "worker": "Worker"}
DOES = {"redis": "counts", "postgres": "remembers", "rabbitmq": "passes on", "worker": "answers"}
FACTS = {
    "redis": lambda part: f"{big(part['visits'], 'visit')} counted",
    "postgres": lambda part: f"{big(part['rows'], 'row')}, {part['answered']:,} answered",
    "rabbitmq": lambda part: f"{big(part['waiting'], 'message')} waiting, {many(part['consumers'], 'consumer')}",
    "worker": lambda part: f"{big(part['jobs'], 'job')} done",
}


def ask(url, method="GET", timeout=6):
    """The answer's status and text; an answer that says what is wrong is an answer, too."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def api_state():
    try:
        return json.loads(ask("http://api:8080/api/state")[1]), None
    except (OSError, ValueError) as error:
        return {name: {"up": False, "reason": "the API cannot be asked"} for name in NAMES}, f"api down: {error}"


def swarm():
    """Name, replicas that run, replicas wanted and hosts of every service, by the socket proxy."""
    def lists(what):
        return json.loads(ask(f"http://socket-proxy:2375/{what}", timeout=3)[1])

    hosts = {node["ID"]: node["Description"]["Hostname"] for node in lists("nodes")}
    running = [task for task in lists("tasks") if task["Status"]["State"] == "running" and task["DesiredState"] == "running"]
    for service in sorted(lists("services"), key=lambda service: service["Spec"]["Name"]):
        own = [task for task in running if task["ServiceID"] == service["ID"]]
        mode = service["Spec"]["Mode"]
        wanted = mode["Replicated"]["Replicas"] if "Replicated" in mode else len(hosts)
        yield service["Spec"]["Name"], len(own), wanted, sorted({hosts.get(task.get("NodeID"), "?") for task in own})


def many(number, thing):
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def big(number, thing):
    figure, words = many(number, thing).split(" ", 1)
    return f"<b>{figure}</b> {words}"


def card(name, part):
    took = f"seen {part['age']} s ago" if "age" in part else f"{part.get('milliseconds', 0):.0f} ms"
    side = took if part["up"] else "down"
    fact = FACTS[name](part) if part["up"] else escape(part["reason"])
    version = escape(part.get("version", part.get("host", "")))
    return (f'<article class="{"up" if part["up"] else "down"}" aria-label="{name} {"up" if part["up"] else "down"}">'
            f'<header><i></i><h2>{NAMES[name]}</h2><span>{side}</span></header>'
            f'<p class="fact">{fact}</p><footer>{DOES[name]}<span>{version}</span></footer></article>')


def row(name, running, wanted, hosts):
    stack, _, short = name.partition("_")
    grade = "off" if wanted == 0 else "up" if running >= wanted else "down"
    return (f'<tr class="{grade}"><td><i></i>{escape(short or stack)}</td><td>{escape(stack)}</td>'
            f'<td class="number">{running} / {wanted}</td><td>{escape(", ".join(hosts)) or "–"}</td></tr>')


def journey():
    """Counts this visit, and tells where it went."""
    try:
        status, text = ask("http://api:8080/api/visits", "POST")
        told = json.loads(text)
    except (OSError, ValueError) as error:
        return f"This visit was not counted: {escape(str(error))}"
    if status != 200:
        return f"This visit was not counted: {escape(told['reason'])}"
    came_back = f"answered by <code>{escape(told['worker'])}</code>" if told["worker"] else "and not answered yet"
    return (f"You are visit <b>{told['number']:,}</b>: counted by Redis, written by PostgreSQL as row {told['row']:,}, "
            f"sent through RabbitMQ, {came_back}, all in {told['milliseconds']:.0f} ms.")


def status():
    """The part of the page that is renewed every few seconds."""
    parts, fault = api_state()
    try:
        services = list(swarm())
        rows, running = "".join(row(*service) for service in services), sum(ready >= wanted > 0 for _, ready, wanted, _ in services)
        note = f"{running} of {len(services)} complete, as of {time.strftime('%H:%M:%S')} UTC"
        table = f"<h3>Services <span>{note}</span></h3><table>{rows}</table>"
    except (OSError, ValueError, KeyError, TypeError) as error:
        table = f"<h3>Services</h3><p>The swarm cannot be asked: {escape(str(error))}</p>"
    down = [NAMES[name] for name, part in parts.items() if not part["up"]]
    title = "The API does not answer." if fault else f"{' and '.join(down)} {'is' if len(down) == 1 else 'are'} down." if down else "Everything is up."
    cards = "".join(card(name, part) for name, part in parts.items())
    return (f'<h1 class="{"down" if down else "up"}">{title}</h1><section class="cards">{cards}</section>'
            f'<section class="services">{table}</section>')


def page():
    visit = journey()
    return 200, PAGE.substitute(journey=visit, status=status()), "text/html; charset=utf-8"


def health():
    """The whole way: this page asks the API, and the API asks everything else."""
    try:
        code, text = ask("http://api:8080/health")
        return code, f"web up · api up · {text}"
    except OSError as error:
        return 503, f"web up · api down: {error}\n"


if __name__ == "__main__":
    serve({
        "GET /": page,
        "GET /status": lambda: (200, status(), "text/html; charset=utf-8"),
        "GET /health": health,
        "GET /alive": lambda: (200, "web up\n"),
    })
