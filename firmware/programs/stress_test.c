/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps every device busy with commands of random sizes, many at a time, and looks at every result. The same
 * random numbers in every run. */
#include <stdint.h>
#include <stdio.h>

#include "prism/drivers/common.h"
#include "prism/drivers/compute.h"
#include "prism/drivers/dma.h"
#include "prism/drivers/photonic.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/purpose.h"

#define TIMEOUT_NS 10000000u
#define HEAP_BASE (PRISM_RAM_BASE + 0x100000u)
#define HEAP_BYTES 0x400000u
#define ROUNDS 12u
#define CHANNELS 4u
#define COPIES 12u /* a round and channel; the rings have 8 entries */
#define MAX_BYTES 2048u
#define SOURCE PRISM_HBM_BASE
#define SOURCE_BYTES 65536u
#define BLOCKS 64u
#define SIGNATURES (PRISM_HBM_BASE + 0x100000u)
#define BF16_ONE 0x3f80u

static struct prism_heap heap;
static struct prism_interrupts interrupts;
static struct prism_dma dma;
static struct prism_dma_channel channels[CHANNELS];
static struct prism_compute compute;
static struct prism_photonic photonic;
static uint32_t state = 1;
static uint32_t commands;

static uint32_t random_below(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % limit;
}

/* What the byte at this place of the source is. */
static uint8_t pattern(uint32_t offset) {
  return (uint8_t)(offset * 167u + (offset >> 8) * 13u);
}

struct copy {
  uint32_t source;
  uint32_t bytes;
  uint64_t destination;
  uint32_t ticket;
};

static enum prism_status submit_copies(uint32_t channel, struct copy* copies) {
  uint64_t next = PRISM_SCRATCHPAD_BASE + channel * 0x10000u;
  for (uint32_t i = 0; i < COPIES; ++i) {
    struct copy* copy = &copies[i];
    copy->bytes = 1 + random_below(MAX_BYTES);
    copy->source = random_below(SOURCE_BYTES - copy->bytes);
    copy->destination = next;
    next += copy->bytes;
    PRISM_TRY(prism_dma_copy(&channels[channel], PRISM_PURPOSE_OTHER, SOURCE + copy->source,
                             copy->destination, copy->bytes, &copy->ticket));
    ++commands;
  }
  return PRISM_STATUS_OK;
}

static enum prism_status check_copies(uint32_t channel, const struct copy* copies) {
  uint8_t data[MAX_BYTES];
  for (uint32_t i = 0; i < COPIES; ++i) {
    const struct copy* copy = &copies[i];
    PRISM_TRY(prism_dma_wait(&channels[channel], copy->ticket));
    hal_read_block(NULL, copy->destination, data, copy->bytes);
    for (uint32_t byte = 0; byte < copy->bytes; ++byte) {
      if (data[byte] != pattern(copy->source + byte)) return PRISM_STATUS_PROTOCOL;
    }
  }
  return prism_check_fault(NULL);
}

/* Block b's signature is its place in a random order, so that the best k are known. */
static enum prism_status rank(uint64_t list) {
  uint32_t order[BLOCKS];
  uint32_t best[BLOCKS];
  const uint32_t bytes = photonic.wavelengths * 2;
  const uint32_t count = 1 + random_below(BLOCKS);
  const uint32_t k = 1 + random_below(count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t j = random_below(i + 1);
    order[i] = order[j];
    order[j] = i;
  }
  for (uint32_t place = 0; place < count; ++place) {
    const uint16_t value = (uint16_t)(BF16_ONE + count - place); /* larger for better places */
    hal_write_block(NULL, SIGNATURES + order[place] * bytes, &value, sizeof value);
  }
  PRISM_TRY(prism_photonic_start_load(&photonic, 0, SIGNATURES, count));
  PRISM_TRY(prism_photonic_wait_load(&photonic));
  PRISM_TRY(prism_photonic_rank(&photonic, k, list));
  commands += 2;
  hal_read_block(NULL, list, best, k * sizeof best[0]);
  for (uint32_t i = 0; i < k; ++i) {
    if (best[i] != order[i]) return PRISM_STATUS_PROTOCOL;
  }
  return prism_check_fault(NULL);
}

