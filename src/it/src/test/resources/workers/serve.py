"""A worker of a few lines: serves the inherited listeners and tells that it is ready.

READY_ORDINALS: only these workers say that they are ready (all serve). IGNORE_TERM: does not leave when told to.
"""
import os
import signal
import socket
import threading
import urllib.parse

NAME, PID = os.environ["DROVER_WORKER"], os.getpid()
assert int(os.environ["LISTEN_PID"]) == PID
NAMES = os.environ["LISTEN_FDNAMES"].split(":")
assert int(os.environ["LISTEN_FDS"]) == len(NAMES)
listeners = [socket.socket(fileno=3 + place) for place in range(len(NAMES))]


def notify(text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])


def answer(connection):
    with connection:
        connection.settimeout(10)
        request = b""
        while b"\r\n\r\n" not in request:
            got = connection.recv(65536)
            if not got:
                return
            request += got
        target = urllib.parse.urlsplit(request.split(b" ", 2)[1].decode())
        body = "ok %s %d" % (urllib.parse.parse_qs(target.query).get("id", [""])[0], PID)
        connection.sendall((
            "HTTP/1.1 200 OK\r\nX-Worker: %s\r\nX-Worker-Pid: %d\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            % (NAME, PID, len(body), body)).encode())


def leave(*_):
    notify("STOPPING=1")
    for listener in listeners:
        listener.setblocking(False)
        try:
            while True:
                answer(listener.accept()[0])
        except BlockingIOError:
            pass
    os._exit(0)


def serve(listener):
    listener.setblocking(True)
    while True:
        threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()


signal.signal(signal.SIGTERM, signal.SIG_IGN if "IGNORE_TERM" in os.environ else leave)
if os.environ["DROVER_ORDINAL"] in os.environ.get("READY_ORDINALS", os.environ["DROVER_ORDINAL"]).split(","):
    notify("STATUS=serving\nREADY=1")
for more in listeners[1:]:
    threading.Thread(target=serve, args=(more,), daemon=True).start()
serve(listeners[0])
