#!/usr/bin/env python3
"""A caller that the gate has never seen, every millisecond: gate_client.py PORT AT_LEAST REPORT

Opens a new connection each millisecond, scans, and expects 200 within 15 s, whatever the other ones
do. Ends on SIGTERM, once there were AT_LEAST connections and all have their answer, and writes the
report: JSON with the number of connections, what failed and how, and the latencies.
"""
import collections
import errno
import json
import selectors
import signal
import socket
import sys
import time

EVERY_S = 0.001
PATIENCE_S = 15
BODY = json.dumps({
    "requestId": "5e1f7e57-0000-4000-8000-000000000001", "storeId": "STORE-001",
    "scanEvent": {"timeStamp": 1700000000000, "id": "MTExMS0yMjIy", "value": "MTExMS0yMjIy", "type": "CODE"},
}).encode()
REQUEST = (b"POST /v1/identity/scan HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n"
           b"Content-Length: %d\r\n\r\n" % len(BODY)) + BODY


class Caller:
    def __init__(self, port):
        self.began = time.monotonic()
        self.answer = b""
        self.asked = False
        self.socket = socket.socket()
        self.socket.setblocking(False)
        code = self.socket.connect_ex(("127.0.0.1", port))
        self.failure = None if code in (0, errno.EINPROGRESS) else errno.errorcode[code]

    def turn(self):
        """True once it is over."""
        try:
            if not self.asked:
                if code := self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    raise OSError(code, "connect")
                self.socket.sendall(REQUEST)
                self.asked = True
                return False
            read = self.socket.recv(65536)
        except BlockingIOError:
            return False
        except OSError as error:
            self.failure = f"{errno.errorcode[error.errno]} after {'asking' if self.asked else 'connecting'}"
            return True
        self.answer += read
        if read:
            return False
        if not self.answer.startswith(b"HTTP/1.1 200 "):
            self.failure = f"answered {self.answer[:40]!r}"
        return True


def call(port, at_least):
    waiting = selectors.DefaultSelector()
    begun = 0
    failures = collections.Counter()
    latencies_ms = []
    asked_to_stop = []
    signal.signal(signal.SIGTERM, lambda *_: asked_to_stop.append(True))
    print("calling", flush=True)

    def end(caller):
        caller.socket.close()
        latencies_ms.append((time.monotonic() - caller.began) * 1000)
        if caller.failure:
            failures[caller.failure] += 1

    due = time.monotonic()
    while True:
        now = time.monotonic()
        calling = not asked_to_stop or begun < at_least
        if not calling and not waiting.get_map():
            break
        if calling and now >= due:
            begun += 1
            due = max(due + EVERY_S, now - EVERY_S)
            caller = Caller(port)
            if caller.failure:
                end(caller)
            else:
                waiting.register(caller.socket, selectors.EVENT_WRITE, caller)
        for key, _ in waiting.select(max(0.0, min(due - time.monotonic(), EVERY_S))):
            over = key.data.turn()
            if over:
                waiting.unregister(key.fileobj)
                end(key.data)
            elif key.data.asked and key.events != selectors.EVENT_READ:
                waiting.modify(key.fileobj, selectors.EVENT_READ, key.data)
        if begun % 256 == 0 or not calling:
            for key in list(waiting.get_map().values()):
                if now - key.data.began > PATIENCE_S:
                    key.data.failure = f"no answer within {PATIENCE_S} s"
                    waiting.unregister(key.fileobj)
                    end(key.data)
    latencies_ms.sort()
    return {"connections": len(latencies_ms), "failed": sum(failures.values()), "failures": dict(failures),
            "p50_ms": round(latencies_ms[len(latencies_ms) // 2], 2), "max_ms": round(latencies_ms[-1], 2)}


if __name__ == "__main__":
    report = call(int(sys.argv[1]), int(sys.argv[2]))
    with open(sys.argv[3], "w") as file:
        json.dump(report, file)
