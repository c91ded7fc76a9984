#!/usr/bin/python3
"""Verifies AWS Signature Version 4 with botocore, independently of what signed.

    botocore_verifier.py ACCESS_KEY_ID SECRET_ACCESS_KEY [SESSION_TOKEN]

Listens on an ephemeral port of 127.0.0.1 and prints "port N". A request whose signature botocore
computes alike from what arrived is answered 200 and the names that were signed; any other 403 with
the reason, as API Gateway would. Ends when the program that started it has gone.
"""
import os
import re
import sys
import threading
import time
import urllib.parse
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
CLOCK_SKEW_MAX_S = 300


class Refused(Exception):
    pass


def verify(method, path, headers, body, credentials):
    """Gives the names that were signed, or raises Refused."""
    match = AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
    if not match:
        raise Refused("Missing Authentication Token")
    key_id, date, region, service, names, signature = match.groups()
    names = names.split(";")
    if key_id != credentials.access_key:
        raise Refused("The security token included in the request is invalid")
    for name in headers:
        if len(headers.get_all(name)) != 1:
            raise Refused(f"{name} came more than once")
    timestamp = headers.get("X-Amz-Date", "")
    if not timestamp.startswith(date):
        raise Refused("X-Amz-Date does not fit the scope")
    signed_at = datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    if abs(datetime.now(timezone.utc) - signed_at).total_seconds() > CLOCK_SKEW_MAX_S:
        raise Refused("Signature expired")
    required = {"host", "x-amz-date"} | ({"x-amz-security-token"} if credentials.token else set())
    if not required <= set(names):
        raise Refused(f"not signed: {sorted(required - set(names))}")
    if credentials.token and headers["X-Amz-Security-Token"] != credentials.token:
        raise Refused("The security token included in the request is invalid")

    # Decoded, for botocore to encode and sort: given as it came, it would be believed as it came.
    target = urllib.parse.urlsplit(path)
    query = urllib.parse.parse_qsl(target.query, keep_blank_values=True)
    request = AWSRequest(method=method, url=f"http://{headers['Host']}{target.path}", data=body,
                         params=query)
    for name in names:
        if name not in headers:
            raise Refused(f"signed but not sent: {name}")
        request.headers[name] = headers[name]
    request.context["timestamp"] = timestamp
    signer = SigV4Auth(credentials, service, region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    if signer.signature(text, request) != signature:
        raise Refused("The request signature we calculated does not match the signature you provided")
    return f"{region}/{service} " + ";".join(names)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            names = verify(self.command, self.path, self.headers, body, self.server.credentials)
            self.reply(200, names)
        except Refused as refused:
            self.reply(403, str(refused))

    def reply(self, status, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def leave_with_parent():
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main():
    threading.Thread(target=leave_with_parent, daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.credentials = Credentials(*sys.argv[1:])
    print(f"port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
