// The client of Tools/benchmark-servers: the works of Tools/Benchmarks/README.md, asked of PostgreSQL, Redis or NATS
// JetStream over their own protocols, with the same events (Sources/Workload.swift, Sources/EngineCases.swift).
//
//     client SYSTEM ADDRESS setup                what the works need: a table, a stream
//     client SYSTEM ADDRESS one COUNT            appends, each acknowledged before the next
//     client SYSTEM ADDRESS tasks CLIENTS EACH   the same over so many connections at once, one epoll loop
//     client SYSTEM ADDRESS batches COUNT        batches of 1,000 events
//     client SYSTEM ADDRESS replay EVENTS        everything in order; fails unless it is so many events
//     client SYSTEM ADDRESS customer COUNT       a customer's newest 100 events, COUNT times
//     client SYSTEM ADDRESS first EVENTS         tries until the server says that it holds so many events
//     client disk PATH sync COUNT                small writes, each with an fdatasync
//
// SYSTEM is postgresql or redis with a Unix socket's path as ADDRESS, or jetstream with a port of this machine. A
// measured work prints a line of JSON, then waits for the end of its input, so that the server's memory can be read
// while all connections are open.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

typedef struct {
  double *seconds;
  size_t count;
} Latencies;

static int by_time(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double quantile(const Latencies *latencies, double share) {
  if (latencies->count == 0) return 0;
  size_t at = (size_t)((double)latencies->count * share);
  return latencies->seconds[at < latencies->count ? at : latencies->count - 1] * 1e6;
}

static void report(uint64_t count, double seconds, Latencies *latencies) {
  qsort(latencies->seconds, latencies->count, sizeof(double), by_time);
  printf("{\"count\": %llu, \"seconds\": %.9f, \"p50\": %.3f, \"p99\": %.3f, \"p999\": %.3f}\n",
    (unsigned long long)count, seconds, quantile(latencies, 0.5), quantile(latencies, 0.99),
    quantile(latencies, 0.999));
  fflush(stdout);
  while (getchar() != EOF) continue;
}

static void connect_to(Connection *connection, const char *address) {
  if (!open_socket(connection, address, server->port)) fail("%s: %s: %s", server->name, address, strerror(errno));
  if (!server->greet(connection)) fail("%s: %s", server->name, connection->error);
  server->prepare(connection);
}

static void expect_stored(Connection *connection) {
  expect(connection);
  if (connection->duplicate) fail("%s: a new event was refused as known", server->name);
}

static void append_one(const char *address, size_t count) {
  Connection connection;
  connect_to(&connection, address);
  Event *events = allocate(count * sizeof *events);
  Random random = {1};
  for (size_t index = 0; index < count; index++) make(&events[index], &random, customer_at(index), 0, index);
  Latencies latencies = {allocate(count * sizeof(double)), count};
  double began = now();
  for (size_t index = 0; index < count; index++) {
    double start = now();
    server->append(&connection, &events[index]);
    send_all(&connection);
    expect_stored(&connection);
    latencies.seconds[index] = now() - start;
  }
  double seconds = now() - began;
  server->append(&connection, &events[0]);
  ask(&connection);
  if (!connection.duplicate) fail("%s: an event was stored twice", server->name);
  report(count, seconds, &latencies);
}

static void append_tasks(const char *address, size_t clients, size_t each) {
  Connection *connections = allocate(clients * sizeof *connections);
  Event *events = allocate(clients * each * sizeof *events);
  double *starts = allocate(clients * sizeof *starts);
  size_t *done = allocate(clients * sizeof *done);
  int poll = epoll_create1(0);
  for (size_t client = 0; client < clients; client++) {
    connect_to(&connections[client], address);
    struct epoll_event wanted = {.events = EPOLLIN, .data.u64 = client};
    epoll_ctl(poll, EPOLL_CTL_ADD, connections[client].socket, &wanted);
    Random random = {client};
    for (size_t index = 0; index < each; index++) {
      uint64_t customer = next(&random) % customers;
      make(&events[client * each + index], &random, customer, 0, index);
    }
  }
  Latencies latencies = {allocate(clients * each * sizeof(double)), 0};
  size_t working = clients;
  double began = now();
  for (size_t client = 0; client < clients; client++) {
    starts[client] = now();
    server->append(&connections[client], &events[client * each]);
    send_all(&connections[client]);
  }
  while (working > 0) {
    struct epoll_event ready[64];
    int found = epoll_wait(poll, ready, 64, -1);
    for (int index = 0; index < found; index++) {
      size_t client = ready[index].data.u64;
      Connection *connection = &connections[client];
      if (!fill(connection)) fail("%s: %s", server->name, connection->error);
      while (server->take(connection)) {
        if (connection->error[0]) fail("%s: %s", server->name, connection->error);
        if (connection->duplicate) fail("%s: a new event was refused as known", server->name);
        double time = now();
        latencies.seconds[latencies.count++] = time - starts[client];
        if (++done[client] == each) {
          working--;
          break;
        }
        starts[client] = time;
        server->append(connection, &events[client * each + done[client]]);
        send_all(connection);
      }
    }
  }
  report(clients * each, now() - began, &latencies);
}

static void append_batches(const char *address, size_t count) {
  Connection connection;
  connect_to(&connection, address);
  Event *events = allocate(batch_events * sizeof *events);
  Random random = {2};
  Latencies latencies = {allocate(count * sizeof(double)), count};
  double seconds = 0;
  for (size_t batch = 0; batch < count; batch++) {
    for (size_t ordinal = 0; ordinal < batch_events; ordinal++) {
      uint64_t index = batch * batch_events + ordinal;
      make(&events[ordinal], &random, customer_at(index), index / customers % 10, index);
    }
    double start = now();
    server->batch(&connection, events, batch_events);
    send_all(&connection);
    for (int answers = server->batch_is_one ? 1 : batch_events; answers > 0; answers--) expect_stored(&connection);
    latencies.seconds[batch] = now() - start;
    seconds += latencies.seconds[batch];
  }
  report(count * batch_events, seconds, &latencies);
}

static void replay(const char *address, uint64_t events) {
  Connection connection;
  connect_to(&connection, address);
  Latencies none = {NULL, 0};
  double began = now();
  server->replay(&connection, events);
  double seconds = now() - began;
  if (connection.rows != events || connection.bytes < events * data_bytes)
    fail("%s: %llu events with %llu bytes came", server->name, (unsigned long long)connection.rows,
      (unsigned long long)connection.bytes);
  report(events, seconds, &none);
}

static void read_customers(const char *address, size_t count, uint64_t events) {
  Connection connection;
  connect_to(&connection, address);
  Random random = {3};
  Latencies latencies = {allocate(count * sizeof(double)), count};
  double began = now();
  for (size_t index = 0; index < count; index++) {
    uint64_t number = next(&random) % customers, before = connection.rows;
    uint8_t customer[16];
    identity(customer, number, 1);
    double start = now();
    server->customer(&connection, customer);
    latencies.seconds[index] = now() - start;
    // Everybody in turn has as many events, or one more.
    uint64_t least = events / customers < newest ? events / customers : newest, found = connection.rows - before;
    if (found < least || found > least + 1)
      fail("%s: %llu events of a customer came", server->name, (unsigned long long)found);
  }
  report(count, now() - began, &latencies);
}

static void first_answer(const char *address, uint64_t events) {
  double begun = now();
  for (;;) {
    Connection connection;
    if (open_socket(&connection, address, server->port) && server->greet(&connection)) {
      server->count(&connection);
      if (!connection.error[0]) {
        if (connection.number != events)
          fail("%s: %llu of %llu events are there", server->name, (unsigned long long)connection.number,
            (unsigned long long)events);
        printf("{\"at\": %.9f}\n", now());
        return;
      }
    }
    if (now() - begun > 600) fail("%s: no answer for ten minutes: %s", server->name, connection.error);
    close_socket(&connection);
    usleep(2000);
  }
}

static void setup(const char *address) {
  double begun = now();
  for (;;) {
    Connection connection;
    if (open_socket(&connection, address, server->port) && server->greet(&connection)) {
      server->setup(&connection);
      return;
    }
    if (now() - begun > 60) fail("%s: not up after a minute: %s", server->name, connection.error);
    close_socket(&connection);
    usleep(10000);
  }
}

static void sync_disk(const char *path, size_t count) {
  static uint8_t zeros[1 << 20];
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0) fail("%s: %s", path, strerror(errno));
  for (size_t megabyte = 0; megabyte <= count * 512 >> 20; megabyte++)
    if (write(file, zeros, sizeof zeros) != sizeof zeros) fail("%s: %s", path, strerror(errno));
  fdatasync(file);
  Latencies latencies = {allocate(count * sizeof(double)), count};
  double began = now();
  for (size_t index = 0; index < count; index++) {
    double start = now();
    if (pwrite(file, zeros, 512, (off_t)(index * 512)) != 512 || fdatasync(file)) fail("%s: %s", path, strerror(errno));
    latencies.seconds[index] = now() - start;
  }
  report(count, now() - began, &latencies);
}

