"""A worker that is as well as the files in HEALTH_DIR say, each with its worker's name at the end of its own.

`unready-web-1`: its `/ready` answers 500. `dead-web-1`: its `/alive` answers 500. `silent-web-1`: it answers nothing to
`/alive` and gives no sign of life. `/slow?seconds=N` answers after that time, `/stuck` reads a file that gives nothing,
as one on a disk that hangs. Every other path is answered at once. Its own probes are counted: `/probes` tells how many.
"""
import os
import pathlib
import socket
import threading
import time
import urllib.parse

NAME, PID = os.environ["DROVER_WORKER"], os.getpid()
DIRECTORY = pathlib.Path(os.environ["HEALTH_DIR"])
probes = 0


def marked(mark):
    return (DIRECTORY / ("%s-%s" % (mark, NAME))).exists()


def notify(text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])


def respond(target):
    global probes
    if target.path == "/ready":
        probes += 1
        return 500 if marked("unready") else 200
    if target.path == "/alive":
        probes += 1
        if marked("silent"):
            time.sleep(3600)
        return 500 if marked("dead") else 200
    if target.path == "/slow":
        time.sleep(float(urllib.parse.parse_qs(target.query)["seconds"][0]))
    if target.path == "/stuck":
        os.open(DIRECTORY / "stuck", os.O_RDONLY)
    return 200


def answer(connection):
    with connection:
        connection.settimeout(300)
        request = b""
        while b"\r\n\r\n" not in request:
            got = connection.recv(65536)
            if not got:
                return
            request += got
        target = urllib.parse.urlsplit(request.split(b" ", 2)[1].decode())
        status = respond(target)
        body = "%d" % probes
        if target.path == "/":
            body = "ok %s %d" % (urllib.parse.parse_qs(target.query).get("id", [""])[0], PID)
        connection.sendall((
            "HTTP/1.1 %d X\r\nX-Worker: %s\r\nX-Worker-Pid: %d\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            % (status, NAME, PID, len(body), body)).encode())


def quietly(connection):
    try:
        answer(connection)
    except OSError:
        pass


def beat():
    while True:
        if not marked("silent"):
            notify("WATCHDOG=1")
        time.sleep(int(os.environ["WATCHDOG_USEC"]) / 2e6)


if "WATCHDOG_USEC" in os.environ:
    threading.Thread(target=beat, daemon=True).start()
listener = socket.socket(fileno=3)
listener.setblocking(True)
notify("READY=1")
while True:
    threading.Thread(target=quietly, args=(listener.accept()[0],), daemon=True).start()
