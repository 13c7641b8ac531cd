# SPDX-License-Identifier: Apache-2.0
# prism_systemc: SystemC with TLM-2.0, from a CMake package (SystemC 2.3.4 or 3) or from pkg-config (Debian).
#
# SystemC encodes the C++ standard it was built for in a symbol that every program must match at link time. A library
# built for another standard links when SC_CPLUSPLUS names the library's standard; which one is found by trying.
include(CheckCXXSourceCompiles)

add_library(prism_systemc INTERFACE)
find_package(SystemCLanguage CONFIG QUIET)
if(SystemCLanguage_FOUND)
  set(PRISM_SYSTEMC_LIBRARY SystemC::systemc)
  set(PRISM_SYSTEMC_ORIGIN "CMake package ${SystemCLanguage_DIR}")
  # Its headers are marked SYSTEM, as every dependency's.
  get_target_property(prism_systemc_includes SystemC::systemc INTERFACE_INCLUDE_DIRECTORIES)
  target_include_directories(prism_systemc SYSTEM INTERFACE ${prism_systemc_includes})
else()
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(SYSTEMC QUIET IMPORTED_TARGET systemc>=2.3.4)
  endif()
  if(NOT TARGET PkgConfig::SYSTEMC)
    message(FATAL_ERROR "SystemC >= 2.3.4 was found neither as a CMake package (SystemCLanguage) nor by pkg-config "
                        "(systemc): install libsystemc-dev, or run scripts/setup.sh.")
  endif()
  set(PRISM_SYSTEMC_LIBRARY PkgConfig::SYSTEMC)
  set(PRISM_SYSTEMC_ORIGIN "pkg-config systemc ${SYSTEMC_VERSION}")
endif()

function(prism_check_systemc_standard standard result)
  set(CMAKE_REQUIRED_LIBRARIES ${PRISM_SYSTEMC_LIBRARY})
  set(CMAKE_REQUIRED_FLAGS "-std=c++20")
  set(CMAKE_REQUIRED_DEFINITIONS "")
  if(standard)
    set(CMAKE_REQUIRED_DEFINITIONS -DSC_CPLUSPLUS=${standard}L)
  endif()
  check_cxx_source_compiles("#include <systemc>\nint sc_main(int, char**) { sc_core::sc_start(); return 0; }" ${result})
endfunction()

prism_check_systemc_standard("" PRISM_SYSTEMC_MATCHES_CXX20)
if(NOT PRISM_SYSTEMC_MATCHES_CXX20)
  foreach(standard 201703 201402)
    prism_check_systemc_standard(${standard} PRISM_SYSTEMC_MATCHES_${standard})
    if(PRISM_SYSTEMC_MATCHES_${standard})
      target_compile_definitions(prism_systemc INTERFACE SC_CPLUSPLUS=${standard}L)
      set(PRISM_SYSTEMC_STANDARD ${standard})
      break()
    endif()
  endforeach()
  if(NOT PRISM_SYSTEMC_STANDARD)
    message(FATAL_ERROR "The SystemC library (${PRISM_SYSTEMC_ORIGIN}) does not link with C++20 code, even with "
                        "SC_CPLUSPLUS=201703L or 201402L: rebuild SystemC with CMAKE_CXX_STANDARD 17 or 20.")
  endif()
endif()

# Processes are spawned with sc_spawn, which this macro enables.
target_compile_definitions(prism_systemc INTERFACE SC_INCLUDE_DYNAMIC_PROCESSES)
target_link_libraries(prism_systemc INTERFACE ${PRISM_SYSTEMC_LIBRARY})
message(STATUS "SystemC: ${PRISM_SYSTEMC_ORIGIN}, library built for C++ ${PRISM_SYSTEMC_STANDARD}")
