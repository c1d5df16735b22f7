// Redis Streams.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

// An id is unique by the set `ids`, the events stand in the stream `log`, a customer's positions in a list of its own.
// A script is one transaction in the file too. A refused event or batch leaves nothing behind.
static const char one_script[] =
  "if redis.call('SADD', KEYS[2], ARGV[1]) == 0 then return false end "
  "local id = redis.call('XADD', KEYS[1], '*', 'e', ARGV[2]) "
  "redis.call('RPUSH', KEYS[3], id) "
  "return id";
static const char batch_script[] =
  "local ids, n = {}, #ARGV / 3 "
  "for i = 1, n do ids[i] = ARGV[3 * i - 2] end "
  "for _, known in ipairs(redis.call('SMISMEMBER', KEYS[2], unpack(ids))) do if known == 1 then return false end end "
  "if redis.call('SADD', KEYS[2], unpack(ids)) < n then redis.call('SREM', KEYS[2], unpack(ids)) return false end "
  "local id "
  "for i = 1, n do "
  "id = redis.call('XADD', KEYS[1], '*', 'e', ARGV[3 * i]) "
  "redis.call('RPUSH', ARGV[3 * i - 1], id) "
  "end "
  "return id";
static char one_sha[64], batch_sha[64];

static void bulk(Buffer *out, const void *bytes, size_t count) {
  uint8_t *to = room(out, 16);
  int length = snprintf((char *)to, 16, "$%zu\r\n", count);
  out->length -= 16 - (size_t)length;
  put(out, bytes, count);
  put(out, "\r\n", 2);
}

static void bulk_text(Buffer *out, const char *text) { bulk(out, text, strlen(text)); }

static void command(Buffer *out, int count, ...) {
  put_format(out, "*%d\r\n", count);
  va_list rest;
  va_start(rest, count);
  for (int index = 0; index < count; index++) bulk_text(out, va_arg(rest, const char *));
  va_end(rest);
}

static bool greet(Connection *connection) {
  command(&connection->out, 1, "PING");
  send_all(connection);
  return answered(connection);
}

static void setup(Connection *connection) { (void)connection; }

// The line at `begin` without its end, as a string; NULL while it is not complete. `after` is what follows it.
static char *line(Connection *connection, size_t *after) {
  uint8_t *start = connection->in + connection->begin;
  uint8_t *found = memchr(start, '\n', connection->end - connection->begin);
  if (!found) return NULL;
  *after = (size_t)(found + 1 - connection->in);
  if (found == start || found[-1] != '\r') fail("not a line of the protocol");
  found[-1] = 0;
  return (char *)start;
}

// Takes values until the answer's last. Values of an event's length are events, short ones ids.
static bool take(Connection *connection) {
  if (connection->pending == 0) connection->pending = 1;
  while (connection->pending > 0) {
    size_t after;
    uint8_t *at = connection->in + connection->begin;
    if (connection->begin == connection->end) return false;
    if (*at == '$') {
      uint8_t *end = memchr(at, '\n', connection->end - connection->begin);
      if (!end) return false;
      long length = strtol((char *)at + 1, NULL, 10);
      after = (size_t)(end + 1 - connection->in);
      if (length < 0) {
        connection->duplicate = true;
      } else {
        if (connection->end - after < (size_t)length + 2) return false;
        if ((size_t)length == sizeof(Event)) {
          connection->rows++;
          connection->bytes += (uint64_t)length;
        } else if (connection->ids && length > 8 && length < 32) {
          char *id = connection->ids[connection->id_count < newest ? connection->id_count++ : 0];
          memcpy(id, end + 1, (size_t)length);
          id[length] = 0;
        }
        after += (size_t)length + 2;
      }
    } else {
      char *text = line(connection, &after);
      if (!text) return false;
      if (*text == '*') {
        long count = strtol(text + 1, NULL, 10);
        connection->pending += count > 0 ? (size_t)count : 0;
      } else if (*text == ':') {
        connection->number = strtoull(text + 1, NULL, 10);
      } else if (*text == '-') {
        snprintf(connection->error, sizeof connection->error, "%s", text + 1);
      }
    }
    connection->begin = after;
    connection->pending--;
  }
  return true;
}

