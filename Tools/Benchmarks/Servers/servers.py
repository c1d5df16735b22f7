#!/usr/bin/env python3
"""Starts PostgreSQL, Redis and NATS JetStream, measures them with the client beside this file, prints the tables.

Run through Tools/benchmark-servers, which installs the servers, builds the client and removes the scratch directory.
"""
import argparse, json, os, resource, shutil, signal, socket, subprocess, sys, tempfile, time

# How much of each work is done at scale 1, as in Sources/Case.swift.
ONE, TASKS, EACH_TASK, BATCH, BATCHES, READS = 3_000, 64, 1_500, 1_000, 1_000, 2_000

WORK_ONE = "durable append, one at a time"
WORK_TASKS = "durable append, 64 clients at once"
WORK_BATCHES = "durable batches of 1,000"
WORK_REPLAY = "replay, everything"
WORK_CUSTOMER = "a customer's newest 100 events"
WORK_OPEN = "open"
WORKS = [WORK_ONE, WORK_TASKS, WORK_BATCHES, WORK_REPLAY, WORK_CUSTOMER, WORK_OPEN]

POSTGRESQL_SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "wal_sync_method": "fdatasync", "full_page_writes": "on",
    "shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": "100"}
REDIS_SETTINGS = {"appendonly": "yes", "appendfsync": "always", "save": '""', "auto-aof-rewrite-percentage": "0"}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Failure(Exception):
    pass


def run(*command):
    """A command's output; its errors are ours."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failure(f"{os.path.basename(str(command[0]))}: {done.stderr.strip() or done.returncode}")
    return done.stdout.strip()


def descendants(pid):
    """The processes a process started, and theirs."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                parents.setdefault(int(file.read().rpartition(")")[2].split()[1]), []).append(int(name))
        except OSError:
            pass
    found, queue = [], [pid]
    while queue:
        children = parents.get(queue.pop(), [])
        found += children
        queue += children
    return found


def is_running(pid):
    """A process that has ended may be listed on, as a zombie, until its new parent looks."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Load:
    """How much of the processors' time went to others while we measured."""

    # Seconds of processes that were killed before their parents waited for them.
    orphaned = 0.0

    def __init__(self):
        self.begun = self.now()

    @classmethod
    def note_orphan(cls, pid):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return
        cls.orphaned += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @classmethod
    def now(cls):
        """Seconds the processors had, were busy, and were so for us."""
        with open("/proc/stat") as file:
            spent = [int(word) / os.sysconf("SC_CLK_TCK") for word in file.readline().split()[1:9]]
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        ours = cls.orphaned + sum(usage.ru_utime + usage.ru_stime for usage in usages)
        return sum(spent), sum(spent) - spent[3] - spent[4], ours

    def others_share(self):
        total, busy, ours = (after - before for before, after in zip(self.begun, self.now()))
        return max(0.0, (busy - ours) / total)


def kibibytes(path, name):
    try:
        with open(path) as file:
            return next((int(line.split()[1]) for line in file if line.startswith(name)), 0)
    except OSError:
        return 0


def directory_bytes(directory):
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(directory) for name in names)


