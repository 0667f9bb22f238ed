"""Gateways beside each other on one database: real `parley serve` processes that are killed, stopped and started."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "story"))
from gateway import EXECUTABLE, Gateway  # noqa: E402, F401


class Replica(Gateway):
    """One of the gateways; whoever changes its process holds `lock`."""

    def __init__(self, settings):
        super().__init__()
        self.settings = settings
        self.lock = threading.Lock()
        self.is_frozen = False

    def environment(self):
        return super().environment() | self.settings

    def start_unwatched(self):
        """Starts it without waiting until it is ready: the database may be away."""
        with self.lock:
            if self.process is not None and self.process.poll() is None:
                return False
            self.is_frozen = False
            self.process = subprocess.Popen(
                [EXECUTABLE, "serve", *self.arguments], env=self.environment(), stdout=self.log, stderr=self.log,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
            return True

    def kill(self):
        with self.lock:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(30)

    def freeze(self):
        with self.lock:
            if self.process.poll() is None:
                self.is_frozen = True
                self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        with self.lock:
            self.is_frozen = False
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGCONT)

    def remove(self):
        self.thaw()
        super().remove()


def home():
    """A folder that servers under other accounts can read."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="parley-chaos-"))
    os.chmod(folder, 0o755)
    return folder


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