static void load_script(Connection *connection, const char *script, char *sha) {
  command(&connection->out, 3, "SCRIPT", "LOAD", script);
  send_all(connection);
  // "$40\r\n", the sum, "\r\n"
  while (connection->end - connection->begin < 47)
    if (!fill(connection)) fail("redis: %s", connection->error);
  memcpy(sha, connection->in + connection->begin + 5, 40);
  expect(connection);
}

static void prepare(Connection *connection) {
  load_script(connection, one_script, one_sha);
  load_script(connection, batch_script, batch_sha);
}

static void list_key(const uint8_t *customer, char *key) {
  key[0] = 'c';
  memcpy(key + 1, customer, 16);
}

static void append(Connection *connection, const Event *event) {
  Buffer *out = &connection->out;
  char key[17];
  list_key(event->customer, key);
  put_text(out, "*8\r\n$7\r\nEVALSHA\r\n");
  bulk(out, one_sha, 40);
  put_text(out, "$1\r\n3\r\n$3\r\nlog\r\n$3\r\nids\r\n");
  bulk(out, key, sizeof key);
  bulk(out, event->event, 16);
  bulk(out, event, sizeof *event);
}

static void batch(Connection *connection, const Event *events, int count) {
  Buffer *out = &connection->out;
  put_format(out, "*%d\r\n$7\r\nEVALSHA\r\n", 5 + 3 * count);
  bulk(out, batch_sha, 40);
  put_text(out, "$1\r\n2\r\n$3\r\nlog\r\n$3\r\nids\r\n");
  for (int index = 0; index < count; index++) {
    char key[17];
    list_key(events[index].customer, key);
    bulk(out, events[index].event, 16);
    bulk(out, key, sizeof key);
    bulk(out, &events[index], sizeof *events);
  }
}

// Pages of 1,000: the next begins after the last id of the one before.
static void replay(Connection *connection, uint64_t events) {
  char ids[newest][32], from[40] = "-";
  while (connection->rows < events) {
    uint64_t before = connection->rows;
    connection->ids = ids;
    connection->id_count = newest; // only the last id counts: it is kept in the first place
    command(&connection->out, 6, "XRANGE", "log", from, "+", "COUNT", "1000");
    ask(connection);
    if (connection->rows == before) break;
    snprintf(from, sizeof from, "(%s", ids[0]);
  }
  connection->ids = NULL;
}

// The positions first, then all events at once.
static void customer(Connection *connection, const uint8_t *customer) {
  char key[17], ids[newest][32];
  list_key(customer, key);
  connection->ids = ids;
  connection->id_count = 0;
  put_text(&connection->out, "*4\r\n$6\r\nLRANGE\r\n");
  bulk(&connection->out, key, sizeof key);
  put_text(&connection->out, "$4\r\n-100\r\n$2\r\n-1\r\n");
  ask(connection);
  connection->ids = NULL;
  for (size_t index = 0; index < connection->id_count; index++)
    command(&connection->out, 4, "XRANGE", "log", ids[index], ids[index]);
  if (connection->id_count > 0) send_all(connection);
  for (size_t index = 0; index < connection->id_count; index++) expect(connection);
}

static void count(Connection *connection) {
  command(&connection->out, 2, "XLEN", "log");
  send_all(connection);
  answered(connection);
}

const Server redis = {
  .name = "redis",
  .port = false,
  .greet = greet,
  .setup = setup,
  .prepare = prepare,
  .take = take,
  .append = append,
  .batch = batch,
  .batch_is_one = true,
  .replay = replay,
  .customer = customer,
  .count = count,
};