class Server:
    """One server, in a directory of its own."""

    def __init__(self, options):
        self.client, self.process = options.client, None
        self.directory = tempfile.mkdtemp(prefix="case-", dir=options.scratch)
        self.sockets = tempfile.mkdtemp(prefix="case-", dir=options.sockets)
        self.data = os.path.join(self.directory, "data")
        self.log = os.path.join(self.directory, "log")

    # As whom the server runs, when not as we do.
    user = None

    def start(self):
        # The kernel ends the server when this program is gone, however it ended.
        command = ["setpriv", "--pdeathsig", "KILL"]
        if self.user:
            command += ["--reuid", self.user, "--regid", self.user, "--clear-groups"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command + ["--"] + self.command(), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=self.directory)

    def wait_until_up(self):
        """Until it takes connections; fails as soon as it has ended instead."""
        by_path = not self.address().isdigit()
        for _ in range(6000):
            if self.process.poll() is not None:
                raise Failure(f"{self.system} ended at its start: {self.last_words()}")
            with socket.socket(socket.AF_UNIX if by_path else socket.AF_INET) as tried:
                if tried.connect_ex(self.address() if by_path else ("127.0.0.1", int(self.address()))) == 0:
                    return
            time.sleep(0.01)
        raise Failure(f"{self.system} is not up after a minute: {self.last_words()}")

    def kill(self):
        """SIGKILL to the server and whatever it started, until none is left."""
        if self.process is None:
            return
        pids = descendants(self.process.pid)
        for pid in pids:
            Load.note_orphan(pid)
        self.process.kill()
        self.process.wait()
        self.process = None
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        while any(map(is_running, pids)):
            time.sleep(0.001)

    def remove(self):
        self.kill()
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    def peak_bytes(self):
        return 1024 * kibibytes(f"/proc/{self.process.pid}/status", "VmHWM:")

    def ask(self, *work):
        """A work of the client: what it measured, and the server's memory while its connections were open."""
        client = subprocess.Popen([self.client, self.system, self.address(), *map(str, work)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            line = client.stdout.readline()
            measured = json.loads(line) if line else {}
            measured["peakBytes"] = self.peak_bytes()
            _, errors = client.communicate()
        finally:
            if client.poll() is None:
                client.kill()
                client.wait()
        if client.returncode != 0:
            raise Failure(f"{errors.strip()}\n{self.last_words()}")
        return measured

    def last_words(self):
        with open(self.log, errors="replace") as log:
            return "".join(log.readlines()[-5:]).strip()

    def open_after_kill(self, events):
        """Seconds from the start after a SIGKILL to the first answer that knows all events."""
        self.kill()
        began = time.monotonic()
        self.start()
        return self.ask("first", events)["at"] - began


class PostgreSQL(Server):
    name, system = "PostgreSQL", "postgresql"

    def __init__(self, options):
        super().__init__(options)
        # It refuses root; Debian's package brings a user.
        if os.getuid() == 0:
            self.user = "postgres"
            for path in (self.directory, self.sockets):
                shutil.chown(path, "postgres", "postgres")
            if subprocess.run(["setpriv", "--reuid", self.user, "--regid", self.user, "--clear-groups", "--", "test",
                               "-w", self.directory]).returncode != 0:
                raise Failure(f"the user postgres can't reach {self.directory}: name another with --directory")
        command = [self.program("initdb"), "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        if self.user:
            command = ["setpriv", "--reuid", self.user, "--regid", self.user, "--clear-groups", "--"] + command
        run(*command)
        # What initdb left unwritten would be written while we measure.
        os.sync()

    @staticmethod
    def program(name):
        root = "/usr/lib/postgresql"
        names = os.listdir(root) if os.path.isdir(root) else []
        versions = sorted((int(v) for v in names if v.isdigit()), reverse=True)
        found = [f"{root}/{v}/bin/{name}" for v in versions if os.path.exists(f"{root}/{v}/bin/{name}")]
        if not found:
            raise Failure(f"there is no {name} under {root}")
        return found[0]

    @classmethod
    def version(cls):
        return run(cls.program("postgres"), "--version").split()[2]

    settings = ", ".join(f"{name}={value}" for name, value in POSTGRESQL_SETTINGS.items())

    def command(self):
        command = [self.program("postgres"), "-D", self.data, "-k", self.sockets, "-h", ""]
        for name, value in POSTGRESQL_SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        return command

    def address(self):
        return os.path.join(self.sockets, ".s.PGSQL.5432")

    def peak_bytes(self):
        """All processes' shares now: shared memory counts once. A peak of many processes can't be read."""
        pids = [self.process.pid] + descendants(self.process.pid)
        return 1024 * sum(kibibytes(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in pids)

    def sql(self, *statements):
        commands = [word for statement in statements for word in ("-c", statement)]
        return run(self.program("psql"), "-h", self.sockets, "-U", "postgres", "-XAtq", *commands)

    def after_batches(self, events):
        """Rows of `open`, and the bytes of the table and its indexes after a checkpoint."""
        opened = [(self.name + ", nothing checkpointed", self.open_after_kill(events))]
        self.sql("VACUUM (ANALYZE) events", "CHECKPOINT")
        stored = int(self.sql("SELECT pg_total_relation_size('events')"))
        opened.append((self.name + ", after a checkpoint", self.open_after_kill(events)))
        return opened, stored, {"with the log it keeps": directory_bytes(self.data)}


class Redis(Server):
    name, system = "Redis", "redis"

    @classmethod
    def version(cls):
        return run("redis-server", "--version").split("v=")[1].split()[0]

    settings = ", ".join(f"{name} {value}" for name, value in REDIS_SETTINGS.items())

    def command(self):
        os.makedirs(self.data, exist_ok=True)
        command = ["redis-server", "--port", "0", "--unixsocket", self.address(), "--dir", self.data]
        for name, value in REDIS_SETTINGS.items():
            command += [f"--{name}", value.strip('"')]
        return command

    def address(self):
        return os.path.join(self.sockets, "redis.sock")

    def cli(self, *command):
        return run("redis-cli", "-s", self.address(), *command)

    def after_batches(self, events):
        written = directory_bytes(self.data)
        opened = [(self.name + ", as written", self.open_after_kill(events))]
        self.cli("BGREWRITEAOF")
        while "aof_rewrite_in_progress:1" in (state := self.cli("INFO", "persistence")) or \
                "aof_rewrite_scheduled:1" in state:
            time.sleep(0.05)
        if "aof_last_bgrewrite_status:ok" not in state:
            raise Failure("redis: the file was not rewritten")
        rewritten = directory_bytes(self.data)
        opened.append((self.name + ", after a rewrite", self.open_after_kill(events)))
        return opened, written, {"after a rewrite": rewritten}


class JetStream(Server):
    name, system = "JetStream, not synced", "jetstream"
    sync = None
    port = None

    @classmethod
    def version(cls):
        return run("nats-server", "--version").split("v")[-1]

    @classmethod
    def settings(cls):
        return "one replica, file storage, duplicate window 2 minutes, " + (
            f"sync_interval {cls.sync}" if cls.sync else "no sync before the acknowledgement, one every 2 minutes")

    def configuration(self):
        sync = f', sync_interval: "{self.sync}"' if self.sync else ""
        path = os.path.join(self.directory, "nats.conf")
        with open(path, "w") as file:
            file.write(f'host: 127.0.0.1\nport: {self.port}\nmax_payload: 1MB\n'
                       f'jetstream {{ store_dir: "{self.data}", max_mem: 4GB, max_file: 64GB{sync} }}\n')
        return path

    def command(self):
        if self.port is None:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        return ["nats-server", "-c", self.configuration()]

    def address(self):
        return str(self.port)

    def after_batches(self, events):
        return [(self.name, self.open_after_kill(events))], directory_bytes(self.data), {}


class SyncedJetStream(JetStream):
    """Newer servers can sync before they acknowledge; Debian 12's can't."""
    name, sync = "JetStream, synced", "always"

    @classmethod
    def is_had(cls):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(f'jetstream {{ store_dir: "/tmp", sync_interval: {cls.sync} }}\n')
            file.flush()
            return subprocess.run(["nats-server", "-t", "-c", file.name], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL).returncode == 0


class Round:
    """One case of one system, in a directory of its own."""

    def __init__(self, options):
        self.options, self.measurements = options, []

    def scaled(self, count):
        return max(1, int(count * self.options.scale))

    def add(self, system, work, measured, **more):
        self.measurements.append({
            "system": system, "work": work, "perSecond": measured["count"] / measured["seconds"],
            "p50": measured.get("p50", 0), "p99": measured.get("p99", 0), "p999": measured.get("p999", 0),
            "peakBytes": measured.get("peakBytes", 0), **more})

    def run(self, case, kind):
        if kind is None:
            file = os.path.join(self.options.scratch, "bare")
            measured = run(self.options.client, "disk", file, "sync", self.scaled(ONE))
            self.add("bare sync", WORK_ONE, json.loads(measured))
            os.remove(file)
            return
        server = kind(self.options)
        try:
            server.start()
            server.wait_until_up()
            server.ask("setup")
            getattr(self, case.replace("-", "_"))(server)
        finally:
            server.remove()

    def append_one(self, server):
        self.add(server.name, WORK_ONE, server.ask("one", self.scaled(ONE)))

    def append_tasks(self, server):
        self.add(server.name, WORK_TASKS, server.ask("tasks", TASKS, self.scaled(EACH_TASK)))

    def batches(self, server):
        batches = self.scaled(BATCHES)
        events = batches * BATCH
        appended = server.ask("batches", batches)
        opened, stored, also = server.after_batches(events)
        self.add(server.name, WORK_BATCHES, appended, bytesPerEvent=stored / events,
                 alsoBytesPerEvent={what: count / events for what, count in also.items()})
        self.add(server.name, WORK_REPLAY, server.ask("replay", events))
        self.add(server.name, WORK_CUSTOMER, server.ask("customer", self.scaled(READS), events))
        for name, seconds in opened:
            self.add(name, WORK_OPEN, {"count": 1, "seconds": seconds, "p50": seconds * 1e6})


def cases():
    yield "disk/sync", None
    kinds = [("postgresql", PostgreSQL), ("redis", Redis), ("jetstream", JetStream)]
    if SyncedJetStream.is_had():
        kinds.append(("jetstream-synced", SyncedJetStream))
    for name, kind in kinds:
        for case in ("append-one", "append-tasks", "batches"):
            yield f"{name}/{case}", kind


def medians(measurements):
    """The middle round of each system and work, by throughput."""
    rounds = {}
    for measurement in measurements:
        rounds.setdefault((measurement["system"], measurement["work"]), []).append(measurement)
    return [sorted(found, key=lambda one: one["perSecond"])[len(found) // 2] for found in rounds.values()]


def table(found):
    lines = []
    for work in WORKS:
        rows = sorted((one for one in found if one["work"] == work), key=lambda one: -one["perSecond"])
        if not rows:
            continue
        lines += ["", f"### {work}", "",
                  "| system | a second | p50 µs | p99 µs | p99.9 µs | bytes an event | peak MB |",
                  "|---|---:|---:|---:|---:|---:|---:|"]
        for row in rows:
            stored = [f"{row['bytesPerEvent']:.1f}"] if row.get("bytesPerEvent") else []
            stored += [f"{count:.1f} {what}" for what, count in row.get("alsoBytesPerEvent", {}).items()]
            a_second = f"{row['perSecond']:,.0f}" if row["perSecond"] >= 10 else f"{row['perSecond']:.1f}"
            cells = [row["system"], a_second] + [f"{row[q]:,.0f}" if row[q] else "" for q in ("p50", "p99", "p999")]
            cells += ["; ".join(stored), f"{row['peakBytes'] / 1e6:.0f}" if row["peakBytes"] else ""]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def conditions(kinds, load):
    lines = []
    for kind in kinds:
        settings = kind.settings() if callable(kind.settings) else kind.settings
        lines.append(f"- {kind.name} {kind.version()}: {settings}")
    lines.append("- client: Tools/Benchmarks/Servers/client.c, one process, over Unix sockets; over TCP on the same "
                 "machine for JetStream, which has no Unix socket")
    if not SyncedJetStream.is_had():
        lines.append("- this nats-server refuses `sync_interval`: its appends are not durable against a power cut, and "
                     "not comparable")
    share = f"{load.others_share():.0%}"
    lines.append(f"- other programs, and the kernel's own threads, used {share} of the processors' time")
    return "\n".join(lines)


def stop(number, frame):
    """Ends the program through every `finally`, which a second signal must not end."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


def main():
    parser = argparse.ArgumentParser(prog="benchmark-servers", allow_abbrev=False, usage=(
        "benchmark-servers [--directory DIR] [--scale 0.1] [--repeat 3] [--only redis] [--json FILE]"))
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--sockets", required=True)
    parser.add_argument("--client", required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    options = parser.parse_args()
    if options.scale <= 0:
        raise Failure("--scale must be above 0")
    for number in SIGNALS:
        signal.signal(number, stop)
    chosen = [(name, kind) for name, kind in cases() if name.startswith(options.only)]
    if not chosen:
        raise Failure(f"no case begins with {options.only}: there are {', '.join(name for name, _ in cases())}")
    measurements, load = [], Load()
    for number in range(1, max(1, options.repeat) + 1):
        for name, kind in chosen:
            print(f"round {number}: {name}", file=sys.stderr, flush=True)
            one = Round(options)
            one.run(name.split("/")[1], kind)
            measurements += one.measurements
    found = medians(measurements)
    print(conditions(dict.fromkeys(kind for _, kind in chosen if kind), load))
    print(table(found))
    if options.json:
        with open(options.json, "w") as file:
            json.dump(found, file)


try:
    main()
except (Failure, OSError, subprocess.CalledProcessError) as error:
    print(f"benchmark-servers: {error}", file=sys.stderr)
    sys.exit(1)
