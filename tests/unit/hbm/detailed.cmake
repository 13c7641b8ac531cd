# SPDX-License-Identifier: Apache-2.0
# Tests of the detailed timing engine; included by CMakeLists.txt of this folder.
prism_add_test(hbm_detailed_timing_test SOURCES detailed_timing_test.cpp LINK prism_hbm)
prism_add_test(hbm_detailed_checker_test SOURCES detailed_checker_test.cpp LINK prism_hbm)
prism_add_test(hbm_detailed_bandwidth_test SOURCES detailed_bandwidth_test.cpp LINK prism_hbm)
prism_add_test(hbm_detailed_engine_test SOURCES detailed_engine_test.cpp LINK prism_hbm)
prism_add_test(hbm_detailed_policies_test SOURCES detailed_policies_test.cpp LINK prism_hbm)
