// PostgreSQL: protocol 3, prepared statements, binary values.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

static void put16(Buffer *buffer, unsigned number) {
  uint8_t *to = room(buffer, 2);
  to[0] = (uint8_t)(number >> 8);
  to[1] = (uint8_t)number;
}

static void set32(uint8_t *to, uint64_t number) {
  for (int index = 0; index < 4; index++) to[index] = (uint8_t)(number >> (24 - 8 * index));
}

static void put32(Buffer *buffer, uint64_t number) { set32(room(buffer, 4), number); }

static uint32_t get32(const uint8_t *from) {
  return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static void put_value(Buffer *buffer, const void *bytes, size_t count) {
  put32(buffer, count);
  put(buffer, bytes, count);
}

static size_t message(Buffer *buffer, char type) {
  put(buffer, &type, 1);
  put32(buffer, 0);
  return buffer->length - 4;
}

static void end_message(Buffer *buffer, size_t at) { set32(buffer->bytes + at, buffer->length - at); }

static void simple_query(Connection *connection, const char *sql) {
  size_t at = message(&connection->out, 'Q');
  put(&connection->out, sql, strlen(sql) + 1);
  end_message(&connection->out, at);
}

static bool greet(Connection *connection) {
  static const char parameters[] = "user\0postgres\0database\0postgres\0";
  put32(&connection->out, 8 + sizeof parameters);
  put32(&connection->out, 196608);
  put(&connection->out, parameters, sizeof parameters);
  send_all(connection);
  return answered(connection);
}

static void setup(Connection *connection) {
  simple_query(connection,
    "CREATE TABLE events(position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event uuid NOT NULL UNIQUE, "
    "customer uuid NOT NULL, data bytea NOT NULL);"
    "CREATE INDEX by_customer ON events(customer, position)");
  ask(connection);
}

static void parse(Connection *connection, const char *name, const char *sql) {
  Buffer *out = &connection->out;
  size_t at = message(out, 'P');
  put(out, name, strlen(name) + 1);
  put(out, sql, strlen(sql) + 1);
  put16(out, 0);
  end_message(out, at);
}

static void synchronize(Buffer *out) { end_message(out, message(out, 'S')); }

static void prepare(Connection *connection) {
  parse(connection, "one", "INSERT INTO events(event, customer, data) VALUES ($1, $2, $3)");
  parse(connection, "many",
    "INSERT INTO events(event, customer, data) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[])");
  parse(connection, "replay", "SELECT position, event, customer, data FROM events ORDER BY position");
  parse(connection, "newest",
    "SELECT position, event, customer, data FROM events WHERE customer = $1 ORDER BY position DESC LIMIT 100");
  synchronize(&connection->out);
  ask(connection);
}

static size_t begin_bind(Buffer *out, const char *statement, unsigned parameters) {
  size_t at = message(out, 'B');
  put(out, "", 1);
  put(out, statement, strlen(statement) + 1);
  put16(out, 1);
  put16(out, 1);
  put16(out, parameters);
  return at;
}

// Ends a Bind, runs the statement to its end and synchronizes.
static void run_bound(Buffer *out, size_t at) {
  put16(out, 1);
  put16(out, 1);
  end_message(out, at);
  at = message(out, 'E');
  put(out, "", 1);
  put32(out, 0);
  end_message(out, at);
  synchronize(out);
}

static bool take(Connection *connection) {
  for (;;) {
    size_t have = connection->end - connection->begin;
    if (have < 5) return false;
    const uint8_t *at = connection->in + connection->begin;
    size_t length = 1 + (size_t)get32(at + 1);
    if (have < length) return false;
    connection->begin += length;
    const uint8_t *values = at + 5;
    if (*at == 'D') {
      unsigned columns = (unsigned)values[0] << 8 | values[1];
      values += 2;
      if (columns == 1) connection->number = strtoull((const char *)values + 4, NULL, 10);
      for (unsigned column = 0; column < columns; column++) {
        uint32_t bytes = get32(values);
        if (bytes == UINT32_MAX) bytes = 0;
        connection->bytes += bytes;
        values += 4 + bytes;
      }
      connection->rows++;
    } else if (*at == 'R' && get32(values) != 0) {
      fail("postgresql: asks for a password");
    } else if (*at == 'E') {
      const char *code = "", *what = "";
      for (const char *field = (const char *)values; *field; field += strlen(field) + 1)
        if (*field == 'C') code = field + 1;
        else if (*field == 'M') what = field + 1;
      if (!strcmp(code, "23505")) connection->duplicate = true;
      else snprintf(connection->error, sizeof connection->error, "%s %s", code, what);
      // A refused session gets no more than this.
      if (!strcmp(code, "57P03")) return true;
    } else if (*at == 'Z') {
      return true;
    }
  }
}

static void append(Connection *connection, const Event *event) {
  Buffer *out = &connection->out;
  size_t at = begin_bind(out, "one", 3);
  put_value(out, event->event, 16);
  put_value(out, event->customer, 16);
  put_value(out, event->rest, data_bytes);
  run_bound(out, at);
}

static void put_array(Buffer *out, const Event *events, int count, unsigned type, size_t offset, size_t bytes) {
  put32(out, 20 + (uint64_t)count * (4 + bytes));
  put32(out, 1);
  put32(out, 0);
  put32(out, type);
  put32(out, (uint64_t)count);
  put32(out, 1);
  for (int index = 0; index < count; index++) put_value(out, (const uint8_t *)&events[index] + offset, bytes);
}

static void batch(Connection *connection, const Event *events, int count) {
  Buffer *out = &connection->out;
  size_t at = begin_bind(out, "many", 3);
  put_array(out, events, count, 2950, offsetof(Event, event), 16);
  put_array(out, events, count, 2950, offsetof(Event, customer), 16);
  put_array(out, events, count, 17, offsetof(Event, rest), data_bytes);
  run_bound(out, at);
}

static void replay(Connection *connection, uint64_t events) {
  (void)events;
  run_bound(&connection->out, begin_bind(&connection->out, "replay", 0));
  ask(connection);
}

static void customer(Connection *connection, const uint8_t *customer) {
  size_t at = begin_bind(&connection->out, "newest", 1);
  put_value(&connection->out, customer, 16);
  run_bound(&connection->out, at);
  ask(connection);
}

static void count(Connection *connection) {
  simple_query(connection, "SELECT max(position) FROM events");
  send_all(connection);
  answered(connection);
}

const Server postgresql = {
  .name = "postgresql",
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
