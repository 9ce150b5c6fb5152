"""The application gunicorn serves."""
import os
import urllib.parse


def app(environ, start_response):
    pid = os.getpid()
    body = "ok %s %d" % (urllib.parse.parse_qs(environ["QUERY_STRING"]).get("id", [""])[0], pid)
    start_response("200 OK", [
        ("Content-Length", str(len(body))), ("X-Worker", os.environ["DROVER_WORKER"]), ("X-Worker-Pid", str(pid))])
    return [body.encode()]
