"""Serves hirings as the marketplace's HiClaw page describes its own server: a thread per request, the answer at once,
then the task written and two outside commands (here no-ops) in a process each. Nothing is durable when it answers."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = os.environ["HIGRESS_API_KEY"]
TASKS = tempfile.mkdtemp()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        if self.headers.get("Authorization", "") not in (f"ApiKey {KEY}", KEY):
            return self.answer(401, {"error": "Unauthorized"})
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            data = json.loads(body)
        except ValueError:
            return self.answer(400, {"error": "Invalid JSON"})
        self.answer(200, {"status": "accepted"})
        threading.Thread(target=work, args=(data,), daemon=True).start()

    def answer(self, status, document):
        text = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def work(data):
    folder = os.path.join(TASKS, str(data.get("hiring_id")))
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "task-spec.json"), "w") as file:
        json.dump(data, file)
    for _ in range(2):
        subprocess.run(["true"], check=False)


class Server(ThreadingHTTPServer):
    request_queue_size = 128


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
# Ends with the process that started it.
sys.stdin.read()
