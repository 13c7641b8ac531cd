# SPDX-License-Identifier: Apache-2.0
# prism_options: the compile options of all our own code (never of dependencies).
add_library(prism_options INTERFACE)
target_include_directories(prism_options INTERFACE ${CMAKE_SOURCE_DIR})
# Contraction into fused multiply-adds would make results depend on the machine.
target_compile_options(prism_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -ffp-contract=off)
target_compile_options(
  prism_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>)
# GCC 12 warns about std::string's own code when it is inlined (GCC bug 105651).
target_compile_options(prism_options INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>)
if(PRISM_WERROR)
  target_compile_options(prism_options INTERFACE -Werror)
endif()
if(PRISM_SANITIZE)
  target_compile_options(prism_options INTERFACE -fsanitize=address,undefined
                                                 -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(prism_options INTERFACE -fsanitize=address,undefined)
  # The instrumentation hides initialisations from GCC's flow analysis.
  target_compile_options(prism_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(PRISM_COVERAGE)
  target_compile_options(prism_options INTERFACE --coverage)
  target_link_options(prism_options INTERFACE --coverage)
endif()
