"""The API: counts visits through all three data services, and says how they are."""
import concurrent.futures
import json
import time

from data import QUEUE, SECONDS, postgres_cursor, rabbitmq_channel, reason, redis_client
from serve import serve

KEPT_ROWS = 1000
TABLE = """create table if not exists visits (
    id bigserial primary key, at timestamptz not null default now(), answered_at timestamptz, answered_by text)"""


def ask_redis():
    with redis_client() as client:
        return {"version": client.info("server")["redis_version"], "visits": int(client.get("visits") or 0)}


def ask_postgres():
    with postgres_cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("select current_setting('server_version'), count(*), count(answered_at) from visits")
        version, rows, answered = cursor.fetchone()
        return {"version": version.split()[0], "rows": rows, "answered": answered}


def ask_rabbitmq():
    with rabbitmq_channel() as channel:
        queue = channel.queue_declare(QUEUE, durable=True).method
        return {"waiting": queue.message_count, "consumers": queue.consumer_count}


def ask_worker():
    with redis_client() as client:
        seen = client.hgetall("worker")
    if not seen:
        raise RuntimeError("it has not been heard of yet")
    age = time.time() - float(seen["at"])
    if age > 10:
        raise RuntimeError(f"its last sign of life was {age:.0f} s ago")
    return {"host": seen["host"], "age": round(age, 1), "jobs": int(seen["jobs"])}


QUESTIONS = {"redis": ask_redis, "postgres": ask_postgres, "rabbitmq": ask_rabbitmq, "worker": ask_worker}
threads = concurrent.futures.ThreadPoolExecutor(max_workers=16)


def timed(question):
    began = time.monotonic()
    facts = question()
    return {**facts, "milliseconds": round(1000 * (time.monotonic() - began), 1)}


def state():
    """Asks all at once, and waits for none longer than for a slow connection and a slow answer."""
    asked = {name: threads.submit(timed, question) for name, question in QUESTIONS.items()}
    concurrent.futures.wait(asked.values(), timeout=2 * SECONDS)
    return {name: told(answer) for name, answer in asked.items()}


def told(answer):
    if not answer.done():
        answer.cancel()
        return {"up": False, "reason": f"no answer within {2 * SECONDS} s"}
    error = answer.exception()
    return {"up": False, "reason": reason(error)} if error else {"up": True, **answer.result()}


def health():
    parts = state()
    line = " · ".join(f"{name} up" if part["up"] else f"{name} down: {part['reason']}" for name, part in parts.items())
    return 200 if all(part["up"] for part in parts.values()) else 503, line + "\n"


def visit():
    """One visit: counted by Redis, written by PostgreSQL, sent through RabbitMQ, answered by the worker."""
    began = time.monotonic()
    try:
        with redis_client() as client, rabbitmq_channel() as channel:
            number = client.incr("visits")
            with postgres_cursor() as cursor:
                cursor.execute(TABLE)
                cursor.execute("insert into visits default values returning id")
                row = cursor.fetchone()[0]
                cursor.execute("delete from visits where id <= %s", [row - KEPT_ROWS])
            channel.queue_declare(QUEUE, durable=True)
            channel.basic_publish("", QUEUE, json.dumps({"row": row}))
            answer = client.blpop(f"answer:{row}", timeout=1)
    except Exception as error:
        return 503, {"reason": reason(error)}
    worker = answer[1] if answer else None
    return 200, {"number": number, "row": row, "worker": worker, "milliseconds": round(1000 * (time.monotonic() - began), 1)}


if __name__ == "__main__":
    serve({
        "GET /alive": lambda: (200, "api up\n"),
        "GET /health": health,
        "GET /api/health": health,
        "GET /api/state": lambda: (200, state()),
        "POST /api/visits": visit,
    })
