#!/usr/bin/python3
"""Plays an API Gateway that asks for IAM, before a feed and an orders endpoint, and STS.

    api_gateway.py FOLDER FEED_PORT

Listens on an ephemeral port of 127.0.0.1 and prints "port N". Each request must be signed as botocore
computes it, with the keys of the source or of a role that was assumed with them:
* POST / is AssumeRole, and gives keys for an hour.
* GET /prod/shoppers/... goes on to the feed; POST /prod/v1/... is taken, and its Idempotency-Key and
  body become a line of FOLDER/orders. The role feed may do the one, cloud the other, the source both.
* POST /-/expire, which nobody signs, makes all keys of roles expire.
What is refused becomes a line of FOLDER/refused, each AssumeRole one of FOLDER/assumed. Ends when the
program that started it has gone.
"""
import http.client
import json
import pathlib
import sys
import threading
import time
import urllib.parse
from http.server import ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "transport"))
import botocore_verifier  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

SOURCE = Credentials("AKIDSOURCE", "source/secret+x")
ROLE = "arn:aws:iam::123456789012:role/"
FEED, CLOUD = "GET /prod/shoppers/", "POST /prod/v1/"
MAY = {"source": (FEED, CLOUD), "feed": (FEED,), "cloud": (CLOUD,), "nobody": ()}


class Refused(Exception):
    def __init__(self, error_type, message):
        super().__init__(message)
        self.error_type = error_type


class State:
    def __init__(self, folder, feed_port):
        self.folder = pathlib.Path(folder)
        self.feed_port = feed_port
        self.lock = threading.Lock()
        self.keys = {SOURCE.access_key: (SOURCE, "source")}
        self.expired = set()
        self.assumed = 0

    def write(self, name, line):
        with self.lock, open(self.folder / name, "a") as file:
            file.write(line + "\n")

    def issue(self, role):
        with self.lock:
            self.assumed += 1
            name = f"ASIA{role.upper()}{self.assumed}"
            keys = Credentials(name, f"{name}/secret+x", f"FwoG//{name}" + "B" * 700 + "==")
            self.keys[name] = (keys, role)
        return keys

    def expire(self):
        with self.lock:
            self.expired |= set(self.keys) - {SOURCE.access_key}


class Handler(botocore_verifier.Handler):
    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        try:
            self.serve()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def serve(self):
        state = self.server.state
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/-/expire":
            state.expire()
            return self.reply(204, "")
        try:
            role, scope = self.authenticate(body)
            if self.path == "/":
                return self.assume_role(role, scope, dict(urllib.parse.parse_qsl(body.decode())))
            self.authorize(role, scope)
        except Refused as refused:
            state.write("refused", f"{refused.error_type} {self.command} {self.path}")
            return self.reply(403, json.dumps({"message": str(refused)}), refused.error_type)
        if self.command == "GET":
            return self.forward()
        if self.path.startswith("/prod/v1/identity/"):
            return self.reply(200, '{"action":"ACCEPT"}')
        state.write("orders", f"{self.headers['Idempotency-Key']} {body.decode()}")
        self.reply(200, "{}")

    def authenticate(self, body):
        """Gives who signed, and for which region and service."""
        state = self.server.state
        match = botocore_verifier.AUTHORIZATION.fullmatch(self.headers.get("Authorization", ""))
        if not match:
            raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
        with state.lock:
            keys, role = state.keys.get(match.group(1), (None, None))
            expired = match.group(1) in state.expired
        if keys is None:
            raise Refused("UnrecognizedClientException",
                          "The security token included in the request is invalid.")
        if expired:
            raise Refused("ExpiredTokenException",
                          "The security token included in the request is expired")
        try:
            signed = botocore_verifier.verify(self.command, self.path, self.headers, body, keys)
        except botocore_verifier.Refused as refused:
            raise Refused("InvalidSignatureException", str(refused)) from None
        return role, signed.split(" ")[0]

    def authorize(self, role, scope):
        if scope != "eu-west-1/execute-api":
            raise Refused("InvalidSignatureException",
                          "Credential should be scoped to a valid region.")
        if not f"{self.command} {self.path}".startswith(MAY[role]):
            raise Refused("AccessDeniedException",
                          f"User: arn:aws:sts::123456789012:assumed-role/{role}/gatehouse is not "
                          "authorized to perform: execute-api:Invoke on resource: x")

    def assume_role(self, role, scope, form):
        wanted = form.get("RoleArn", "").removeprefix(ROLE)
        if role != "source" or scope != "eu-west-1/sts" or wanted not in MAY:
            return self.reply(403, '{"Error":{"Code":"AccessDenied"}}')
        keys = self.server.state.issue(wanted)
        self.server.state.write("assumed", wanted)
        self.reply(200, json.dumps({"AssumeRoleResponse": {"AssumeRoleResult": {"Credentials": {
            "AccessKeyId": keys.access_key, "SecretAccessKey": keys.secret_key,
            "SessionToken": keys.token, "Expiration": time.time() + 3600}}}}))

    def forward(self):
        feed = http.client.HTTPConnection("127.0.0.1", self.server.state.feed_port)
        try:
            feed.request("GET", self.path.removeprefix("/prod"))
            answer = feed.getresponse()
            self.reply(answer.status, answer.read().decode())
        finally:
            feed.close()

    def reply(self, status, text, error_type=None):
        data = text.encode()
        self.send_response(status)
        if error_type:
            self.send_header("x-amzn-ErrorType", error_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def main():
    threading.Thread(target=botocore_verifier.leave_with_parent, daemon=True).start()
    server = Server(("127.0.0.1", 0), Handler)
    server.state = State(sys.argv[1], int(sys.argv[2]))
    print(f"port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
