#include "parley_system.h"

#include <string.h>

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif
#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#endif

/// The Castagnoli polynomial, bits reversed.
#define POLYNOMIAL 0x82f63b78u

/// Bytes of each of the three lanes, longest first. The instruction takes a word each cycle and answers three
/// cycles later, so three independent lanes keep it busy; joining them costs two shifts of eight look-ups.
static const size_t lane_bytes[] = {4096, 512, 96};
#define LANE_SIZES (sizeof lane_bytes / sizeof *lane_bytes)

/// slices[k][b]: byte b followed by k zero bytes (slicing by eight).
static uint32_t slices[8][256];
/// shifts[s][k][b]: byte k of a checksum with the value b, moved over lane_bytes[s] zero bytes.
static uint32_t shifts[LANE_SIZES][4][256];
static int is_accelerated;

/// The product of two polynomials modulo the Castagnoli polynomial, bits reversed (bit 31 is x^0).
static uint32_t multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
    if (a & bit) product ^= b;
    b = b & 1 ? (b >> 1) ^ POLYNOMIAL : b >> 1;
  }
  return product;
}

/// x^(8 * count) modulo the polynomial.
static uint32_t power_of_x(size_t count) {
  uint32_t power = 1u << 31;    // x^0
  uint32_t square = 1u << 23;   // x^8
  for (; count != 0; count >>= 1) {
    if (count & 1) power = multiply(power, square);
    square = multiply(square, square);
  }
  return power;
}

static int cpu_has_instruction(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse4.2") != 0;
#elif defined(__aarch64__) && defined(__APPLE__)
  return 1;
#elif defined(__aarch64__) && defined(__linux__)
  return (getauxval(AT_HWCAP) & (1ul << 7)) != 0;  // HWCAP_CRC32
#else
  return 0;
#endif
}

/// Runs when the image is loaded, before any other thread: nothing needs a lock later.
__attribute__((constructor)) static void fill_tables(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
    slices[0][byte] = crc;
  }
  for (int slice = 1; slice < 8; slice++)
    for (uint32_t byte = 0; byte < 256; byte++)
      slices[slice][byte] = (slices[slice - 1][byte] >> 8) ^ slices[0][slices[slice - 1][byte] & 255];
  for (size_t size = 0; size < LANE_SIZES; size++) {
    uint32_t power = power_of_x(lane_bytes[size]);
    for (int place = 0; place < 4; place++)
      for (uint32_t byte = 0; byte < 256; byte++)
        shifts[size][place][byte] = multiply(power, byte << (8 * place));
  }
  is_accelerated = cpu_has_instruction();
}

int parley_crc32c_is_accelerated(void) { return is_accelerated; }

uint32_t parley_crc32c_by_tables(uint32_t seed, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  uint32_t crc = ~seed;
  for (; count >= 8; at += 8, count -= 8) {
    crc ^= (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    crc = slices[7][crc & 255] ^ slices[6][crc >> 8 & 255] ^ slices[5][crc >> 16 & 255] ^ slices[4][crc >> 24] ^
          slices[3][at[4]] ^ slices[2][at[5]] ^ slices[1][at[6]] ^ slices[0][at[7]];
  }
  for (; count > 0; at++, count--) crc = (crc >> 8) ^ slices[0][(crc ^ *at) & 255];
  return ~crc;
}

#if defined(__x86_64__)
#define ACCELERATED __attribute__((target("sse4.2")))
#define CRC_WORD(crc, word) ((uint32_t)_mm_crc32_u64(crc, word))
#define CRC_BYTE(crc, byte) _mm_crc32_u8(crc, byte)
#elif defined(__aarch64__)
#define ACCELERATED __attribute__((target("crc")))
#define CRC_WORD(crc, word) __crc32cd(crc, word)
#define CRC_BYTE(crc, byte) __crc32cb(crc, byte)
#endif

#ifdef ACCELERATED
static inline uint64_t word_at(const uint8_t *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

/// A checksum moved over lane_bytes[size] zero bytes.
static inline uint32_t shifted(uint32_t crc, size_t size) {
  return shifts[size][0][crc & 255] ^ shifts[size][1][crc >> 8 & 255] ^ shifts[size][2][crc >> 16 & 255] ^
         shifts[size][3][crc >> 24];
}

ACCELERATED static uint32_t crc_by_instruction(uint32_t seed, const uint8_t *at, size_t count) {
  uint32_t crc = ~seed;
  for (size_t size = 0; size < LANE_SIZES; size++) {
    const size_t lane = lane_bytes[size];
    for (; count >= 3 * lane; at += 3 * lane, count -= 3 * lane) {
      uint32_t second = 0, third = 0;
      for (size_t offset = 0; offset < lane; offset += 8) {
        crc = CRC_WORD(crc, word_at(at + offset));
        second = CRC_WORD(second, word_at(at + lane + offset));
        third = CRC_WORD(third, word_at(at + 2 * lane + offset));
      }
      crc = shifted(shifted(crc, size) ^ second, size) ^ third;
    }
  }
  for (; count >= 8; at += 8, count -= 8) crc = CRC_WORD(crc, word_at(at));
  for (; count > 0; at++, count--) crc = CRC_BYTE(crc, *at);
  return ~crc;
}
#endif

uint32_t parley_crc32c(uint32_t seed, const void *bytes, size_t count) {
#ifdef ACCELERATED
  if (is_accelerated) return crc_by_instruction(seed, bytes, count);
#endif
  return parley_crc32c_by_tables(seed, bytes, count);
}
