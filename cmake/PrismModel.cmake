# SPDX-License-Identifier: Apache-2.0
# prism_add_model(NAME SOURCES ... [LINK ...]): the static library prism_NAME of one models/ folder.
function(prism_add_model name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(prism_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(prism_${name} PUBLIC ${ARG_LINK} prism_systemc prism_hw_headers
                        PRIVATE prism_options)
  target_include_directories(prism_${name} PUBLIC ${CMAKE_SOURCE_DIR})
endfunction()

# prism_add_test(NAME SOURCES ... [LINK ...] [LABELS ...]): one test executable, registered with ctest as NAME.
# SystemC elaborates once a process, so each test case runs in its own process (gtest_discover_tests).
function(prism_add_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} prism_options prism_test_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600 LABELS "${ARG_LABELS}")
endfunction()
