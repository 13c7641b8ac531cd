// SPDX-License-Identifier: Apache-2.0
// The checker that other tests trust must see breaches: a master and a target that misbehave on purpose.
#include "tests/support/protocol_checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/common/payload_pool.h"

namespace prism {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Pair : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Pair> master{"master"};
  tlm_utils::simple_target_socket<Pair> target{"target"};
  test::ProtocolChecker checker{"checker"};
  PayloadPool pool;
  tlm::tlm_sync_enum answer = tlm::TLM_ACCEPTED;
  tlm::tlm_phase answer_phase = tlm::BEGIN_REQ;
  tlm::tlm_response_status answer_status = tlm::TLM_OK_RESPONSE;

  explicit Pair(sc_core::sc_module_name name) : sc_core::sc_module(name) {
    master.bind(checker.from_master);
    checker.to_target.bind(target);
    master.register_nb_transport_bw(this, &Pair::nb_transport_bw);
    target.register_nb_transport_fw(this, &Pair::nb_transport_fw);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) {
    return tlm::TLM_ACCEPTED;
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time&) {
    payload.set_response_status(answer_status);
    phase = answer_phase;
    return answer;
  }

  tlm::tlm_generic_payload& request() {
    tlm::tlm_generic_payload& payload = pool.allocate();
    payload.set_data_ptr(&byte_);
    payload.set_data_length(1);
    payload.set_streaming_width(1);
    forward(payload, tlm::BEGIN_REQ);
    return payload;
  }
  void forward(tlm::tlm_generic_payload& payload, tlm::tlm_phase phase) {
    sc_core::sc_time delay;
    master->nb_transport_fw(payload, phase, delay);
  }
  void backward(tlm::tlm_generic_payload& payload, tlm::tlm_phase phase) {
    sc_core::sc_time delay;
    target->nb_transport_bw(payload, phase, delay);
  }

 private:
  unsigned char byte_ = 0;
};

TEST(ProtocolChecker, AcceptsTheFourPhases) {
  Pair pair("pair");
  tlm::tlm_generic_payload& payload = pair.request();
  pair.backward(payload, tlm::END_REQ);
  pair.backward(payload, tlm::BEGIN_RESP);
  EXPECT_EQ(pair.checker.in_flight(), 1u);
  pair.answer_phase = tlm::END_RESP;
  pair.answer = tlm::TLM_COMPLETED;
  pair.forward(payload, tlm::END_RESP);
  EXPECT_THAT(pair.checker.violations(), IsEmpty());
  EXPECT_EQ(pair.checker.completed(), 1u);
  EXPECT_EQ(pair.checker.in_flight(), 0u);
}

TEST(ProtocolChecker, SeesARequestBeforeTheLastOneHasEnded) {
  Pair pair("pair");
  pair.request();
  pair.request();
  EXPECT_THAT(pair.checker.violations(), ElementsAre(HasSubstr("request exclusion")));
}

TEST(ProtocolChecker, SeesAResponseBeforeTheLastOneHasEnded) {
  Pair pair("pair");
  tlm::tlm_generic_payload& first = pair.request();
  pair.backward(first, tlm::END_REQ);
  tlm::tlm_generic_payload& second = pair.request();
  pair.backward(second, tlm::BEGIN_RESP);
  pair.backward(first, tlm::BEGIN_RESP);
  EXPECT_THAT(pair.checker.violations(), ElementsAre(HasSubstr("response exclusion")));
}

TEST(ProtocolChecker, SeesPhasesOutOfOrder) {
  Pair pair("pair");
  tlm::tlm_generic_payload& payload = pair.request();
  pair.answer_phase = tlm::END_RESP;
  pair.forward(payload, tlm::END_RESP);
  EXPECT_THAT(pair.checker.violations(), ElementsAre(HasSubstr("END_RESP without BEGIN_RESP")));
}

TEST(ProtocolChecker, SeesChangedAttributesAndMissingStatus) {
  Pair pair("pair");
  tlm::tlm_generic_payload& payload = pair.request();
  payload.set_address(payload.get_address() + 1);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  pair.backward(payload, tlm::BEGIN_RESP);
  EXPECT_THAT(pair.checker.violations(),
              ElementsAre(HasSubstr("attributes changed"), HasSubstr("response without a status")));
}

TEST(ProtocolChecker, SeesCompletionWithoutStatusAndWrongUpdates) {
  Pair pair("pair");
  pair.answer = tlm::TLM_COMPLETED;
  pair.answer_status = tlm::TLM_INCOMPLETE_RESPONSE;
  pair.request();
  pair.answer = tlm::TLM_UPDATED;
  pair.request();
  EXPECT_THAT(pair.checker.violations(),
              ElementsAre(HasSubstr("response without a status"), HasSubstr("phase that may not follow")));
}

TEST(ProtocolChecker, SeesAPayloadWithoutMemoryManager) {
  Pair pair("pair");
  tlm::tlm_generic_payload payload;
  pair.forward(payload, tlm::BEGIN_REQ);
  EXPECT_THAT(pair.checker.violations(), ElementsAre(HasSubstr("without memory manager")));
}

}  // namespace
}  // namespace prism
