/* SPDX-License-Identifier: Apache-2.0 */
/* Every driver on the real devices, at the addresses of the memory map: what they do, and how they fail.
 * Prints a line a check and ends with the number of those that failed. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "prism/drivers/common.h"
#include "prism/drivers/compute.h"
#include "prism/drivers/dma.h"
#include "prism/drivers/hbm.h"
#include "prism/drivers/photonic.h"
#include "prism/hw/hbm.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/purpose.h"

#define TIMEOUT_NS 1000000u
#define HEAP_BASE (PRISM_RAM_BASE + 0x100000u) /* behind the image and the stack */
#define HEAP_BYTES 0x100000u
#define SOURCE (PRISM_HBM_BASE + 0x10000u)
#define NOWHERE 0x70000000ull
#define BF16_ONE 0x3f80u
#define BLOCKS 8u

static struct prism_heap heap;
static struct prism_interrupts interrupts;
static struct prism_dma dma;
static struct prism_dma_channel channel;
static int failures;

static void check(const char* what, int holds) {
  printf("%s: %s\n", what, holds ? "ok" : "FAILED");
  if (!holds) ++failures;
}

static void fill(uint64_t address, uint32_t words, uint32_t first) {
  for (uint32_t i = 0; i < words; ++i) hal_write32(NULL, address + 4 * i, first + i);
}

static int holds(uint64_t address, uint32_t words, uint32_t first) {
  for (uint32_t i = 0; i < words; ++i) {
    if (hal_read32(NULL, address + 4 * i) != first + i) return 0;
  }
  return 1;
}

static void test_heap(void) {
  struct prism_heap small;
  uint64_t address;
  prism_heap_init(&small, HEAP_BASE + 1, 100);
  check("heap aligns", prism_heap_allocate(&small, 10, 64, &address) == PRISM_STATUS_OK && address % 64 == 0);
  check("heap ends", prism_heap_allocate(&small, 100, 1, &address) == PRISM_STATUS_NO_MEMORY);
}

static enum prism_status copy(uint64_t source, uint64_t destination, uint64_t bytes) {
  uint32_t ticket;
  PRISM_TRY(prism_dma_copy(&channel, PRISM_PURPOSE_OTHER, source, destination, bytes, &ticket));
  return prism_dma_wait(&channel, ticket);
}

static void test_dma(void) {
  fill(SOURCE, 64, 1000);
  check("dma copies", copy(SOURCE, PRISM_SCRATCHPAD_BASE, 256) == PRISM_STATUS_OK &&
                          holds(PRISM_SCRATCHPAD_BASE, 64, 1000));

  uint64_t list;
  const uint32_t indices[] = {3, 0, 2};
  uint32_t ticket;
  check("heap has room", prism_heap_allocate(&heap, sizeof indices, 4, &list) == PRISM_STATUS_OK);
  hal_write_block(NULL, list, indices, sizeof indices);
  check("dma gathers", prism_dma_gather(&channel, PRISM_PURPOSE_OTHER, SOURCE, list, 3,
                                        PRISM_SCRATCHPAD_BASE + 4096, 64, &ticket) == PRISM_STATUS_OK &&
                           prism_dma_wait(&channel, ticket) == PRISM_STATUS_OK &&
                           holds(PRISM_SCRATCHPAD_BASE + 4096, 16, 1048) &&
                           holds(PRISM_SCRATCHPAD_BASE + 4160, 16, 1000) &&
                           holds(PRISM_SCRATCHPAD_BASE + 4224, 16, 1032));

  int full = 1;
  for (uint32_t i = 0; i < 40; ++i) { /* more than the ring's 8 entries: submit waits for room */
    full &= prism_dma_copy(&channel, PRISM_PURPOSE_OTHER, SOURCE + 4 * i,
                           PRISM_SCRATCHPAD_BASE + 8192 + 4 * i, 4, &ticket) == PRISM_STATUS_OK;
  }
  full &= prism_dma_wait(&channel, ticket) == PRISM_STATUS_OK;
  check("a full ring is waited for", full && holds(PRISM_SCRATCHPAD_BASE + 8192, 40, 1000));

  check("dma reports an unmapped address",
        copy(NOWHERE, PRISM_SCRATCHPAD_BASE, 64) == PRISM_STATUS_DMA_ERROR &&
            channel.fault.error == DMA_ERROR_UNMAPPED && channel.fault.address == NOWHERE);
  check("dma goes on after a reset", prism_dma_reset(&channel) == PRISM_STATUS_OK &&
                                         copy(SOURCE, PRISM_SCRATCHPAD_BASE, 4) == PRISM_STATUS_OK);
  struct dma_descriptor bad = {.opcode = 0xee, .bytes = 4};
  check("dma refuses a bad descriptor", prism_dma_submit(&channel, &bad, 1, &ticket) == PRISM_STATUS_OK &&
                                            prism_dma_wait(&channel, ticket) == PRISM_STATUS_DMA_ERROR &&
                                            channel.fault.error == DMA_ERROR_OPCODE);
  check("dma resets again", prism_dma_reset(&channel) == PRISM_STATUS_OK);
}

