// What the parts of the client share: see client.c.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { customers = 10000, batch_events = 1000, newest = 100 };

// Ends the program with a message.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Zeroed memory.
void *allocate(size_t bytes);

// MARK: - Events (events.c)

// Numbers that look random and are the same in every run.
typedef struct { uint64_t state; } Random;

uint64_t next(Random *random);

// An envelope's 136 bytes (with its position 144) and a body. Every server holds `event` and `customer` as its own
// fields, and what follows them as one value.
typedef struct {
  uint8_t customer[16], event[16], rest[104], body[300];
} Event;

enum { data_bytes = sizeof(Event) - 32 };

void make(Event *event, Random *random, uint64_t customer, uint64_t conversation, uint64_t index);

// Sixteen bytes that look random and are the same for the same number; salt 1 gives a customer's.
void identity(uint8_t *into, uint64_t number, uint64_t salt);

// Whose event comes next: everybody in turn.
uint64_t customer_at(uint64_t index);

// MARK: - Bytes and connections (connection.c)

// Bytes to send.
typedef struct {
  uint8_t *bytes;
  size_t length, capacity;
} Buffer;

uint8_t *room(Buffer *buffer, size_t bytes);
void put(Buffer *buffer, const void *bytes, size_t count);
void put_text(Buffer *buffer, const char *text);
void put_format(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

typedef struct {
  int socket;
  Buffer out;
  uint8_t *in; // what came and is not taken yet lies from `begin` to `end`
  size_t begin, end, capacity;
  char error[256];      // what the server said instead of an answer
  bool duplicate;       // the last answer said that the event is there already
  uint64_t rows, bytes; // events in answers, and their bytes
  uint64_t number;      // the last number in an answer
  // Redis: values that are still to come of this answer, and where to keep the ids in it, if anywhere.
  size_t pending, id_count;
  char (*ids)[32];
  // JetStream: the last delivered event's sequence, and of the consumer in the answer its name and how many events it
  // has delivered or will deliver.
  uint64_t sequence, consumed;
  char name[64];
} Connection;

// False when nobody listens there.
bool open_socket(Connection *connection, const char *address, bool port);
void close_socket(Connection *connection);

// Sends what was put into `out`.
void send_all(Connection *connection);

// Waits for more bytes; false when there will be none. Nothing that was taken is kept.
bool fill(Connection *connection);

// What a server is to the works.
typedef struct {
  const char *name;
  bool port;         // whether its address is a port, not a path
  bool batch_is_one; // whether a batch is one request and has one answer
  bool (*greet)(Connection *);   // begins the session
  void (*setup)(Connection *);   // makes the table or stream
  void (*prepare)(Connection *); // makes statements or scripts
  bool (*take)(Connection *);    // takes what came; true when an answer is complete
  void (*append)(Connection *, const Event *);     // puts the request to append an event
  void (*batch)(Connection *, const Event *, int); // puts that for many
  void (*replay)(Connection *, uint64_t);          // reads so many events
  void (*customer)(Connection *, const uint8_t *); // reads a customer's newest events
  void (*count)(Connection *);                     // leaves in `number` how many events there are
} Server;

extern const Server postgresql, redis, jetstream;

// The one that is measured.
extern const Server *server;

// Waits for an answer; false when it is an error.
bool answered(Connection *connection);

// Waits for an answer; ends the program when it is an error.
void expect(Connection *connection);

// Sends, and expects an answer.
void ask(Connection *connection);
