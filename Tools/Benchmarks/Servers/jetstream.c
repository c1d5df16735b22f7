// NATS JetStream: the text protocol and the JSON interface.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

static const char *inbox(Connection *connection) {
  static char name[64];
  snprintf(name, sizeof name, "_INBOX.%d.%d", getpid(), connection->socket);
  return name;
}

// 16 bytes as 22 letters that may stand in a subject.
static void letters(const uint8_t *id, char *into) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int index = 0; index < 22; index++) {
    int bit = index * 6, byte = bit / 8;
    unsigned pair = (unsigned)id[byte] << 8 | (byte < 15 ? id[byte + 1] : 0);
    into[index] = alphabet[pair >> (10 - bit % 8) & 63];
  }
  into[22] = 0;
}

static bool greet(Connection *connection) {
  put_format(&connection->out,
    "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}\r\n"
    "SUB %s 1\r\nSUB %s.events 2\r\nSUB %s.ignored 3\r\nPING\r\n",
    inbox(connection), inbox(connection), inbox(connection));
  send_all(connection);
  return answered(connection);
}

static void request(Connection *connection, const char *subject, const char *payload) {
  put_format(
    &connection->out, "PUB %s %s %zu\r\n%s\r\n", subject, inbox(connection), strlen(payload), payload);
}

static void setup(Connection *connection) {
  request(connection, "$JS.API.STREAM.CREATE.EVENTS",
    "{\"name\":\"EVENTS\",\"subjects\":[\"e.*\"],\"storage\":\"file\",\"retention\":\"limits\",\"discard\":\"new\","
    "\"num_replicas\":1,\"max_consumers\":-1,\"max_msgs\":-1,\"max_bytes\":-1,\"duplicate_window\":120000000000}");
  ask(connection);
}

static void prepare(Connection *connection) { (void)connection; }

static const char *after_words(const char *text, int count) {
  for (; count > 0 && text; count--) text = (text = strchr(text, ' ')) ? text + 1 : NULL;
  return text;
}

// The number after a name in JSON, or 0.
static uint64_t member(const char *json, const char *name) {
  const char *found = strstr(json, name);
  return found ? strtoull(found + strlen(name), NULL, 10) : 0;
}

// The reply subject is "$JS.ACK.stream.consumer.deliveries.sequence.consumer's.time.pending".
static void delivered(Connection *connection, const char *reply, size_t bytes) {
  const char *at = reply;
  for (int dots = 0; dots < 5 && at; dots++) at = (at = strchr(at, '.')) ? at + 1 : NULL;
  if (!at) fail("jetstream: not an event's reply subject: %s", reply);
  uint64_t sequence = strtoull(at, NULL, 10);
  if (sequence <= connection->sequence) fail("jetstream: the events are not in order");
  connection->sequence = sequence;
  connection->rows++;
  connection->bytes += bytes;
}

// Takes one line, with its payload. True when it was an answer, a PONG or an event.
static bool take(Connection *connection) {
  for (;;) {
    uint8_t *start = connection->in + connection->begin;
    uint8_t *end = memchr(start, '\n', connection->end - connection->begin);
    if (!end || end == start) return false;
    size_t after = (size_t)(end + 1 - connection->in);
    bool headers = *start == 'H', has_payload = headers || *start == 'M';
    if (!has_payload) {
      connection->begin = after;
      if (!memcmp(start, "PONG", 4)) return true;
      if (!memcmp(start, "PING", 4)) {
        put_text(&connection->out, "PONG\r\n");
        send_all(connection);
      } else if (*start == '-') {
        snprintf(connection->error, sizeof connection->error, "%.*s", (int)(end - start), (char *)start);
        return true;
      }
      continue;
    }
    // "MSG subject sid [reply] bytes", "HMSG subject sid [reply] header bytes"
    uint8_t *last = end;
    while (last[-1] != ' ') last--;
    size_t bytes = strtoull((char *)last, NULL, 10);
    if (connection->end - after < bytes + 2) return false;
    connection->begin = after + bytes + 2;
    end[-1] = 0;
    connection->in[after + bytes] = 0;
    const char *payload = (char *)connection->in + after;
    const char *sid = after_words((char *)start, 2);
    if (*sid == '3') continue;
    if (*sid == '2') {
      char reply[128] = "";
      sscanf(sid, "2 %127[^ ]", reply);
      bool has_reply = after_words(sid, headers ? 3 : 2) != NULL;
      if (!headers || memcmp(payload, "NATS/1.0 100", 12)) {
        delivered(connection, reply, bytes);
        return true;
      }
      // The server waits for this before it sends more.
      const char *stalled = strstr(payload, "Nats-Consumer-Stalled: ");
      if (stalled) sscanf(stalled, "Nats-Consumer-Stalled: %127[^\r]", reply);
      if (has_reply || stalled) {
        put_format(&connection->out, "PUB %s 0\r\n\r\n", reply);
        send_all(connection);
      }
      continue;
    }
    if (headers) snprintf(connection->error, sizeof connection->error, "%s", payload);
    else if (strstr(payload, "\"error\":")) snprintf(connection->error, sizeof connection->error, "%.200s", payload);
    connection->duplicate = strstr(payload, "\"duplicate\":") != NULL;
    connection->number = member(payload, "\"messages\":");
    connection->consumed = member(payload, "\"consumer_seq\":") + member(payload, "\"num_pending\":");
    const char *name = strstr(payload, "\"name\":\"");
    if (name) sscanf(name, "\"name\":\"%63[^\"]", connection->name);
    return true;
  }
}