/* The mean of two vectors, through the identity matrix. */
static void test_compute(void) {
  struct prism_compute compute;
  check("compute is there", prism_compute_init(&compute, NULL, PRISM_COMPUTE_BASE, &interrupts,
                                               PRISM_IRQ_COMPUTE, TIMEOUT_NS) == PRISM_STATUS_OK);
  const uint64_t vectors = PRISM_SCRATCHPAD_BASE;
  const uint64_t matrix = vectors + 4096;
  uint16_t row[16] = {0};
  uint16_t result[16] = {0};
  for (uint32_t i = 0; i < 16; ++i) { /* 1.0 and 3.0: their mean is 2.0 */
    row[i] = BF16_ONE;
    hal_write_block(NULL, matrix + i * sizeof row, (const uint16_t[16]){0}, sizeof row);
    hal_write_block(NULL, matrix + i * sizeof row + i * 2, &row[i], 2);
  }
  hal_write_block(NULL, vectors, row, sizeof row);
  for (uint32_t i = 0; i < 16; ++i) row[i] = 0x4040u;
  hal_write_block(NULL, vectors + sizeof row, row, sizeof row);
  struct prism_compute_command command = {.opcode = COMPUTE_OP_SKETCH,
                                          .source = vectors,
                                          .query = matrix,
                                          .destination = vectors + 8192,
                                          .count = 2,
                                          .dimension = 16,
                                          .output_dimension = 16,
                                          .purpose = PRISM_PURPOSE_OTHER};
  uint32_t ticket;
  enum prism_status status = prism_compute_submit(&compute, &command, &ticket);
  if (status == PRISM_STATUS_OK) status = prism_compute_wait(&compute, ticket);
  hal_read_block(NULL, vectors + 8192, result, sizeof result);
  check("compute averages and projects",
        status == PRISM_STATUS_OK && result[0] == 0x4000u && result[15] == 0x4000u);

  command.opcode = 99;
  status = prism_compute_submit(&compute, &command, &ticket);
  if (status == PRISM_STATUS_OK) status = prism_compute_wait(&compute, ticket);
  check("compute refuses an unknown command",
        status == PRISM_STATUS_COMPUTE_ERROR && compute.error == COMPUTE_ERROR_OPCODE);
  command.opcode = COMPUTE_OP_SKETCH;
  status = prism_compute_reset(&compute);
  if (status == PRISM_STATUS_OK) status = prism_compute_submit(&compute, &command, &ticket);
  if (status == PRISM_STATUS_OK) status = prism_compute_wait(&compute, ticket);
  check("compute goes on after a reset", status == PRISM_STATUS_OK);
}

