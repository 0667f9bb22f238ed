"""A Postgres server of its own that can be killed and started again, as when its machine loses power."""

import getpass
import os
import pathlib
import pwd
import signal
import subprocess
import time

import psycopg

BINARIES = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)
START = 60.0  # seconds within which it has to take connections


class Postgres:
    def __init__(self, folder, port):
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self.port = port
        self.url = f"postgresql://parley@127.0.0.1:{port}/postgres"
        self.process = None
        # It refuses to run as root.
        self.user = "postgres" if getpass.getuser() == "root" else None
        folder.mkdir()
        if self.user:
            os.chown(folder, pwd.getpwnam(self.user).pw_uid, -1)
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "parley", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        with open(self.data / "postgresql.conf", "a") as configuration:
            # The time of each commit is what the invariants are checked by.
            configuration.write(f"""listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 60
track_commit_timestamp = on
""")

    def _as_user(self):
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []} if self.user else {}

    def _run(self, program, *arguments):
        subprocess.run([BINARIES / program, *arguments], check=True, capture_output=True, cwd="/", **self._as_user())

    def start(self):
        deadline = time.monotonic() + START
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                with open(self.log, "ab") as log:
                    self.process = subprocess.Popen(
                        [BINARIES / "postgres", "-D", self.data], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                        cwd="/", start_new_session=True, **self._as_user(),
                    )  # fmt: skip
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
                return self
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise AssertionError(f"Postgres does not start: {self.log.read_text()[-2000:]}")

    def _children(self):
        """The server's own processes, each of which leads a session of its own."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except (OSError, IndexError):
                continue
            if entry.name.isdigit() and int(parent) == self.process.pid:
                found.append(int(entry.name))
        return found

    def kill(self):
        """No process of it gets to do anything more."""
        children = self._children()
        self.process.kill()
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(30)

    def stop_at_once(self):
        """An immediate stop: connections are cut, and it recovers at the next start."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(60)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def rows(self, statement, parameters=()):
        with psycopg.connect(self.url, connect_timeout=10) as connection:
            return connection.execute(statement, parameters).fetchall()

    def execute(self, statement):
        with psycopg.connect(self.url, connect_timeout=10) as connection:
            connection.execute(statement)
