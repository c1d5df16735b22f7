// Sockets, what is to be sent and what came.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"

_Noreturn void fail(const char *format, ...) {
  va_list rest;
  va_start(rest, format);
  fputs("client: ", stderr);
  vfprintf(stderr, format, rest);
  fputc('\n', stderr);
  exit(1);
}

void *allocate(size_t bytes) {
  void *found = calloc(1, bytes ? bytes : 1);
  if (!found) fail("no memory for %zu bytes", bytes);
  return found;
}

uint8_t *room(Buffer *buffer, size_t bytes) {
  if (buffer->length + bytes > buffer->capacity) {
    buffer->capacity = (buffer->length + bytes) * 2;
    buffer->bytes = realloc(buffer->bytes, buffer->capacity);
    if (!buffer->bytes) fail("no memory");
  }
  uint8_t *found = buffer->bytes + buffer->length;
  buffer->length += bytes;
  return found;
}

void put(Buffer *buffer, const void *bytes, size_t count) { memcpy(room(buffer, count), bytes, count); }
void put_text(Buffer *buffer, const char *text) { put(buffer, text, strlen(text)); }

void put_format(Buffer *buffer, const char *format, ...) {
  char line[4096];
  va_list rest;
  va_start(rest, format);
  int length = vsnprintf(line, sizeof line, format, rest);
  va_end(rest);
  if (length < 0 || (size_t)length >= sizeof line) fail("a line is too long");
  put(buffer, line, (size_t)length);
}

bool open_socket(Connection *connection, const char *address, bool port) {
  memset(connection, 0, sizeof *connection);
  connection->capacity = 1 << 16;
  connection->in = allocate(connection->capacity);
  connection->socket = socket(port ? AF_INET : AF_UNIX, SOCK_STREAM, 0);
  int code;
  if (port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(address))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    code = connect(connection->socket, (struct sockaddr *)&to, sizeof to);
    int yes = 1;
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  } else {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (strlen(address) >= sizeof to.sun_path) fail("the socket's path is too long: %s", address);
    strcpy(to.sun_path, address);
    code = connect(connection->socket, (struct sockaddr *)&to, sizeof to);
  }
  return code == 0;
}

void close_socket(Connection *connection) {
  close(connection->socket);
  free(connection->in);
  free(connection->out.bytes);
}

void send_all(Connection *connection) {
  const uint8_t *bytes = connection->out.bytes;
  size_t left = connection->out.length;
  while (left > 0) {
    ssize_t sent = send(connection->socket, bytes, left, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) {
      snprintf(connection->error, sizeof connection->error, "send: %s", strerror(errno));
      break;
    }
    bytes += sent;
    left -= (size_t)sent;
  }
  connection->out.length = 0;
}

bool fill(Connection *connection) {
  size_t have = connection->end - connection->begin;
  if (connection->begin > 0) memmove(connection->in, connection->in + connection->begin, have);
  connection->begin = 0;
  connection->end = have;
  if (connection->capacity - have < 1 << 15) {
    connection->capacity *= 2;
    connection->in = realloc(connection->in, connection->capacity);
    if (!connection->in) fail("no memory");
  }
  ssize_t got;
  do got = recv(connection->socket, connection->in + have, connection->capacity - have, 0);
  while (got < 0 && errno == EINTR);
  if (got <= 0) {
    snprintf(connection->error, sizeof connection->error, "the server closed the connection");
    return false;
  }
  connection->end += (size_t)got;
  return true;
}

const Server *server;

bool answered(Connection *connection) {
  while (!connection->error[0] && !server->take(connection))
    if (!fill(connection)) break;
  return !connection->error[0];
}

void expect(Connection *connection) {
  if (!answered(connection)) fail("%s: %s", server->name, connection->error);
}

void ask(Connection *connection) {
  send_all(connection);
  expect(connection);
}
