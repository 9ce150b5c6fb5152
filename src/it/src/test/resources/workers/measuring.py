"""A worker that inherits its listener and has a page of metrics on a Unix socket of its own: how often it was started."""
import os
import socket

PAGE = b"""# HELP tool_starts_total Starts.
# TYPE tool_starts_total counter
tool_starts_total 1
# TYPE tool_number gauge
tool_number %s
""" % os.environ["DROVER_INCARNATION"].encode()

path = "%s/%s.%s" % (os.environ["PAGES"], os.environ["DROVER_WORKER"], os.environ["DROVER_INCARNATION"])
server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind(path)
server.listen(16)
while True:
    peer, _ = server.accept()
    with peer:
        peer.recv(4096)
        peer.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\n" + PAGE)
