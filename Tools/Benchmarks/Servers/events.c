// The events: those of Sources/Workload.swift and Sources/EngineCases.swift.
#include <stdio.h>
#include <string.h>

#include "client.h"

uint64_t next(Random *random) {
  uint64_t mixed = random->state += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

static void big(uint8_t *into, uint64_t number) {
  for (int index = 0; index < 8; index++) into[index] = (uint8_t)(number >> (56 - 8 * index));
}

static void little(uint8_t *into, uint64_t number) {
  for (int index = 0; index < 8; index++) into[index] = (uint8_t)(number >> (8 * index));
}

void identity(uint8_t *into, uint64_t number, uint64_t salt) {
  Random random = {number * 4 + salt};
  big(into, next(&random));
  big(into + 8, next(&random));
}

static const char *const words[] = {
  "the", "order", "is", "still", "not", "here", "and", "I", "would", "like", "to", "know", "where", "it", "went",
  "thank", "you", "for", "your", "answer", "we", "have", "sent", "it", "on", "monday", "morning", "by", "parcel",
  "please", "look", "at", "tracking", "number", "before", "you", "call", "us", "again", "because", "nobody", "can",
  "say", "more", "than", "carrier", "refund", "invoice", "broken", "cup", "delivery", "address", "changed", "account",
  "password", "reset", "login", "help", "appointment", "doctor", "hotel", "room", "booking", "bank", "transfer",
  "balance", "confirmed", "sorry", "happy", "to", "anything", "else", "today", "no",
};

static void text(Random *random, uint8_t *into, size_t bytes) {
  size_t length = 0;
  while (length < bytes) {
    char number[24];
    const char *word = number;
    if (next(random) % 8 == 0) snprintf(number, sizeof number, "%llu", (unsigned long long)(next(random) % 100000));
    else word = words[next(random) % (sizeof words / sizeof *words)];
    for (; *word && length < bytes; word++) into[length++] = (uint8_t)*word;
    if (length < bytes) into[length++] = ' ';
  }
}

void make(Event *event, Random *random, uint64_t customer, uint64_t conversation, uint64_t index) {
  memset(event, 0, sizeof *event);
  big(event->event, next(random));
  big(event->event + 8, next(random));
  identity(event->customer, customer, 1);
  identity(event->rest, customer * 10 + conversation, 2);
  memcpy(event->rest + 16, event->customer, 16);
  little(event->rest + 56, 1780000000000000u + index * 1000);          // occurred
  little(event->rest + 64, 1780000000000000u + index * 1000 + 250);    // recorded
  little(event->rest + 72, index < customers ? 0 : index - customers); // the customer's event before
  little(event->rest + 80, (uint64_t)301 << 32 | (uint64_t)1 << 48);   // source order, kind, body version
  little(event->rest + 88, 0x020101010200u);                           // the codes
  text(random, event->body, sizeof event->body);
}

uint64_t customer_at(uint64_t index) { return index * 7919 % customers; }
