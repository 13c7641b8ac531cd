# SPDX-License-Identifier: Apache-2.0
# The detailed timing engine and its protocol checker.
set(PRISM_HBM_DETAILED_SOURCES
    channel.cpp
    channel_pseudo.cpp
    channel_router.cpp
    detailed_engine.cpp
    page_policy.cpp
    protocol_checker.cpp
    refresh_policy.cpp
    scheduler.cpp
    timing_constraints.cpp)
