#ifndef PARLEY_SYSTEM_H
#define PARLEY_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/// The CRC-32C (Castagnoli, RFC 3720 appendix B.4) of some bytes; `seed` is the checksum of what came before them,
/// 0 at the start. By the CPU's instruction where it has one, at about 20 GB/s; else by tables, at about 2.
uint32_t parley_crc32c(uint32_t seed, const void *bytes, size_t count);

/// The same by tables, whatever the CPU has; for tests.
uint32_t parley_crc32c_by_tables(uint32_t seed, const void *bytes, size_t count);

/// Whether `parley_crc32c` uses the CPU's instruction here.
int parley_crc32c_is_accelerated(void);

/// Takes an exclusive lock that belongs to the open file description, without waiting. It goes when the last
/// descriptor of that description is closed, not (as a POSIX lock would) with the first close in the process.
/// Returns 0 or an error number.
int parley_lock_exclusive(int descriptor);

/// Gives that lock up. Returns 0 or an error number.
int parley_unlock(int descriptor);

/// 1 when another open file description holds that lock, 0 when none does, a negated error number when the system
/// can't tell.
int parley_is_locked(int descriptor);

/// 1 when an open file lives on a network file system, where locks and syncs may not mean what they say, 0 when
/// it doesn't, a negated error number when the system can't tell.
int parley_is_on_network(int descriptor);

/// Makes what was written to a file durable: fdatasync, and F_FULLFSYNC where only that reaches the medium.
/// Returns 0 or an error number.
int parley_sync_data(int descriptor);

/// Fills memory with bytes that nobody can guess, in as few calls of the system as it takes. Returns 0 or an error
/// number.
int parley_random(void *bytes, size_t count);

/// Asks for the memory of a slot of 144 bytes, which is read soon. A hint: nothing is read, whatever the address.
static inline void parley_prefetch_slot(const void *slot) {
  const char *bytes = (const char *)slot;
  __builtin_prefetch(bytes);
  __builtin_prefetch(bytes + 64);
  __builtin_prefetch(bytes + 128);
}

#endif
