"""Hosts one engine that is driven from Python and does what the messages of bench/remote.ts ask for.

Arguments: the engine's name, a module of this folder, and its setting as JSON. Messages are lines of JSON on the
socket whose descriptor Node leaves in NODE_CHANNEL_FD. An engine module has
    prepare(network)                  optional: converts files, once
    load(network, data, threads, options) -> an object with `description`, `logits()`, `work` {name: function}
and, if it must, `cannot` {name: reason}. Functions return float32 arrays.
"""

import base64
import importlib
import json
import os
import resource
import socket
import sys
import time

import numpy as np

STEADY = 0.03


class Absent(Exception):
    """The engine cannot be had, or not for this network; the text says why."""


class Host:
    def __init__(self, name, setting):
        self.name = name
        self.setting = setting
        self.engine = None

    def module(self):
        try:
            return importlib.import_module(f"engine_{self.name}")
        except ImportError as error:
            raise Absent(f"{error}; npm run bench:setup installs it") from error

    def prepare(self, network):
        module = self.module()
        if hasattr(module, "prepare"):
            module.prepare(network)

    def load(self, network):
        module = self.module()
        data = np.fromfile(network["input"], "<f4").reshape(network["shape"])
        begun = time.perf_counter()
        self.engine = module.load(network, data, self.setting["threads"], self.setting["options"])
        return {
            "description": {"python": sys.version.split()[0], **self.engine.description},
            "loadMs": 1e3 * (time.perf_counter() - begun),
            "work": list(self.engine.work),
            "cannot": getattr(self.engine, "cannot", {}),
        }

    def logits(self):
        return self.engine.logits()

    def answer(self, work):
        return self.engine.work[work]()

    def warmUp(self, work, settings):
        times = []
        while len(times) < settings["least"] or (
            len(times) < settings["most"] and spread(times, settings["window"]) > STEADY
        ):
            times += self.time([work], 1)[0]
        return times

    def time(self, works, runs):
        times = [[] for _ in works]
        for _ in range(runs):
            for kind, work in enumerate(works):
                begun = time.perf_counter()
                self.engine.work[work]()
                times[kind].append(1e3 * (time.perf_counter() - begun))
        return times

    def usage(self):
        # Linux counts resident memory in KiB.
        return {"peakRss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def spread(values, count):
    """(max - min) / median of the last `count` values."""
    if len(values) < count:
        return float("inf")
    last = values[-count:]
    return (max(last) - min(last)) / float(np.median(last))


def packed(result):
    if isinstance(result, np.ndarray):
        return {"float32": base64.b64encode(np.ascontiguousarray(result, "<f4").tobytes()).decode()}
    return result


def main():
    host = Host(sys.argv[1], json.loads(sys.argv[2]))
    channel = socket.socket(fileno=int(os.environ.pop("NODE_CHANNEL_FD")))
    sys.modules["host"] = sys.modules["__main__"]
    for line in channel.makefile("r", encoding="utf8"):
        request = json.loads(line)
        if "call" not in request:
            continue
        reply = {"id": request["id"]}
        try:
            reply["result"] = packed(getattr(host, request["call"])(*request["options"]))
        except Exception as error:
            reply["error"] = f"{type(error).__name__}: {error}"
            reply["absent"] = isinstance(error, Absent)
        channel.sendall((json.dumps(reply) + "\n").encode())


if __name__ == "__main__":
    main()