/* Block b's signature is b in its first element: the last blocks are the best. */
static void test_photonic(void) {
  static const uint16_t numbers[BLOCKS] = {0x0000, 0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0, 0x40c0, 0x40e0};
  struct prism_photonic photonic;
  check("photonic core is there", prism_photonic_init(&photonic, NULL, PRISM_PHOTONIC_BASE, &interrupts,
                                                      PRISM_IRQ_PHOTONIC, TIMEOUT_NS) == PRISM_STATUS_OK);
  const uint32_t bytes = photonic.wavelengths * 2;
  for (uint32_t i = 0; i < BLOCKS * bytes / 8; ++i) hal_write64(NULL, SOURCE + 8 * i, 0);
  for (uint32_t i = 0; i < bytes / 8; ++i)
    hal_write64(NULL, prism_photonic_query_address(&photonic) + 8 * i, 0);
  for (uint32_t b = 0; b < BLOCKS; ++b) hal_write_block(NULL, SOURCE + b * bytes, &numbers[b], 2);
  const uint32_t one = BF16_ONE;
  hal_write32(NULL, prism_photonic_query_address(&photonic), one);

  uint64_t list = 0;
  uint32_t best[3] = {0};
  enum prism_status status = prism_heap_allocate(&heap, sizeof best, 4, &list);
  if (status == PRISM_STATUS_OK) status = prism_photonic_start_load(&photonic, 0, SOURCE, BLOCKS);
  if (status == PRISM_STATUS_OK) status = prism_photonic_wait_load(&photonic);
  if (status == PRISM_STATUS_OK) status = prism_photonic_rank(&photonic, 3, list);
  hal_read_block(NULL, list, best, sizeof best);
  check("photonic core ranks", status == PRISM_STATUS_OK && best[0] == 7 && best[1] == 6 && best[2] == 5);

  struct prism_photonic_health health;
  check("photonic core is healthy",
        prism_photonic_monitor(&photonic, 1000, &health) == PRISM_STATUS_OK && health.bad_rows == 0);
  int32_t errors[BLOCKS];
  check("photonic core finds a dead row",
        prism_photonic_inject(&photonic, PHOTONIC_FAULT_DEAD_ROW, 7, 0, 0) == PRISM_STATUS_OK &&
            prism_photonic_monitor(&photonic, 1000, &health) == PRISM_STATUS_OK && health.bad_rows == 1 &&
            health.worst_row == 7 &&
            prism_photonic_row_errors(&photonic, 0, errors, BLOCKS) == PRISM_STATUS_OK && errors[7] < -1000 &&
            errors[6] == 0);
  hal_write32(NULL, PRISM_PHOTONIC_BASE + PHOTONIC_CONTROL, PHOTONIC_CONTROL_CLEAR_FAULTS);
  check("photonic core refuses k = 0",
        prism_photonic_rank(&photonic, 0, list) == PRISM_STATUS_PHOTONIC_ERROR &&
            photonic.error == PHOTONIC_ERROR_K);
  check("photonic core reports a bus error",
        prism_photonic_reset(&photonic) == PRISM_STATUS_OK &&
            prism_photonic_start_load(&photonic, 0, NOWHERE, BLOCKS) == PRISM_STATUS_OK &&
            prism_photonic_wait_load(&photonic) == PRISM_STATUS_PHOTONIC_ERROR &&
            photonic.error == PHOTONIC_ERROR_BUS);
  check("photonic core goes on after a reset",
        prism_photonic_reset(&photonic) == PRISM_STATUS_OK &&
            prism_photonic_start_load(&photonic, 0, SOURCE, BLOCKS) == PRISM_STATUS_OK &&
            prism_photonic_wait_load(&photonic) == PRISM_STATUS_OK);
}

static void test_hbm(void) {
  struct prism_hbm hbm;
  struct prism_hbm_counters before, after;
  struct prism_hbm_ecc ecc;
  check("hbm is there", prism_hbm_init(&hbm, NULL, PRISM_HBM_REGISTERS_BASE) == PRISM_STATUS_OK);
  check("hbm counts", prism_hbm_read_counters(&hbm, &before) == PRISM_STATUS_OK &&
                          copy(SOURCE, PRISM_SCRATCHPAD_BASE, 4096) == PRISM_STATUS_OK &&
                          prism_hbm_read_counters(&hbm, &after) == PRISM_STATUS_OK &&
                          after.bytes_read - before.bytes_read == 4096);
  const uint64_t offset = SOURCE - PRISM_HBM_BASE;
  check("hbm reports lost data", prism_hbm_inject(&hbm, offset, HBM_ERROR_UNCORRECTABLE) == PRISM_STATUS_OK &&
                                     copy(SOURCE, PRISM_SCRATCHPAD_BASE, 64) == PRISM_STATUS_DMA_ERROR &&
                                     prism_hbm_read_ecc(&hbm, &ecc) == PRISM_STATUS_OK &&
                                     ecc.uncorrectable == 1 && ecc.last.address == offset);
  /* Whole bursts: what is lost cannot be mended by a write of a part. */
  fill(PRISM_SCRATCHPAD_BASE, 64, 7);
  check("a write mends it", prism_dma_reset(&channel) == PRISM_STATUS_OK &&
                                copy(PRISM_SCRATCHPAD_BASE, SOURCE, 256) == PRISM_STATUS_OK &&
                                copy(SOURCE, PRISM_SCRATCHPAD_BASE + 4096, 256) == PRISM_STATUS_OK &&
                                holds(PRISM_SCRATCHPAD_BASE + 4096, 64, 7));
}

int main(void) {
  prism_heap_init(&heap, HEAP_BASE, HEAP_BYTES);
  check("interrupt controller is there",
        prism_interrupts_init(&interrupts, NULL, PRISM_PLIC_BASE) == PRISM_STATUS_OK);
  check("dma is there", prism_dma_init(&dma, NULL, PRISM_DMA_BASE, &interrupts, PRISM_IRQ_DMA, TIMEOUT_NS) ==
                                PRISM_STATUS_OK &&
                            prism_dma_open(&channel, &dma, 0, &heap, 8) == PRISM_STATUS_OK);
  check("a wait for nothing times out",
        prism_interrupts_wait(&interrupts, hal_time_ns(NULL) + 1000) == PRISM_STATUS_TIMEOUT);
  test_heap();
  test_dma();
  test_compute();
  test_photonic();
  test_hbm();
  printf("%d failed\n", failures);
  return failures;
}
