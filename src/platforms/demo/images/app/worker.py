"""The worker: takes visits from the queue, notes in PostgreSQL that it saw them, and answers through Redis."""
import json
import pathlib
import signal
import socket
import sys
import time

from data import QUEUE, postgres_cursor, rabbitmq_channel, reason, redis_client

HEARTBEAT = pathlib.Path("/tmp/heartbeat")  # the container's health check looks at its age
NAME = socket.gethostname()


def work(channel):
    """Until something fails: then what was not acknowledged goes back to the queue."""
    channel.queue_declare(QUEUE, durable=True)
    channel.basic_qos(prefetch_count=1)
    signed = 0
    for method, _, body in channel.consume(QUEUE, inactivity_timeout=1):
        if method:
            do(json.loads(body))
            channel.basic_ack(method.delivery_tag)
        if method or time.monotonic() - signed >= 1:
            sign(bool(method))
            signed = time.monotonic()


def do(job):
    with postgres_cursor() as cursor:
        cursor.execute("update visits set answered_at = now(), answered_by = %s where id = %s", [NAME, job["row"]])
    with redis_client() as client, client.pipeline() as together:
        together.rpush(f"answer:{job['row']}", NAME)
        together.expire(f"answer:{job['row']}", 30)
        together.execute()


def sign(worked):
    """A sign of life for the container's health check, and one for the page."""
    HEARTBEAT.touch()
    with redis_client() as client, client.pipeline() as together:
        together.hset("worker", mapping={"host": NAME, "at": time.time()})
        together.hincrby("worker", "jobs", 1 if worked else 0)
        together.execute()


def stop(*_):
    print("stopped")
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    told = None
    while True:
        HEARTBEAT.touch()  # waiting for a data service is being alive, too
        try:
            with rabbitmq_channel() as channel:
                print("waiting for visits")
                told = None
                work(channel)
        except Exception as error:
            if reason(error) != told:
                told = reason(error)
                print(f"{told}; trying again every 2 seconds")
            time.sleep(2)
