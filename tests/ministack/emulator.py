"""The MiniStack process: started on a free port of this machine only, and ended."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

REGION = "eu-west-1"
# Names its own root; with AUTH every other caller is held against its policies.
ROOT_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Emulator:
    """A running MiniStack; `with` ends it."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "ministack.log"
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": "true",
            "LAMBDA_EXECUTOR": "local",
            "MINISTACK_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            **ROOT_KEYS,
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("server.py"))],
                env=self.environment,
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self):
        return self

    def __exit__(self, kind, *_others):
        # Its functions are processes of the same session.
        os.killpg(self.process.pid, 15)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait(10)
        if kind is not None:
            lines = self.log.read_text().splitlines()
            print("--- the last lines of MiniStack", *lines[-40:], sep="\n", file=sys.stderr)

    def wait(self):
        """Waits until it answers; it must enforce policies and listen on this machine only."""
        for _ in range(300):
            if self.process.poll() is not None:
                raise RuntimeError("MiniStack has ended")
            try:
                health = self.get("/_ministack/health")
                break
            except OSError:
                time.sleep(0.2)
        else:
            raise RuntimeError("MiniStack does not answer")
        assert health["auth"] == "enabled", health
        listening = listening_addresses(self.process.pid)
        assert listening == {"127.0.0.1"}, f"MiniStack listens on {listening}"
        return health["version"]

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def mails(self):
        """Every mail, the oldest first."""
        accounts = self.get("/_ministack/ses/messages")["messages"]
        return [mail for mails in accounts.values() for mail in mails]

    def mail(self, address, count=1):
        """Mail number `count` to an address, once it is there."""
        for _ in range(100):
            mails = [mail for mail in self.mails() if address in mail["To"]]
            if len(mails) >= count:
                return mails[count - 1]
            time.sleep(0.1)
        raise RuntimeError(f"mail {count} to a person did not come")



def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listening_addresses(pid):
    """The IPv4 and IPv6 addresses on which a process accepts connections."""
    inodes = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.update(re.findall(r"socket:\[(\d+)\]", os.readlink(handle)))
        except FileNotFoundError:
            continue
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and cells[9] in inodes:
                words = bytes.fromhex(cells[1].split(":")[0])
                # The kernel prints each word of four bytes in its own order.
                address = b"".join(words[i : i + 4][::-1] for i in range(0, len(words), 4))
                found.add(socket.inet_ntop(family, address))
    return found
