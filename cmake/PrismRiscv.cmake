# SPDX-License-Identifier: Apache-2.0
# Bare-metal RV64IMAC programs, cross-compiled with Debian's gcc-riscv64-unknown-elf and picolibc.
find_program(PRISM_RISCV_CC riscv64-unknown-elf-gcc)
if(NOT PRISM_RISCV_CC)
  message(STATUS "RISC-V programs and their tests are skipped: riscv64-unknown-elf-gcc was not found "
                 "(scripts/setup.sh installs it).")
endif()

# GCC 12 wants _zicsr_zifencei for CSR instructions, and then finds no library for it; in the specification of 2.2 they
# belong to the base.
set(PRISM_RISCV_OPTIONS -march=rv64imac -misa-spec=2.2 -mabi=lp64 -mcmodel=medany)

# prism_add_riscv_program(NAME SOURCES ... LINKER_SCRIPT ... [OPTIONS ...] [LINK_OPTIONS ...]): NAME.elf in the current
# binary directory, built by the target NAME. Without a tool chain it does nothing.
function(prism_add_riscv_program name)
  if(NOT PRISM_RISCV_CC)
    return()
  endif()
  cmake_parse_arguments(ARG "" "LINKER_SCRIPT" "SOURCES;OPTIONS;LINK_OPTIONS" ${ARGN})
  set(objects "")
  foreach(source ${ARG_SOURCES})
    cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE path)
    cmake_path(GET source FILENAME file)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.dir/${file}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${name}.dir
      COMMAND ${PRISM_RISCV_CC} ${PRISM_RISCV_OPTIONS} -O2 -g -Wall -Wextra -Werror --specs=picolibc.specs
              -I${CMAKE_SOURCE_DIR}/firmware/include ${ARG_OPTIONS} -MD -MF ${object}.d -c ${path} -o ${object}
      DEPENDS ${path}
      DEPFILE ${object}.d
      WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
      COMMENT "RISC-V: ${name} ${file}"
      VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  cmake_path(ABSOLUTE_PATH ARG_LINKER_SCRIPT OUTPUT_VARIABLE script)
  set(elf ${CMAKE_CURRENT_BINARY_DIR}/${name}.elf)
  add_custom_command(
    OUTPUT ${elf}
    COMMAND ${PRISM_RISCV_CC} ${PRISM_RISCV_OPTIONS} --specs=picolibc.specs -nostartfiles ${ARG_LINK_OPTIONS} -T${script}
            -Wl,--no-warn-rwx-segments ${objects} -o ${elf}
    DEPENDS ${objects} ${script}
    COMMENT "RISC-V: ${name}.elf"
    VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${elf})
endfunction()
