"""Our template and our binaries, put where `aws cloudformation deploy` takes them from."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STACK = "lifeguard"
BUCKET = "artifacts"


class Deployment:
    """A copy of the template with what it names beside it; the template itself is not touched."""

    def __init__(self, folder, binaries, template):
        self.binaries = binaries
        self.template = folder / "infra" / "template.yaml"
        self.template.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(template, self.template)
        for name in functions(self.template):
            package = folder / "target" / "lambda" / name / "bootstrap.zip"
            package.parent.mkdir(parents=True, exist_ok=True)
            binary = binaries / name
            if not is_written(name):
                # The template names it already: something that does nothing.
                write(package, b"#!/bin/sh\nexit 1\n")
            elif not package.exists() or package.stat().st_mtime < binary.stat().st_mtime:
                pack(binary, package)

    def make_bucket(self, emulator):
        """What has to be there before anything is deployed."""
        aws(emulator, "s3", "mb", f"s3://{BUCKET}")

    def deploy(self, emulator, stack, parameters):
        """Creates a stack with these parameters, or updates it."""
        packaged = self.template.with_name("packaged.yaml")
        aws(emulator, "cloudformation", "package", "--template-file", self.template,
            "--s3-bucket", BUCKET, "--output-template-file", packaged)
        aws(emulator, "cloudformation", "deploy", "--template-file", packaged,
            "--s3-bucket", BUCKET, "--stack-name", stack,
            "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND",
            "--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items()))


def is_written(function):
    return (ROOT / "functions" / function / "Cargo.toml").is_file()


def is_ready(function, mark):
    """Whether a function is written, and the template has what makes it run."""
    return is_written(function) and mark in (ROOT / "infra" / "template.yaml").read_text()


def functions(template):
    """The functions of the template, by name; it names no other code."""
    uris = re.findall(r"\bCodeUri:\s*([^\s,}]+)", template.read_text())
    found = [re.fullmatch(r"\.\./target/lambda/([a-z-]+)/bootstrap\.zip", uri) for uri in uris]
    assert found and all(found), f"the template takes code from elsewhere: {uris}"
    return [uri[1] for uri in found]


def pack(binary, package):
    """Zips a binary as cargo lambda does, without its debug symbols."""
    bootstrap = package.with_name("bootstrap")
    subprocess.run(["strip", "-o", bootstrap, binary], check=True)
    write(package, bootstrap.read_bytes())
    bootstrap.unlink()


def write(package, content):
    """A zip with one executable `bootstrap`."""
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(package, "w", compresslevel=1) as archive:
        archive.writestr(entry, content)


class CommandFailed(Exception):
    """A command of the AWS command line fails; the message has what it printed."""


def aws(emulator, *words):
    """One command of the AWS command line; what it prints is shown if it fails."""
    command = [Path(sys.executable).with_name("aws"), *map(str, words)]
    done = subprocess.run(command, env=emulator.environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise CommandFailed(f"aws {' '.join(command[1:3])}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