int main(int count, char **arguments) {
  if (count < 4) fail("usage: client SYSTEM ADDRESS WORK [NUMBER]...");
  const char *system = arguments[1], *address = arguments[2], *work = arguments[3];
  uint64_t number = count > 4 ? strtoull(arguments[4], NULL, 10) : 0;
  uint64_t second = count > 5 ? strtoull(arguments[5], NULL, 10) : 0;
  if (!strcmp(system, "disk")) {
    sync_disk(address, number);
    return 0;
  }
  const Server *const servers[] = {&postgresql, &redis, &jetstream};
  for (size_t index = 0; index < sizeof servers / sizeof *servers; index++)
    if (!strcmp(servers[index]->name, system)) server = servers[index];
  if (!server) fail("no server is called %s", system);
  if (!strcmp(work, "setup")) setup(address);
  else if (!strcmp(work, "one")) append_one(address, number);
  else if (!strcmp(work, "tasks")) append_tasks(address, number, second);
  else if (!strcmp(work, "batches")) append_batches(address, number);
  else if (!strcmp(work, "replay")) replay(address, number);
  else if (!strcmp(work, "customer")) read_customers(address, number, second);
  else if (!strcmp(work, "first")) first_answer(address, number);
  else fail("no work is called %s", work);
  return 0;
}
