"""A worker that leaves orphans: children of children that end with the exit codes 3 and 4 after their parents."""
import os
import socket
import time

for code in (3, 4) * 10:
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            time.sleep(0.3)
            os._exit(code)
        os._exit(0)
    os.wait()
exec(open(os.path.join(os.path.dirname(__file__), "serve.py")).read())
