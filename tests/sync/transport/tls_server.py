#!/usr/bin/python3
"""An HTTPS server with certificates of its own authority.

    tls_server.py FOLDER [expired]

Makes FOLDER/authority.pem, FOLDER/client.pem and client.key, listens on an ephemeral port of
127.0.0.1 with a certificate for that address, and prints "port N". Answers every GET with 200 and
the common name of the client's certificate, or "nobody". /private is refused to nobody: 403.
expired: its certificate was valid until yesterday.
"""
import http.server
import os
import ssl
import subprocess
import sys
import threading
import time


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stderr=subprocess.DEVNULL)


def make_certificates(folder):
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    openssl(folder, "req", "-x509", *new_key, "-subj", "/CN=authority", "-keyout", "authority.key",
            "-out", "authority.pem")
    signed = ["-CA", "authority.pem", "-CAkey", "authority.key"]
    openssl(folder, "req", "-x509", *new_key, *signed, "-subj", "/CN=server",
            "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE",
            "-keyout", "server.key", "-out", "server.pem")
    openssl(folder, "req", "-new", *new_key[:-2], "-subj", "/CN=server", "-keyout", "expired.key",
            "-out", "expired.csr")
    with open(f"{folder}/expired.cnf", "w", encoding="utf-8") as extensions:
        extensions.write("subjectAltName=IP:127.0.0.1\n")
    openssl(folder, "x509", "-req", "-in", "expired.csr", *signed, "-CAcreateserial", "-days", "-1",
            "-extfile", "expired.cnf", "-out", "expired.pem")
    openssl(folder, "req", "-x509", *new_key, *signed, "-subj", "/CN=store-1",
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-keyout", "client.key", "-out", "client.pem")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        certificate = self.connection.getpeercert() or {}
        names = [value for part in certificate.get("subject", ()) for _, value in part]
        body = (names[0] if names else "nobody").encode()
        self.send_response(403 if self.path == "/private" and not names else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # clients that do not trust us are what the tests are about


def leave_with_parent():
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main():
    threading.Thread(target=leave_with_parent, daemon=True).start()
    folder = sys.argv[1]
    make_certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = "expired" if "expired" in sys.argv[2:] else "server"
    context.load_cert_chain(f"{folder}/{own}.pem", f"{folder}/{own}.key")
    context.load_verify_locations(f"{folder}/authority.pem")
    context.verify_mode = ssl.CERT_OPTIONAL
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    print(f"port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
