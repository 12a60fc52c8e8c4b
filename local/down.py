"""`make down`: end what `make up` runs in another terminal, and wait until its data is saved."""

import fcntl
import os
import signal

from local.up import PID_FILE


def main() -> None:
    if not PID_FILE.exists():
        return print("nothing is up")
    with PID_FILE.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            os.kill(int(file.read()), signal.SIGTERM)
            fcntl.flock(file, fcntl.LOCK_SH)
            return print("stopped in order; the data is kept")
    return print("nothing is up")


if __name__ == "__main__":
    main()
