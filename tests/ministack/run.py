"""Deploys our template and our binaries to MiniStack and signs people in there.

    run.py FOLDER BINARIES TEMPLATE

FOLDER is written to, BINARIES holds the built functions. Every step is printed; the first that is
not as expected ends the run with an error.
"""

import sys
import time
from contextlib import contextmanager
from pathlib import Path

import existing_pool
import first_deployment
import grants
import http_api
import identities
import left_out
import operators
import second_chances
import sign_ins
import switched_off
from deployment import Deployment
from emulator import Emulator
from person import Stage
from stack import Stack

UPDATES = [
    ("mails name the application", {"Application": "Beach"}, sign_ins.AFTER_AN_UPDATE),
    ("clients name their method", {"DefaultMethod": "ask"}, sign_ins.IN_TWO_ROUNDS),
]

steps = 0


@contextmanager
def step(text):
    """One step, with its time once it has succeeded."""
    global steps
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"{'not as expected':>16}  {text}", flush=True)
        raise
    steps += 1
    print(f"{(time.monotonic() - started) * 1000:13.0f} ms  {text}", flush=True)


def play(subject, plays):
    for text, act in plays:
        with step(text):
            act(subject)


def main(folder, binaries, template):
    with step("the functions are packed as the template names them"):
        deployment = Deployment(folder, binaries, template)
    with Emulator(folder) as emulator:
        with step("MiniStack listens on this machine only and holds callers against their policies"):
            emulator.wait()
        deployment.make_bucket(emulator)
        stack = Stack(deployment, emulator)
        play(stack, existing_pool.STEPS + first_deployment.FAILING + first_deployment.STEPS)
        play(stack, second_chances.STEPS)
        stage = Stage(emulator, stack.outputs())
        play(stage, left_out.STEPS + sign_ins.IN_ONE_ROUND + identities.STEPS)
        play(stage, http_api.STEPS + operators.STEPS)
        for text, parameters, plays in UPDATES:
            with step(f"the stack is updated: {text}"):
                stack.update(**parameters)
                assert stack.outputs() == stage.outputs
            play(stage, plays)
        play(stage, grants.STEPS)
        play(stack, switched_off.STEPS)
    print(f"\n{steps} passed, 0 failed")


if __name__ == "__main__":
    main(*(Path(word).resolve() for word in sys.argv[1:]))