static enum prism_status stream_weights(uint32_t count, uint32_t* ticket) {
  for (uint32_t i = 0; i < count; ++i) {
    const struct prism_compute_command command = {.opcode = COMPUTE_OP_GEMV,
                                                  .source = PRISM_HBM_BASE,
                                                  .bytes = 64 * (1 + random_below(4096)),
                                                  .count = 1,
                                                  .dimension = 64,
                                                  .purpose = PRISM_PURPOSE_WEIGHTS};
    PRISM_TRY(prism_compute_submit(&compute, &command, ticket));
    ++commands;
  }
  return PRISM_STATUS_OK;
}

static enum prism_status prepare(uint64_t* list) {
  prism_heap_init(&heap, HEAP_BASE, HEAP_BYTES);
  PRISM_TRY(prism_heap_allocate(&heap, BLOCKS * sizeof(uint32_t), 4, list));
  PRISM_TRY(prism_interrupts_init(&interrupts, NULL, PRISM_PLIC_BASE));
  PRISM_TRY(prism_dma_init(&dma, NULL, PRISM_DMA_BASE, &interrupts, PRISM_IRQ_DMA, TIMEOUT_NS));
  for (uint32_t i = 0; i < CHANNELS; ++i) PRISM_TRY(prism_dma_open(&channels[i], &dma, i, &heap, 8));
  PRISM_TRY(
      prism_compute_init(&compute, NULL, PRISM_COMPUTE_BASE, &interrupts, PRISM_IRQ_COMPUTE, TIMEOUT_NS));
  PRISM_TRY(
      prism_photonic_init(&photonic, NULL, PRISM_PHOTONIC_BASE, &interrupts, PRISM_IRQ_PHOTONIC, TIMEOUT_NS));
  for (uint32_t i = 0; i < SOURCE_BYTES; ++i) {
    const uint8_t value = pattern(i);
    hal_write_block(NULL, HEAP_BASE + 0x200000u + i, &value, 1);
  }
  uint32_t ticket;
  PRISM_TRY(prism_dma_copy(&channels[0], PRISM_PURPOSE_OTHER, HEAP_BASE + 0x200000u, SOURCE, SOURCE_BYTES,
                           &ticket));
  PRISM_TRY(prism_dma_wait(&channels[0], ticket));
  for (uint32_t i = 0; i < BLOCKS * photonic.wavelengths / 4; ++i) hal_write64(NULL, SIGNATURES + 8 * i, 0);
  for (uint32_t i = 0; i < photonic.wavelengths / 4; ++i) {
    hal_write64(NULL, prism_photonic_query_address(&photonic) + 8 * i, 0);
  }
  hal_write32(NULL, prism_photonic_query_address(&photonic), BF16_ONE);
  return prism_check_fault(NULL);
}

static enum prism_status run_round(uint64_t list) {
  struct copy copies[CHANNELS][COPIES];
  uint32_t ticket;
  for (uint32_t i = 0; i < CHANNELS; ++i) PRISM_TRY(submit_copies(i, copies[i]));
  PRISM_TRY(stream_weights(24, &ticket)); /* more than the queue holds */
  PRISM_TRY(rank(list));
  for (uint32_t i = 0; i < CHANNELS; ++i) PRISM_TRY(check_copies(i, copies[i]));
  return prism_compute_wait(&compute, ticket);
}

int main(void) {
  uint64_t list = 0;
  enum prism_status status = prepare(&list);
  for (uint32_t round = 0; round < ROUNDS && status == PRISM_STATUS_OK; ++round) status = run_round(list);
  printf("stress: %u commands, %s\n", (unsigned)commands, status_text(status));
  return (int)status;
}
