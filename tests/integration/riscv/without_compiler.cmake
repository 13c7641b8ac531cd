# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE=... -DBINARY=... -P: where no RISC-V compiler is found, configuring says so in one line, and the build
# has everything else.
file(REMOVE_RECURSE "${BINARY}")
execute_process(
  COMMAND ${CMAKE_COMMAND} -S "${SOURCE}" -B "${BINARY}" -G Ninja -DPRISM_RISCV_CC= -DPRISM_BENCHMARKS=OFF
  OUTPUT_VARIABLE output
  ERROR_VARIABLE errors
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "configuring failed:\n${output}${errors}")
endif()
string(REGEX MATCHALL "[^\n]*(RISC-V|riscv64-)[^\n]*" messages "${output}${errors}")
list(LENGTH messages count)
if(NOT count EQUAL 1 OR NOT messages MATCHES "riscv64-unknown-elf-gcc was not found .scripts/setup.sh installs it.")
  message(FATAL_ERROR "found ${count} messages about RISC-V, expected one that names the compiler:\n${messages}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build "${BINARY}" -- -n all OUTPUT_VARIABLE plan RESULT_VARIABLE status)
if(NOT status EQUAL 0 OR NOT plan MATCHES "prism-vp" OR NOT plan MATCHES "rv64_test" OR plan MATCHES "\\.elf")
  message(FATAL_ERROR "found a build without prism-vp or rv64_test, or with an ELF")
endif()
file(REMOVE_RECURSE "${BINARY}")
