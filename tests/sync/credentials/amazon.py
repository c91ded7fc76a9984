#!/usr/bin/python3
"""Plays AWS IoT's credentials provider, STS and the payment service over TLS.

    amazon.py FOLDER

Makes certificates as tests/sync/transport/tls_server.py does, listens on an ephemeral port of 127.0.0.1 and
prints "port N".
* GET /role-aliases/store-alias/credentials wants the client certificate and the thing's name, and
  gives the keys ASIAIOT.
* POST / (AssumeRole) wants botocore to compute the same signature with those keys, the session token
  among what is signed, and Accept: application/json; it gives the keys ASIAROLE, but not for Role-C.
* POST of anything else wants a signature with ASIAROLE's keys, and answers what was signed.
Ends when the program that started it has gone.
"""
import json
import pathlib
import ssl
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "transport"))
import botocore_verifier  # noqa: E402
import tls_server  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

# Real tokens are this long, and hold these characters.
IOT = Credentials("ASIAIOT", "iot/secret+x", "IQoJ//" + "A" * 900 + "==")
ROLE = Credentials("ASIAROLE", "role/secret+x", "FwoG//" + "B" * 700 + "==")
ROLE_B = "arn:aws:iam::123456789012:role/Role-B"


class Handler(tls_server.Handler):
    def do_GET(self):
        certificate = self.connection.getpeercert() or {}
        names = [value for part in certificate.get("subject", ()) for _, value in part]
        if self.path != "/role-aliases/store-alias/credentials":
            self.reply(404, {"message": "Invalid role alias"})
        elif names != ["store-1"] or self.headers.get("x-amzn-iot-thingname") != "thing-1":
            self.reply(403, {"message": "Access Denied"})
        else:
            soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
            self.reply(200, {"credentials": {
                "accessKeyId": IOT.access_key, "secretAccessKey": IOT.secret_key,
                "sessionToken": IOT.token, "expiration": soon}})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        keys = IOT if self.path == "/" else ROLE
        try:
            signed = botocore_verifier.verify("POST", self.path, self.headers, body, keys)
        except botocore_verifier.Refused as refused:
            return self.reply(403, {"message": str(refused)})
        if self.path == "/":
            return self.assume_role(signed, dict(urllib.parse.parse_qsl(body.decode())))
        self.reply(200, {"signed": signed})

    def assume_role(self, signed, form):
        if not signed.startswith("us-east-1/sts ") or self.headers.get("Accept") != "application/json":
            return self.reply(400, {"Error": {"Code": "ValidationError"}})
        if form != {"Version": "2011-06-15", "Action": "AssumeRole", "RoleArn": ROLE_B,
                    "RoleSessionName": "gatehouse-1", "ExternalId": "store/7"}:
            return self.reply(403, {"Error": {"Code": "AccessDenied", "Message":
                "User: arn:aws:sts::111122223333:assumed-role/Role-A/x is not authorized to perform: "
                f"sts:AssumeRole on resource: {form.get('RoleArn')}"}})
        exponent = f"{time.time() + 3600:.9E}".replace("E+0", "E")  # as STS writes it
        self.reply(200, '{"AssumeRoleResponse":{"AssumeRoleResult":{"Credentials":' + json.dumps({
            "AccessKeyId": ROLE.access_key, "SecretAccessKey": ROLE.secret_key,
            "SessionToken": ROLE.token})[:-1] + f',"Expiration":{exponent}}}}}}}}}')

    def reply(self, status, answer):
        data = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main():
    threading.Thread(target=tls_server.leave_with_parent, daemon=True).start()
    folder = sys.argv[1]
    tls_server.make_certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
    context.load_verify_locations(f"{folder}/authority.pem")
    context.verify_mode = ssl.CERT_OPTIONAL
    server = tls_server.Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    print(f"port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
