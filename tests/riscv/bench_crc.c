/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 (IEEE 802.3), byte by byte with a table, over 64 KiB. */
#include <stdint.h>

static uint32_t table[256];
static uint8_t data[65536];

int main(void) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0);
    table[i] = value;
  }
  for (uint32_t i = 0; i < sizeof data; ++i) data[i] = (uint8_t)(i * 7);
  uint32_t crc = 0;
  for (int round = 0; round < 100; ++round) {
    crc = ~crc;
    for (uint32_t i = 0; i < sizeof data; ++i) crc = table[(crc ^ data[i]) & 0xff] ^ crc >> 8;
    crc = ~crc;
  }
  return crc == 0xf76d4342u ? 0 : 1;
}