static void append(Connection *connection, const Event *event) {
  Buffer *out = &connection->out;
  char customer[23], id[23];
  letters(event->customer, customer);
  letters(event->event, id);
  char header[64];
  int length = snprintf(header, sizeof header, "NATS/1.0\r\nNats-Msg-Id: %s\r\n\r\n", id);
  uint8_t *to = room(out, 256);
  int begun = snprintf((char *)to, 256, "HPUB e.%s %s %d %zu\r\n%s", customer, inbox(connection), length,
    (size_t)length + data_bytes, header);
  out->length -= 256 - (size_t)begun;
  put(out, event->rest, data_bytes);
  put(out, "\r\n", 2);
}

static void batch(Connection *connection, const Event *events, int count) {
  for (int index = 0; index < count; index++) append(connection, &events[index]);
}

static void consume(Connection *connection, const char *filter) {
  char subject[128], payload[512];
  snprintf(subject, sizeof subject, "%s.events", inbox(connection));
  snprintf(payload, sizeof payload,
    "{\"stream_name\":\"EVENTS\",\"config\":{\"deliver_subject\":\"%s\",%s%s%s\"deliver_policy\":\"all\","
    "\"ack_policy\":\"none\",\"replay_policy\":\"instant\",\"max_deliver\":1,\"mem_storage\":true,\"num_replicas\":1,"
    "\"flow_control\":true,\"idle_heartbeat\":5000000000}}",
    subject, filter ? "\"filter_subject\":\"" : "", filter ? filter : "", filter ? "\"," : "");
  request(connection, "$JS.API.CONSUMER.CREATE.EVENTS", payload);
  connection->sequence = 0;
}

static void replay(Connection *connection, uint64_t events) {
  consume(connection, NULL);
  send_all(connection);
  while (connection->rows < events) expect(connection);
}

// JetStream can't begin with a customer's newest: a consumer reads all of its events from the first on. The answer and
// the events come in any order. The consumer is removed without waiting.
static void customer(Connection *connection, const uint8_t *customer) {
  char filter[32] = "e.";
  letters(customer, filter + 2);
  consume(connection, filter);
  connection->name[0] = 0;
  send_all(connection);
  uint64_t before = connection->rows;
  while (!connection->name[0] || connection->rows < before + connection->consumed) expect(connection);
  put_format(&connection->out, "PUB $JS.API.CONSUMER.DELETE.EVENTS.%s %s.ignored 0\r\n\r\n", connection->name,
    inbox(connection));
  send_all(connection);
}

static void count(Connection *connection) {
  request(connection, "$JS.API.STREAM.INFO.EVENTS", "");
  send_all(connection);
  answered(connection);
}

const Server jetstream = {
  .name = "jetstream",
  .port = true,
  .greet = greet,
  .setup = setup,
  .prepare = prepare,
  .take = take,
  .append = append,
  .batch = batch,
  .batch_is_one = false,
  .replay = replay,
  .customer = customer,
  .count = count,
};
