"""What Tools/kill-test and Tools/fault-test share: a store on trial, what it has acknowledged, and what must hold."""
import hashlib, json, os, re, subprocess, sys, tempfile, threading

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Senders of the messages: many streams, and each has events in every segment.
VISITORS = 97
BATCHED = re.compile(r"\d+-\d+")
POSITION = re.compile(rb'"position":(\d+)')
NAME = re.compile(rb'^{"kind":"message.sent".*?"id":"([^"]+)"')


class Failure(Exception):
    """Something does not hold that must."""


def need(holds, text):
    if not holds:
        raise Failure(text)


def built():
    """The path of the command, built in release, as users have it."""
    build = ["swift", "build", "-c", "release"]
    subprocess.run([os.path.join(ROOT, "Tools", "setup")], check=True)
    subprocess.run([*build, "--product", "parley"], cwd=ROOT, check=True, stdout=sys.stderr)
    folder = subprocess.run([*build, "--show-bin-path"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return os.path.join(folder.stdout.strip(), "parley")


def line(name):
    """A message as a line for `parley append`; its name is a number, or a batch and a number."""
    number = int(str(name).split("-")[-1])
    # Hardly to be compressed, and the same whenever the message comes again.
    noise = hashlib.shake_256(str(name).encode()).hexdigest(number % 23 * 8)
    return (json.dumps({
        "kind": "message.sent", "channel": "chat", "from": f"visitor:shop.example/{number % VISITORS}",
        "conversation": f"web/c-{number % VISITORS}", "id": f"web/m-{name}", "at": "2026-11-22T09:00:00Z",
        "text": f"message {name} lorem ipsum dolor {noise}"}) + "\n").encode()


class Running:
    """A command of `parley` that runs, with what it says."""

    def __init__(self, command, **options):
        self.said = tempfile.TemporaryFile()
        self.written = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, **{"stdin": subprocess.DEVNULL, "stdout": self.written, "stderr": self.said, **options})

    def kill(self):
        """Kills it; false when it had ended already."""
        was_running = self.process.poll() is None
        if was_running:
            self.process.kill()
        self.process.wait()
        return was_running

    def end(self, seconds=120):
        """Waits until it ends and gives its exit code, negative for a signal."""
        hangs = threading.Event()
        # Popen.wait with a time to wait sleeps, and a round takes a few milliseconds.
        watch = threading.Timer(seconds, lambda: (hangs.set(), self.process.kill()))
        watch.start()
        code = self.process.wait()
        watch.cancel()
        need(not hangs.is_set(), f"{self.process.args} hangs")
        return code

    def diagnostics(self):
        self.said.seek(0)
        return self.said.read().decode(errors="replace")

    def output(self):
        self.written.seek(0)
        return self.written.read()


class Appending(Running):
    """A `parley append` that runs: takes messages from a number on, and keeps the receipts as they come."""

    def __init__(self, command, first, **options):
        super().__init__(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)
        self.first = self.next = first
        self.receipts = []
        self.came = threading.Condition()
        self.has_ended = False
        self.reader = threading.Thread(target=self._collect, daemon=True)
        self.reader.start()

    def _collect(self):
        for text in self.process.stdout:
            if text.endswith(b"\n"):
                with self.came:
                    self.receipts.append(json.loads(text))
                    self.came.notify_all()
        with self.came:
            self.has_ended = True
            self.came.notify_all()

    def send(self, names):
        """Hands it messages; false when it takes no more."""
        try:
            self.process.stdin.write(b"".join(map(line, names)))
            self.process.stdin.flush()
            return True
        except (OSError, ValueError):
            return False

    def feed(self, count):
        """The next so many messages."""
        self.next += count
        return self.send(range(self.next - count, self.next))

    def wait(self, count, seconds=60):
        """Waits for so many receipts; false when there will be no more."""
        with self.came:
            need(self.came.wait_for(lambda: len(self.receipts) >= count or self.has_ended, seconds), "no receipt comes")
            return len(self.receipts) >= count

    def close(self):
        """Ends its input."""
        try:
            self.process.stdin.close()
        except OSError:
            pass

    def kill(self):
        was_running = super().kill()
        self.reader.join(60)
        return was_running

    def end(self, seconds=120):
        self.close()
        code = super().end(seconds)
        self.reader.join(60)
        return code


class Store:
    """A store on trial: what it has acknowledged, and the checks."""

    def __init__(self, parley, path):
        self.parley, self.path = parley, path
        # Positions by number; how many lines by batch, and the batches that were acknowledged.
        self.acknowledged = {}
        self.batches = {}
        self.acknowledged_batches = set()
        # Whatever else was acknowledged, at any position.
        self.others = set()
        # The first number that is not acknowledged.
        self.next = 0
        need(self.run("init").end() == 0, "init fails")

    def command(self, name, *options):
        return [self.parley, name, self.path, "--quiet", *map(str, options)]

    def run(self, name, *options, before=(), **more):
        return Running([*before, *self.command(name, *options)], **more)

    def append(self, *options, first=None, before=(), **more):
        return Appending(
            [*before, *self.command("append", *options)], self.next if first is None else first, **more)

    def take(self, appending):
        """Notes what was acknowledged, and compares it with what was before."""
        for index, receipt in enumerate(appending.receipts):
            need(receipt["line"] == index + 1, f"receipt {index} is {receipt}")
            if receipt["status"] == "unknown":
                continue
            need(receipt["status"] in ("stored", "duplicate"), f"a receipt is {receipt}")
            number = appending.first + index
            known = self.acknowledged.get(number)
            need(known is None or (known == receipt["position"] and receipt["status"] == "duplicate"),
                 f"message {number} was acknowledged at {known}, and now {receipt}")
            self.acknowledged[number] = receipt["position"]
        while self.next in self.acknowledged:
            self.next += 1

    def recover(self):
        """Opens it for appending and closes it."""
        running = self.run("append")
        need(running.end() == 0, f"the store does not open: {running.diagnostics()}")

    def verify(self, allowed=(0,)):
        running = self.run("verify")
        code = running.end()
        need(code in allowed, f"verify ends with {code}: {running.output().decode()}{running.diagnostics()}")

    def replay(self, *options):
        """The name of each message by its position, after a look at every position."""
        running = self.run("replay", *options, stdout=subprocess.PIPE)
        found, expected = {}, None
        for text in running.process.stdout:
            position = int(POSITION.search(text)[1])
            need(position == (position if expected is None else expected), f"a gap before position {position}")
            expected = position + 1
            if name := NAME.search(text):
                found[position] = name[1].decode().removeprefix("web/m-")
        need(running.end() == 0, f"replay fails: {running.diagnostics()}")
        return found

    def check(self):
        """Nothing acknowledged is lost, nothing is there twice, batches are whole. Gives the messages there are."""
        found = self.replay("--from", 0)
        places = {name: position for position, name in found.items()}
        need(len(places) == len(found), "a message is there twice")
        for number, position in self.acknowledged.items():
            need(places.get(str(number)) == position,
                 f"acknowledged message {number} is at {places.get(str(number))}, not at {position}")
        missing = self.others - places.keys()
        need(not missing, f"acknowledged, and not there: {sorted(missing)}")
        there = {}
        for name in places:
            if BATCHED.fullmatch(name):
                batch = int(name.split("-")[0])
                there[batch] = there.get(batch, 0) + 1
        for batch, lines in self.batches.items():
            least = lines if batch in self.acknowledged_batches else 0
            need(there.get(batch, 0) in (least, lines), f"{there.get(batch, 0)} of the {lines} messages of a batch")
        return found

    def names(self):
        """Every file of the store, and its size and inode."""
        found = {}
        for folder, _, names in os.walk(self.path):
            for name in names:
                path = os.path.join(folder, name)
                try:
                    status = os.stat(path)
                except FileNotFoundError:
                    continue
                found[os.path.relpath(path, self.path)] = (status.st_size, status.st_ino)
        return found

    def finish(self):
        """The checks at the end: of what there is, and of the same when all of it is sealed, and merged. Gives figures."""
        self.recover()
        # What was not done when a process ended, the next one does: no damage.
        self.verify(allowed=(0, 1))
        found = self.check()
        for work in ("seal", "compact"):
            sealing = self.run(work)
            need(sealing.end() == 0, f"{work} fails: {sealing.diagnostics()}")
            need(self.replay("--from", 0) == found, f"after {work} the store has other events")
            self.verify()
        return self.check_room()

    def check_room(self):
        """A store that is sealed and closed has no file that it does not need."""
        running = self.run("stats", "--format", "json")
        need(running.end() == 0, f"stats fails: {running.diagnostics()}")
        figures = json.loads(running.output())
        names = self.names()
        need(figures["unsealedSegments"] == 0, f"{figures['unsealedSegments']} segments are not sealed")
        need(not [name for name in names if name.endswith(".new")], f"files are left: {sorted(names)}")
        taken = sum(size for name, (size, _) in names.items() if name.split("/")[0] in ("active", "segments", "index"))
        need(taken == figures["logBytes"], f"{taken} bytes are taken for {figures['logBytes']}: {sorted(names)}")
        return figures
