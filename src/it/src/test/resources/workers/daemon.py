"""A worker that makes itself a daemon, as programs for other supervisors do: forks, leaves its session, forks again.

The process that was started ends as soon as it has; what is left holds the listeners until it is killed.
"""
import os
import signal

reader, writer = os.pipe()
if os.fork():
    os.close(writer)
    os.read(reader, 1)  # ends when the daemon is there
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
os.close(writer)
while True:
    signal.pause()
