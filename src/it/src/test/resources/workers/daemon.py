"""A worker that makes itself a daemon, as programs for other supervisors do: forks, leaves its session, forks again.

The process that was started ends as soon as it has; what is left serves, and says that it is ready.
"""
import os
import pathlib
import sys

reader, writer = os.pipe()
if os.fork():
    os.close(writer)
    os.read(reader, 1)  # ends with the exec of the daemon
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.executable, [sys.executable, str(pathlib.Path(__file__).with_name("serve.py"))])
