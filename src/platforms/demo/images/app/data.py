"""The three data services. Every use opens a connection of its own: so names are resolved anew,
a restarted service is found again, and a changed password is read again."""
from contextlib import contextmanager

import pika
import psycopg2
import redis

QUEUE = "visits"
SECONDS = 2  # to connect, and for every answer


def secret(name):
    with open(f"/run/secrets/{name}", encoding="utf-8") as file:
        return file.read().strip()


@contextmanager
def redis_client():
    client = redis.Redis("redis", password=secret("redis-password"), decode_responses=True,
                         socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
    try:
        yield client
    finally:
        client.connection_pool.disconnect()


@contextmanager
def postgres_cursor():
    connection = psycopg2.connect(host="postgres", user="app", dbname="app", password=secret("postgres-password"),
                                  connect_timeout=SECONDS, options=f"-c statement_timeout={SECONDS}s")
    try:
        with connection, connection.cursor() as cursor:  # commits, or rolls back if something is raised
            yield cursor
    finally:
        connection.close()


@contextmanager
def rabbitmq_channel():
    connection = pika.BlockingConnection(pika.ConnectionParameters(
        "rabbitmq", credentials=pika.PlainCredentials("app", secret("rabbitmq-password")),
        connection_attempts=1, socket_timeout=SECONDS, stack_timeout=SECONDS, blocked_connection_timeout=SECONDS))
    try:
        yield connection.channel()
    finally:
        if connection.is_open:
            connection.close()


def reason(error):
    """One line that says what went wrong; the libraries' messages are long, and sometimes empty."""
    cause = getattr(error, "args", None)
    while isinstance(error, pika.exceptions.AMQPConnectionError) and cause and isinstance(cause[0], BaseException):
        error, cause = cause[0], cause[0].args
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
