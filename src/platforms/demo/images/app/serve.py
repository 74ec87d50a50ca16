"""A small HTTP server that says why when something fails, and finishes its requests when it is told to stop."""
import json
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def serve(routes, port=8080):
    """Serve until SIGTERM. Routes: {'GET /path': function}, each returning (status, body) or (status, body, type)."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # seconds: a silent client must not hold up the stop

        def answer(self):
            route = routes.get(f"{'GET' if self.command == 'HEAD' else self.command} {self.path.split('?')[0]}")
            status, body, *kind = route() if route else (404, "There is no such page.\n")
            if isinstance(body, dict):
                body, kind = json.dumps(body), ["application/json"]
            content = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind[0] if kind else "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def handle(self):
            try:
                super().handle()
            except ConnectionError:
                pass  # the asker has gone: a health check reads no further than the status

        do_GET = do_HEAD = do_POST = answer

        def log_request(self, code="-", size="-"):
            if str(code) >= "500":
                super().log_request(code, size)

    server = ThreadingHTTPServer(("", port), Handler)
    server.daemon_threads = False  # so that closing waits for requests under way
    # As the first process of a container we get no signal that we do not ask for.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on port {port}")
    server.serve_forever()
    server.server_close()
    print("stopped")
