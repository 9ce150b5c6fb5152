"""Any WSGI application."""
import os


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("Hello from %s (pid %d)\n" % (os.environ["DROVER_WORKER"], os.getpid())).encode()]
